"""People made and changed in one form, and nobody given more rights than the giver has."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leadrouter.common.errors import InvalidInput
from leadrouter.common.roles import MANAGER, REP
from reps.models import Rep, WorkingHours
from reps.services.people import register_rep
from reps.services.working_week import set_working_week
from routing.models import SourceCap
from tests.factories import RepFactory, SourceFactory, TeamFactory, WorkingHoursFactory, make_rep

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"


def _form(**changed: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": "Maria Weber",
        "slug": "maria-weber",
        "email": "Maria@example.com",
        "is_active": "on",
        "is_accepting": "on",
        "max_open_leads": "20",
    }
    for prefix in ("skills", "source_caps", "working_hours", "time_off"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return data | changed


def _groups(rep: Rep) -> set[str]:
    return set(rep.user.groups.values_list("name", flat=True))


def test_a_manager_makes_a_rep_who_can_sign_in(manager_client: Client) -> None:
    team = TeamFactory()
    url = reverse("admin:reps_rep_add")
    response = manager_client.post(url, _form(team=team.pk, password=PASSWORD))
    assert response.status_code == 302, response.context["adminform"].form.errors
    rep = Rep.objects.get()
    assert (rep.user.username, rep.user.first_name) == ("maria@example.com", "Maria")
    assert _groups(rep) == {REP}
    assert not rep.user.is_staff
    assert Client().login(username="maria@example.com", password=PASSWORD)


def test_a_manager_cannot_hand_out_roles(manager_client: Client) -> None:
    data = _form(team=TeamFactory().pk, roles=[MANAGER])
    assert manager_client.post(reverse("admin:reps_rep_add"), data).status_code == 302
    rep = Rep.objects.get()
    assert _groups(rep) == {REP}
    assert not rep.user.is_staff


def test_an_administrator_makes_a_rep_who_also_manages(administrator_client: Client) -> None:
    data = _form(team=TeamFactory().pk, roles=[MANAGER])
    administrator_client.post(reverse("admin:reps_rep_add"), data)
    rep = Rep.objects.get()
    assert _groups(rep) == {REP, MANAGER}
    assert rep.user.is_staff


def test_a_manager_cannot_take_over_an_account_with_more_rights(manager_client: Client) -> None:
    rep = make_rep(name="Boss", team=TeamFactory())
    rep.user.is_staff = True
    rep.user.save()
    before = rep.user.email
    url = reverse("admin:reps_rep_change", args=[rep.pk])
    data = _form(team=rep.team_id, email="mine@evil.example", name="Boss", slug=rep.slug)
    assert manager_client.post(url, data).status_code == 302
    assert get_user_model().objects.get(pk=rep.user_id).email == before


def test_an_address_that_is_taken_is_refused_in_a_sentence(manager_client: Client) -> None:
    other = RepFactory()
    other.user.email = "maria@example.com"
    other.user.save()
    response = manager_client.post(
        reverse("admin:reps_rep_add"), _form(team=TeamFactory().pk, password=PASSWORD)
    )
    assert "Somebody else already signs in with this address." in response.content.decode()
    assert Rep.objects.get() == other
    with pytest.raises(InvalidInput):
        register_rep(
            rep=Rep(name="X", slug="x", team=other.team),
            email="MARIA@example.com",
            roles=[],
            now=timezone.now(),
        )
    assert get_user_model().objects.filter(email__iexact="maria@example.com").count() == 1


def test_a_weak_first_password_is_refused(manager_client: Client) -> None:
    data = _form(team=TeamFactory().pk, password="password1234")
    response = manager_client.post(reverse("admin:reps_rep_add"), data)
    assert "too common" in response.content.decode()
    assert not Rep.objects.exists()


def test_a_deactivated_rep_says_since_when_and_comes_back_clean(manager_client: Client) -> None:
    rep = make_rep(name="Maria Weber", team=TeamFactory())
    url = reverse("admin:reps_rep_change", args=[rep.pk])
    data = _form(team=rep.team_id, email=rep.user.email, slug=rep.slug)
    off = {name: value for name, value in data.items() if name != "is_active"}
    assert manager_client.post(url, off).status_code == 302
    rep.refresh_from_db()
    assert not rep.is_active
    assert rep.deactivated_at is not None
    manager_client.post(url, data)
    rep.refresh_from_db()
    assert (rep.is_active, rep.deactivated_at) == (True, None)


def test_a_normal_week_replaces_the_hours_that_were_there(manager_client: Client) -> None:
    hours = WorkingHoursFactory()
    url = reverse("admin:reps_team_working_week", args=[hours.team_id])
    data = {"weekdays": ["0", "1", "4"], "starts_at": "08:30", "ends_at": "17:00"}
    assert manager_client.post(url, data).status_code == 302
    found = WorkingHours.objects.filter(team=hours.team).values_list("weekday", "starts_at__hour")
    assert list(found) == [(0, 8), (1, 8), (4, 8)]


@pytest.mark.parametrize("weekdays", [[], [7], [-1]])
def test_a_week_without_real_days_is_refused_and_changes_nothing(weekdays: list[int]) -> None:
    hours = WorkingHoursFactory()
    with pytest.raises(InvalidInput):
        set_working_week(
            owner=hours.team,
            weekdays=weekdays,
            starts_at=hours.starts_at,
            ends_at=hours.ends_at,
            now=timezone.now(),
        )
    assert WorkingHours.objects.get() == hours


def test_an_unknown_time_zone_is_refused(manager_client: Client) -> None:
    team = TeamFactory()
    url = reverse("admin:reps_team_change", args=[team.pk])
    data = {
        "name": team.name,
        "slug": team.slug,
        "timezone": "Europe/Bielefeld",
        "working_hours-TOTAL_FORMS": "0",
        "working_hours-INITIAL_FORMS": "0",
    }
    assert "Select a valid choice" in manager_client.post(url, data).content.decode()
    team.refresh_from_db()
    assert team.timezone == "UTC"


def test_an_administrator_cannot_make_a_superuser(
    administrator_client: Client, administrator: Any, manager: Any
) -> None:
    assert not administrator.is_superuser
    url = reverse("admin:auth_user_change", args=[manager.pk])
    data = {
        "username": manager.username,
        "email": manager.email,
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "groups": [group.pk for group in manager.groups.all()],
    }
    assert administrator_client.post(url, data).status_code == 302
    manager.refresh_from_db()
    assert not manager.is_superuser


def test_a_role_keeps_its_permissions(administrator_client: Client, manager: Any) -> None:
    group = manager.groups.get(name=MANAGER)
    url = reverse("admin:auth_group_change", args=[group.pk])
    before = group.permissions.count()
    assert administrator_client.post(url, {"name": MANAGER, "permissions": []}).status_code == 403
    assert group.permissions.count() == before


def _cap(**columns: Any) -> dict[str, Any]:
    return {
        "source_caps-TOTAL_FORMS": "1",
        **{f"source_caps-0-{name}": value for name, value in columns.items()},
    }


def test_a_manager_limits_a_rep_for_one_source(manager_client: Client) -> None:
    source = SourceFactory()
    data = _form(team=TeamFactory().pk, **_cap(source=source.pk, max_open_leads="5"))
    assert manager_client.post(reverse("admin:reps_rep_add"), data).status_code == 302
    cap = SourceCap.objects.get()
    assert (cap.source, cap.source_kind, cap.max_open_leads) == (source, "", 5)


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"max_open_leads": "5"}, "Choose a source or a kind of source, not both."),
        ({"source_kind": "EVENT"}, "Say how many open leads, or how many a day."),
        ({"source_kind": "EVENT", "max_leads_per_day": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_limit_by_source_that_says_too_little_is_refused(
    manager_client: Client, columns: dict[str, str], sentence: str
) -> None:
    data = _form(team=TeamFactory().pk, **_cap(**columns))
    text = manager_client.post(reverse("admin:reps_rep_add"), data).content.decode()
    assert sentence in text
    assert "Constraint" not in text
    assert not SourceCap.objects.exists()
    assert not Rep.objects.filter(slug="maria-weber").exists()
