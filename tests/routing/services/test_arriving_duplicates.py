"""What becomes of a delivery by somebody who is known by likeness, not by address."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from leads.models import (
    DuplicatePair,
    IntakeItem,
    Lead,
    LeadIdentity,
    LeadKey,
    LeadMerge,
    MatchingSettings,
    Place,
)
from routing.models import Assignment
from routing.selectors.invariants import find_violations
from tests.routing.services.conftest import Desk

EVA = {
    "full_name": "Eva Grünbaum", "email": "eva.gruenbaum@acme.example", "company": "Acme GmbH",
    "country": "DE", "city": "Bonn", "postal_code": "53111",
}  # fmt: skip


def test_who_is_certainly_known_is_merged_at_once_and_keeps_a_row_for_undoing(desk: Desk) -> None:
    known = desk.route(**EVA)
    item = desk.receive(**{**EVA, "email": "eva.gruenbuam@acme.example", "phone": "+49 228 555010"})
    desk.drain()

    item.refresh_from_db()
    known.refresh_from_db()
    assert item.lead == known
    assert (known.interaction_count, known.phone_e164) == (2, "+49228555010")
    merge = LeadMerge.objects.get()
    assert (merge.kept, merge.merged.place, merge.merged.merged_into) == (
        known, Place.CLOSED, known,
    )  # fmt: skip
    assert merge.snapshot["kept"]["phone_e164"] == ["", "+49228555010"]
    assert merge.snapshot["moved"]["identities"] == [
        ["EMAIL", "eva.gruenbuam@acme.example"],
        ["PHONE", "+49228555010"],
    ]
    assert any("differ by a slip" in str(one["sentence"]) for one in merge.evidence)
    assert LeadIdentity.objects.filter(lead=known).count() == 3
    assert Assignment.objects.count() == 1
    assert find_violations(desk.now) == []


def test_the_next_delivery_by_the_merged_address_is_the_kept_lead(desk: Desk) -> None:
    known = desk.route(**EVA)
    desk.route(**{**EVA, "email": "eva.gruenbuam@acme.example"})
    again = desk.route(full_name="", email="eva.gruenbuam@acme.example")
    assert (again, again.interaction_count) == (known, 3)


def test_who_is_likely_known_becomes_a_lead_and_a_pair_with_evidence(desk: Desk) -> None:
    known = desk.route(**EVA)
    other = desk.route(**{**EVA, "email": "eva77@gmail.com", "city": "", "postal_code": ""})
    assert other != known
    pair = DuplicatePair.objects.get()
    assert (pair.one, pair.other, pair.state) == (known, other, "OPEN")
    assert pair.evidence[0]["sentence"] == "The names are the same: Eva Grünbaum."
    assert Assignment.objects.count() == 2


def test_who_is_unlikely_known_stays_apart(desk: Desk) -> None:
    desk.route(**EVA)
    desk.route(**{**EVA, "full_name": "Tom Grünbaum", "email": "tom@acme.example"})
    assert Lead.objects.current().count() == 2
    assert not DuplicatePair.objects.exists()
    assert not LeadMerge.objects.exists()


def test_duplicates_within_one_batch_meet_each_other(desk: Desk) -> None:
    desk.receive(**EVA)
    desk.receive(**{**EVA, "email": "eva.gruenbuam@acme.example"})
    desk.receive(**{**EVA, "email": "e.gruenbaum@gmail.com", "city": "", "postal_code": ""})
    desk.drain()
    kept = Lead.objects.current()
    assert kept.count() == 2
    assert LeadMerge.objects.get().kept.interaction_count == 2
    assert DuplicatePair.objects.get().one == LeadMerge.objects.get().kept
    assert find_violations(desk.now) == []


def test_a_delivery_that_names_two_known_leads_makes_them_a_pair(desk: Desk) -> None:
    by_mail = desk.route(full_name="Eva Grünbaum", email="eva@a.example")
    by_phone = desk.route(full_name="E. Grünbaum", email="", phone="+49 228 555010")
    desk.route(full_name="Eva Grünbaum", email="eva@a.example", phone="+49 228 555010")
    pair = DuplicatePair.objects.get()
    assert (pair.one, pair.other) == (by_mail, by_phone)
    assert "One delivery named" in pair.evidence[0]["sentence"]


def test_a_pair_that_was_kept_apart_is_not_asked_again(desk: Desk) -> None:
    desk.route(**EVA)
    other = {**EVA, "email": "eva77@gmail.com", "city": "", "postal_code": ""}
    desk.route(**other)
    DuplicatePair.objects.update(state="APART", decided_at=desk.now)
    desk.route(**other, phone="+49 228 555010")
    assert DuplicatePair.objects.get().state == "APART"


def test_thresholds_are_the_organisations(desk: Desk) -> None:
    MatchingSettings.objects.create(pk=1, certain_from=90, likely_from=80)
    desk.route(**EVA)
    desk.route(**{**EVA, "email": "eva.gruenbuam@acme.example"})
    assert Lead.objects.current().count() == 2
    assert not DuplicatePair.objects.exists()


def test_switched_off_only_addresses_count_and_no_keys_are_written(desk: Desk) -> None:
    MatchingSettings.objects.create(pk=1, is_active=False)
    desk.route(**EVA)
    desk.route(**{**EVA, "email": "eva.gruenbuam@acme.example"})
    assert Lead.objects.current().count() == 2
    assert not LeadKey.objects.exists()


@pytest.mark.parametrize("size", [2, 40])
def test_matching_a_batch_takes_the_same_number_of_statements(desk: Desk, size: int) -> None:
    for number in range(size):
        desk.route(**{**EVA, "full_name": f"Eva{number} Grünbaum", "email": f"e{number}@a.example"})
    for number in range(size):
        desk.receive(
            **{**EVA, "full_name": f"Eva{number} Grünbaum", "email": f"f{number}@b.example"}
        )
    about: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        if "leads_leadkey" in sql:
            about.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        desk.drain()
    assert len(about) == 2, about
    assert IntakeItem.objects.filter(lead=None).count() == 0


def test_leads_from_before_are_filed_once(desk: Desk) -> None:
    desk.route(**EVA)
    keys = set(LeadKey.objects.values_list("key", "lead_id"))
    LeadKey.objects.all().delete()
    call_command("file_leads")
    call_command("file_leads")
    assert set(LeadKey.objects.values_list("key", "lead_id")) == keys
