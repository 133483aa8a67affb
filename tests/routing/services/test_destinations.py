"""Leads that go back to who had them, to whom a field names, and over into other pools."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from leads.models import Place
from routing.configuration.errors import ConfigurationError
from routing.configuration.exporting import export_configuration
from routing.configuration.importing import import_configuration
from routing.models import Pool, RuleChoice
from routing.selectors.explaining import explain_decision
from routing.selectors.invariants import find_violations
from routing.services.working import decline_lead, park_lead, reroute_lead
from tests.factories import PoolFactory, RuleChoiceFactory, make_manager, make_rep
from tests.routing.services.conftest import Desk

pytestmark = pytest.mark.django_db


def _choose_first(desk: Desk, **choice: Any) -> None:
    """Puts a choice before that of the pool. The factory's version is edited where it stands."""
    RuleChoice.objects.filter(rule__name="Everybody else").update(order=2)
    rule = desk.version.rules.get(name="Everybody else")
    RuleChoiceFactory(rule=rule, order=1, pool=None, **choice)


def test_a_person_goes_back_to_the_previous_owner_within_the_age_limit(desk: Desk) -> None:
    desk.pool.is_sticky = False
    desk.pool.save()
    _choose_first(desk, kind="PREVIOUS_OWNER", max_age_days=30)
    lead, manager = desk.route(), make_manager()
    first = lead.owner
    for days, said in ((30, "takes the lead"), (31, "had them too long ago")):
        park_lead(lead_id=lead.pk, user=manager, reason="Later", now=desk.now)
        desk.wait(days=days)
        reroute_lead(lead_id=lead.pk, user=manager, reason="Again", now=desk.now)
        lead.refresh_from_db()
        explanation = explain_decision(lead.decisions.order_by("-epoch")[0])
        assert said in explanation.lines[1]
        assert lead.owner == first or days == 31


def test_who_declined_is_not_the_previous_owner(desk: Desk) -> None:
    _choose_first(desk, kind="PREVIOUS_OWNER")
    lead = desk.route()
    first = lead.owner
    decline_lead(lead_id=lead.pk, rep=first, user=first.user, reason="No", now=desk.now)
    lead.refresh_from_db()
    assert lead.owner not in {None, first}
    explanation = explain_decision(lead.decisions.order_by("-epoch")[0])
    assert "nobody had this person before" in explanation.lines[1]


@pytest.mark.parametrize("column", ["username", "email"])
def test_a_field_of_the_lead_names_the_rep(desk: Desk, column: str) -> None:
    own = make_rep(name="Zoe Named")
    _choose_first(desk, kind="LEAD_FIELD", lead_field="city")
    lead = desk.route(city=str(getattr(own.user, column)).upper())
    assert lead.owner == own
    assert lead.decisions.get().pool is None
    other = desk.route(city="Atlantis")
    assert other.owner in desk.reps
    explanation = explain_decision(other.decisions.get())
    assert explanation.lines[1] == (
        "First choice, rep named as city: no rep has the user name or e-mail address in this field."
    )
    # Who gets another user name is found by it at once.
    own.user.username = "new.name"
    own.user.save()
    assert desk.route(city="new.name").owner == own


def test_an_address_that_two_reps_share_names_neither(desk: Desk) -> None:
    for name in ("Twin One", "Twin Two"):
        rep = make_rep(name=name)
        rep.user.email = "twins@example.com"
        rep.user.save()
    _choose_first(desk, kind="LEAD_FIELD", lead_field="city")
    assert desk.route(city="twins@example.com").owner in desk.reps


def _overflow(desk: Desk, cap: int) -> Pool:
    extra = PoolFactory(name="Second line", reps=[make_rep(name="Zoe Extra", max_open_leads=cap)])
    for rep in desk.reps:
        rep.max_open_leads = 1
        rep.save()
    desk.pool.overflow = extra
    desk.pool.save()
    return extra  # type: ignore[no-any-return]


def test_what_a_pool_cannot_take_flows_over_with_turns_and_promise_of_the_other(desk: Desk) -> None:
    extra = _overflow(desk, cap=2)
    leads = [desk.route() for _ in range(5)]
    assert [lead.place for lead in leads] == [Place.OWNED] * 4 + [Place.PARKED]
    assert [lead.decisions.get().pool for lead in leads[2:4]] == [extra, extra]
    extra.refresh_from_db()
    assert extra.turn_number == 2
    lines = explain_decision(leads[2].decisions.get()).lines
    assert any(line == "It overflows into pool “Second line”: takes the lead." for line in lines)
    assert find_violations(desk.now) == []


def test_a_pool_switched_to_another_overflow_is_obeyed_at_the_next_lead(desk: Desk) -> None:
    _overflow(desk, cap=1)
    for _ in range(3):
        desk.route()
    third = PoolFactory(name="Third line", reps=[make_rep(name="Max Third")])
    Pool.objects.filter(pk=desk.pool.pk).update(overflow=third)
    assert desk.route().owner.name == "Max Third"


def test_a_circle_of_overflows_is_refused_when_saved(desk: Desk, manager_client: Client) -> None:
    first, second = PoolFactory(name="First"), PoolFactory(name="Second")
    first.overflow = second
    first.save()
    second.overflow = first
    with pytest.raises(ValidationError, match="Second → First → Second"):
        second.full_clean()
    url = reverse("admin:routing_pool_change", args=[second.pk])
    data = {
        "name": "Second", "slug": second.slug, "is_active": "on", "strategy": "WEIGHTED",
        "overflow": first.pk, "members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0",
    }  # fmt: skip
    text = manager_client.post(url, data).content.decode()
    assert "The pools would hand on in a circle: Second → First → Second." in text
    second.refresh_from_db()
    assert second.overflow is None


def test_a_circle_that_got_in_all_the_same_ends(desk: Desk) -> None:
    extra = _overflow(desk, cap=1)
    Pool.objects.filter(pk=extra.pk).update(overflow=desk.pool)
    leads = [desk.route() for _ in range(4)]
    assert [lead.place for lead in leads] == [Place.OWNED] * 3 + [Place.PARKED]


def test_overflows_come_and_go_with_the_file_whatever_its_order(desk: Desk) -> None:
    document = export_configuration()
    names = [pool["slug"] for pool in document["pools"]]
    extra = {"slug": "zz-extra", "name": "Extra", "strategy": "ROTATION"}
    document["pools"][0]["overflow"] = "zz-extra"
    document["pools"].append(extra)
    import_configuration(document=document, now=desk.now)
    assert Pool.objects.get(slug=names[0]).overflow.slug == "zz-extra"
    assert export_configuration()["pools"] == document["pools"]
    extra["overflow"] = names[0]
    with pytest.raises(ConfigurationError) as refused:
        import_configuration(document=document, now=desk.now)
    assert "in a circle" in refused.value.problems[0].reason
    assert Pool.objects.get(slug="zz-extra").overflow is None
