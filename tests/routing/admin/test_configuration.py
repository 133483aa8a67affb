"""Territories, pools, queues and promises, written the way people say them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from leadrouter.common.admin_fields import MinutesField, ValueListField
from routing.models import PoolMember, SlaPolicy, Territory, TerritoryOwner
from routing.selectors.territory_tree import is_below, order_tree
from routing.territory_files.values import read_postal_range
from tests.factories import (
    AssignmentFactory,
    PoolFactory,
    PoolMemberFactory,
    RepFactory,
    SlaPolicyFactory,
    TerritoryFactory,
    TurnEntryFactory,
    make_rep,
)

pytestmark = pytest.mark.django_db


def _territory(**changed: Any) -> dict[str, Any]:
    data = {"name": "DACH", "slug": "dach", "priority": "0", "is_active": "on"}
    data |= {"owners-TOTAL_FORMS": "0", "owners-INITIAL_FORMS": "0"}
    return data | changed


def test_a_manager_writes_a_territory_with_commas_lines_names_and_ranges(
    manager_client: Client,
) -> None:
    data = _territory(
        countries="de, Austria\nSwitzerland, DE",
        subdivisions="us-ca",
        postal_prefixes="80, sw1",
        postal_ranges="10000–19999; 20000 - 20099",
        named_domains="https://www.Acme.example/, other.example",
        industries="software, healthcare",
    )
    response = manager_client.post(reverse("admin:routing_territory_add"), data)
    assert response.status_code == 302, response.context["errors"]
    found = Territory.objects.get()
    assert found.countries == ["DE", "AT", "CH"]
    assert found.subdivisions == ["US-CA"]
    assert found.postal_prefixes == ["80", "SW1"]
    assert found.postal_ranges == [["10000", "19999"], ["20000", "20099"]]
    assert found.named_domains == ["acme.example", "other.example"]
    page = manager_client.get(reverse("admin:routing_territory_change", args=[found.pk]))
    assert "10000–19999, 20000–20099" in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"countries": "DE, XX"}, "“XX” is not a country code."),
        ({"subdivisions": "US-XX"}, "“US-XX” is not a state or region code"),
        ({"postal_ranges": "10000"}, "“10000” is not a range"),
        ({"postal_ranges": "2–10"}, "differ in length"),
        ({"postal_prefixes": "8?"}, "“8?” is not the beginning of a postal code."),
        ({"named_domains": "acme"}, "“acme” is not a web domain"),
        ({"employees_min": "50", "employees_max": "10"}, "At most 10 is less than at least 50."),
        ({"employees_min": "-1"}, "greater than or equal to 0"),
        ({"slug": "a b"}, "Enter a valid “slug”"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_written(
    manager_client: Client, fields: dict[str, str], sentence: str
) -> None:
    response = manager_client.post(reverse("admin:routing_territory_add"), _territory(**fields))
    text = response.content.decode()
    assert sentence in text
    assert "Constraint" not in text
    assert not Territory.objects.exists()


def test_a_territory_cannot_lie_inside_itself(manager_client: Client) -> None:
    top = TerritoryFactory(name="Top", slug="top")
    below = TerritoryFactory(parent=TerritoryFactory(parent=top))
    url = reverse("admin:routing_territory_change", args=[top.pk])
    data = _territory(name="Top", slug="top", parent=below.pk)
    assert "cannot contain it as well" in manager_client.post(url, data).content.decode()
    top.refresh_from_db()
    assert top.parent is None
    assert is_below(below.pk, top.pk)
    assert not is_below(top.pk, below.pk)


def test_two_owners_in_one_role_on_one_day_are_refused(manager_client: Client) -> None:
    first, second = RepFactory(name="Ada"), RepFactory(name="Grace")
    today = date(2030, 1, 1)
    data = _territory() | {"owners-TOTAL_FORMS": "2"}
    for number, rep in enumerate((first, second)):
        data |= {
            f"owners-{number}-rep": rep.pk,
            f"owners-{number}-role": "AE",
            f"owners-{number}-starts_on": str(today + timedelta(days=number)),
        }
    url = reverse("admin:routing_territory_add")
    text = manager_client.post(url, data).content.decode()
    assert "Ada and Grace both own it as AE on 02 Jan 2030" in text
    assert not TerritoryOwner.objects.exists()
    data["owners-0-ends_on"] = str(today + timedelta(days=1))
    assert manager_client.post(url, data).status_code == 302
    assert TerritoryOwner.objects.count() == 2


def test_an_owner_starts_today_unless_said_otherwise(manager_client: Client) -> None:
    page = manager_client.get(reverse("admin:routing_territory_add"))
    (inline,) = page.context["inline_admin_formsets"]
    assert inline.formset.empty_form["starts_on"].value() == timezone.localdate()


def test_errors_are_listed_at_the_top_with_links_to_their_fields(manager_client: Client) -> None:
    data = _territory(countries="XX") | {"owners-TOTAL_FORMS": "1"}
    data |= {"owners-0-rep": RepFactory().pk, "owners-0-role": "AE", "owners-0-starts_on": ""}
    response = manager_client.post(reverse("admin:routing_territory_add"), data)
    top = response.content.decode().split('class="errornote', 1)[1].split("</ul>", 1)[0]
    assert '<a href="#id_countries">Countries</a>: “XX” is not a country code.' in top
    assert '<a href="#id_owners-0-starts_on">Owner 1, Starts on</a>' in top
    assert not Territory.objects.exists()


def test_the_list_of_territories_is_a_tree(
    manager_client: Client, django_assert_max_num_queries: Any
) -> None:
    europe = TerritoryFactory(name="Europe")
    asia = TerritoryFactory(name="Asia")
    TerritoryFactory(name="Bavaria", parent=TerritoryFactory(name="Germany", parent=europe))
    TerritoryFactory(name="Japan", parent=asia)
    url = reverse("admin:routing_territory_changelist")
    with django_assert_max_num_queries(13):
        response = manager_client.get(url)
    shown = [(row.name, row.depth) for row in response.context["cl"].result_list]
    assert shown == [("Asia", 0), ("Japan", 1), ("Europe", 0), ("Germany", 1), ("Bavaria", 2)]
    found = manager_client.get(url, {"q": "Bav"}).context["cl"].result_list
    assert [(row.name, row.depth) for row in found] == [("Bavaria", 0)]


@given(st.lists(st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(0, 30)))))
def test_a_tree_lists_everything_once_and_children_after_their_parent(
    edges: list[tuple[int, int | None]],
) -> None:
    # A parent with a smaller id than its child: the form and the database allow no circles.
    parents = {pk: parent if parent is not None and parent < pk else None for pk, parent in edges}
    rows = [(pk, parent, str(pk)) for pk, parent in parents.items()]
    leaves = order_tree(rows)
    assert sorted(leaf.pk for leaf in leaves) == sorted(parents)
    place = {leaf.pk: number for number, leaf in enumerate(leaves)}
    depth = {leaf.pk: leaf.depth for leaf in leaves}
    for pk, parent in parents.items():
        if parent in parents and parent is not None:
            assert place[parent] < place[pk]
            assert depth[pk] == depth[parent] + 1


def test_a_territory_stamp_moves_when_only_an_owner_changes(manager_client: Client) -> None:
    """The workers notice changed territories by the stamps, so saving must move them."""
    owner = TerritoryOwner.objects.create(
        territory=TerritoryFactory(name="DACH", slug="dach"),
        rep=RepFactory(),
        starts_on=date(2030, 1, 1),
    )
    before = owner.updated_at
    data = _territory() | {
        "owners-TOTAL_FORMS": "1", "owners-INITIAL_FORMS": "1", "owners-0-id": owner.pk,
        "owners-0-territory": owner.territory_id, "owners-0-rep": owner.rep_id,
        "owners-0-role": "SDR", "owners-0-starts_on": "2030-01-01",
    }  # fmt: skip
    url = reverse("admin:routing_territory_change", args=[owner.territory_id])
    assert manager_client.post(url, data).status_code == 302
    owner.refresh_from_db()
    assert owner.role == "SDR"
    assert owner.updated_at > before


def _members(pool: Any, *members: PoolMember) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": pool.name, "slug": pool.slug, "strategy": "WEIGHTED", "is_active": "on",
        "sticky_by_person": "on", "value_weight": "50", "floor_share": "50",
        "catch_up_turns": "0", "skill_levels-TOTAL_FORMS": "0",
        "skill_levels-INITIAL_FORMS": "0", "members-TOTAL_FORMS": len(members),
        "members-INITIAL_FORMS": len(members),
    }  # fmt: skip
    for number, member in enumerate(members):
        data |= {
            f"members-{number}-id": member.pk,
            f"members-{number}-pool": pool.pk,
            f"members-{number}-rep": member.rep_id,
            f"members-{number}-weight": member.weight,
            f"members-{number}-tier": member.tier,
            f"members-{number}-is_active": "on",
        }
    return data


def test_saving_a_pool_never_touches_turns_and_balances(manager_client: Client) -> None:
    """Routing moves them while the form is open; the form must not write old values back."""
    pool = PoolFactory()
    member = PoolMemberFactory(pool=pool)
    PoolMember.objects.update(balance_microturns=400_000, last_turn=7)
    type(pool).objects.update(turn_number=7)
    data = _members(pool, member) | {"members-0-weight": "3", "name": "Renamed"}
    url = reverse("admin:routing_pool_change", args=[pool.pk])
    assert manager_client.post(url, data).status_code == 302
    member.refresh_from_db()
    pool.refresh_from_db()
    assert (member.weight, member.balance_microturns, member.last_turn) == (3, 400_000, 7)
    assert (pool.name, pool.turn_number) == ("Renamed", 8)  # a line for the new weight


def test_a_member_with_turns_is_switched_off_not_removed(manager_client: Client) -> None:
    pool = PoolFactory()
    member = PoolMemberFactory(pool=pool)
    PoolMember.objects.update(last_turn=3)
    url = reverse("admin:routing_pool_change", args=[pool.pk])
    data = _members(pool, member) | {"members-0-DELETE": "on"}
    assert "Switch them off instead" in manager_client.post(url, data).content.decode()
    assert PoolMember.objects.count() == 1
    PoolMember.objects.update(last_turn=0)
    assert manager_client.post(url, data).status_code == 302
    assert not PoolMember.objects.exists()


@pytest.mark.parametrize("weight", ["0", "101", "-1", "x", ""])
def test_a_weight_out_of_range_is_refused(manager_client: Client, weight: str) -> None:
    pool = PoolFactory()
    member = PoolMemberFactory(pool=pool)
    url = reverse("admin:routing_pool_change", args=[pool.pk])
    response = manager_client.post(url, _members(pool, member) | {"members-0-weight": weight})
    assert response.status_code == 200
    assert "Constraint" not in response.content.decode()
    member.refresh_from_db()
    assert member.weight == 1


def test_promises_are_written_in_minutes(manager_client: Client) -> None:
    data = {"name": "Fast", "slug": "fast", "first_touch_seconds": "15", "acceptance_seconds": ""}
    assert manager_client.post(reverse("admin:routing_slapolicy_add"), data).status_code == 302
    policy = SlaPolicy.objects.get()
    assert (policy.first_touch_seconds, policy.acceptance_seconds) == (900, None)
    url = reverse("admin:routing_slapolicy_change", args=[policy.pk])
    assert 'value="15"' in manager_client.get(url).content.decode()
    for wrong in ("0", "-5", "x", "99999999999999999999"):
        response = manager_client.post(url, data | {"first_touch_seconds": wrong})
        assert response.status_code == 200, wrong
    policy.refresh_from_db()
    assert policy.first_touch_seconds == 900


def test_a_second_default_promise_is_refused_by_name(manager_client: Client) -> None:
    SlaPolicyFactory(name="Normal", is_default=True)
    data = {"name": "Fast", "slug": "fast", "first_touch_seconds": "15", "is_default": "on"}
    text = manager_client.post(reverse("admin:routing_slapolicy_add"), data).content.decode()
    assert "“Normal” is the default already." in text


@given(st.integers(1, 60 * 24 * 90))
def test_minutes_come_back_as_they_were_written(minutes: int) -> None:
    field = MinutesField()
    seconds = field.clean(str(minutes))
    assert seconds == minutes * 60
    assert field.prepare_value(seconds) == minutes
    assert not field.has_changed(seconds, str(minutes))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters=",;\n\r\x00"), min_size=1)))
def test_a_list_comes_back_as_it_was_written(values: list[str]) -> None:
    field = ValueListField()
    kept = field.clean(", ".join(values))
    assert kept == list(dict.fromkeys(value.strip() for value in values if value.strip()))
    assert field.clean(field.prepare_value(kept)) == kept
    assert not field.has_changed(kept, field.prepare_value(kept))


@pytest.mark.parametrize(
    "text", ["10000-19999", "10000 – 19999", "10000..19999", "10000 to 19999", "10000—19999"]
)
def test_a_range_may_be_written_in_many_ways(text: str) -> None:
    assert read_postal_range(text) == ["10000", "19999"]


@pytest.mark.parametrize("text", ["", "-", "1-2-3", "9–1", "–", "1000–10000"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        read_postal_range(text)


def test_a_turn_is_given_back_once_from_the_page_of_the_assignment(manager_client: Client) -> None:
    entry = TurnEntryFactory(pool=PoolFactory(turn_number=1))
    row = AssignmentFactory()
    entry.decision, entry.rep = row.decision, row.rep
    entry.deltas = {str(row.rep_id): -500_000, str(make_rep().pk): 500_000}
    entry.save()
    url = reverse("admin:routing_assignment_return", args=[row.pk])
    assert "gets back the turn this lead cost" in manager_client.get(url).content.decode()
    page = manager_client.post(url, {"reason": "WRONG"}, follow=True)
    assert "has the turn back" in page.content.decode()
    row.refresh_from_db()
    assert (row.return_reason, row.ended_at) == ("WRONG", None)
    again = manager_client.get(url, follow=True).content.decode()
    assert "is not possible for" in again
    assert PoolMember.objects.get(rep=row.rep).balance_microturns == 500_000


def test_a_pool_by_past_outcomes_says_how_little_is_known(manager_client: Client) -> None:
    pool = PoolFactory(strategy="BEST_MATCH", reps=[make_rep(name="Eva")])
    text = manager_client.get(reverse("admin:routing_pool_change", args=[pool.pk])).content.decode()
    assert "Too little is known: of these members 0 leads" in text
    assert "– (won 0 of 0)" in text


def test_catching_up_where_turns_do_not_decide_is_refused_at_its_field(
    manager_client: Client,
) -> None:
    pool = PoolFactory()
    data = _members(pool, PoolMemberFactory(pool=pool)) | {
        "strategy": "TIERS",
        "catch_up_turns": "3",
    }
    url = reverse("admin:routing_pool_change", args=[pool.pk])
    assert "Nothing can be caught up" in manager_client.post(url, data).content.decode()
    pool.refresh_from_db()
    assert (pool.strategy, pool.catch_up_turns) == ("WEIGHTED", 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("value_weight", "101"),
        ("floor_share", "-1"),
        ("catch_up_turns", "101"),
        ("sticky_days", "0"),
    ],
)
def test_a_number_of_a_pool_out_of_range_is_refused(
    manager_client: Client, name: str, value: str
) -> None:
    pool = PoolFactory()
    data = _members(pool, PoolMemberFactory(pool=pool)) | {name: value, "name": "Renamed"}
    response = manager_client.post(reverse("admin:routing_pool_change", args=[pool.pk]), data)
    assert response.status_code == 200
    assert "Constraint" not in response.content.decode()
    pool.refresh_from_db()
    assert pool.name != "Renamed"
