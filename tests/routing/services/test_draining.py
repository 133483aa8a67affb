"""A lead arrives, becomes a person, and gets a place: with faults on the way."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import IntakeItem, IntakeState, Lead, ParkedReason, Place
from reps.models import Team
from reps.services.availability import set_accepting
from routing.models import (
    Assignment,
    Decision,
    OutboxMessage,
    PoolMember,
    SlaTimer,
    TurnEntry,
)
from routing.services import draining
from tests.factories import make_manager
from tests.routing.services.conftest import NOW, Desk

pytestmark = pytest.mark.django_db


def _claim(desk: Desk) -> list[int]:
    claimed = draining.claim_work(limit=10, max_attempts=5, now=desk.now)
    return [item.pk for item in claimed.items]


def test_a_new_lead_is_owned_and_its_decision_explained(desk: Desk) -> None:
    lead = desk.route(
        email="ada@analytical.example", full_name="Ada Lovelace", phone="+442079460123"
    )

    assert (lead.place, lead.full_name, lead.email) == (
        Place.OWNED,
        "Ada Lovelace",
        "ada@analytical.example",
    )
    assert lead.phone_e164 == "+442079460123"
    assignment = Assignment.objects.get(lead=lead)
    assert assignment.rep == lead.owner
    decision = Decision.objects.get(lead=lead)
    assert (decision.epoch, decision.outcome, decision.version) == (1, "ASSIGNED", desk.version)
    assert decision.rule is not None
    assert decision.rule.name == "Everybody else"
    assert OutboxMessage.objects.get().recipient == assignment.rep.user.email
    assert {timer.kind for timer in SlaTimer.objects.all()} == {"FIRST_TOUCH", "ACCEPTANCE"}


def test_two_equal_reps_take_turns_and_the_ledger_sums_to_zero(desk: Desk) -> None:
    for _ in range(10):
        desk.receive()
    desk.drain(batch_size=3)

    assert Counter(Lead.objects.values_list("owner__name", flat=True)) == {
        "Maria Weber": 5,
        "Sam Carter": 5,
    }
    assert all(sum(entry.deltas.values()) == 0 for entry in TurnEntry.objects.all())
    assert sum(PoolMember.objects.values_list("balance_microturns", flat=True)) == 0
    assert sorted(TurnEntry.objects.values_list("number", flat=True)) == list(range(1, 11))


def test_a_matching_rule_with_a_queue_offers_the_lead_there(desk: Desk) -> None:
    lead = desk.route(country="France")

    assert (lead.place, lead.holding_queue_id, lead.owner) == (Place.OFFERED, desk.queue.pk, None)


def test_the_same_person_becomes_one_lead_with_two_interactions(desk: Desk) -> None:
    first = desk.route(email="ada@analytical.example", job_title="")
    again = desk.route(email="ADA@Analytical.example", job_title="Countess")

    assert again.pk == first.pk
    assert again.owner == first.owner
    assert again.interactions.filter(kind="API").count() == 2
    assert again.job_title == "Countess"
    assert Assignment.objects.count() == 1


def test_duplicates_within_one_batch_become_one_lead(desk: Desk) -> None:
    for phone in ("", "+4930123456"):
        desk.receive(email="ada@analytical.example", full_name="Ada Lovelace", phone=phone)
    desk.receive(email="", full_name="Ada Lovelace", phone="+4930123456")
    desk.drain()

    lead = Lead.objects.get()
    assert lead.interaction_count == 3
    assert IntakeItem.objects.filter(lead=lead, state=IntakeState.LINKED).count() == 3


def test_the_account_is_found_by_domain_but_never_for_free_mail(desk: Desk) -> None:
    one, two = desk.route(email="a@acme.example"), desk.route(email="b@acme.example")
    free = desk.route(email="somebody@gmail.com")

    assert one.account == two.account
    assert one.account is not None
    assert one.account.domain == "acme.example"
    assert free.account is None


def test_nobody_available_parks_the_lead_alerts_and_routes_it_by_itself_later(desk: Desk) -> None:
    for rep in desk.reps:
        rep.team.manager = make_manager()
        rep.team.save()
        set_accepting(rep=rep, is_accepting=False, now=desk.now)
    lead = desk.route()
    assert (lead.place, lead.parked_reason) == (Place.PARKED, ParkedReason.NO_REP_AVAILABLE)
    assert OutboxMessage.objects.filter(kind="PARKED").exists()

    desk.wait(minutes=6)
    desk.drain()
    assert Decision.objects.filter(lead=lead).count() == 1  # nothing new to say

    set_accepting(rep=desk.reps[0], is_accepting=True, now=desk.now)
    desk.drain()
    lead.refresh_from_db()
    assert (lead.place, lead.owner) == (Place.OWNED, desk.reps[0])


def test_no_published_rules_park_the_lead(desk: Desk) -> None:
    desk.version.state = "RETIRED"
    desk.version.retired_at = NOW
    desk.version.save()

    lead = desk.route()
    assert lead.parked_reason == ParkedReason.NO_PUBLISHED_RULES


def test_a_full_rep_is_passed_over(desk: Desk) -> None:
    desk.reps[0].max_open_leads = 1
    desk.reps[0].save()
    for _ in range(4):
        desk.receive()
    desk.drain()

    assert Counter(Lead.objects.values_list("owner__name", flat=True)) == {
        "Maria Weber": 1,
        "Sam Carter": 3,
    }
    assert Assignment.objects.get(rep=desk.reps[0]).capacity == 1


def test_an_unusable_delivery_is_a_dead_letter_with_a_sentence_and_blocks_nobody(
    desk: Desk,
) -> None:
    bad = desk.receive(email="ada(at)example", phone="")
    good = desk.receive()
    report = desk.drain()

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, good.state) == (IntakeState.DEAD, IntakeState.LINKED)
    assert "ada(at)example" in bad.last_error
    assert (report.items, report.failed) == (1, 1)


def test_leads_on_which_routing_raises_are_parked_after_some_attempts_with_the_error(
    desk: Desk,
) -> None:
    broken = desk.receive(email="broken@example.com")
    fine = desk.receive()
    # A zone nobody knows: nothing can be said about any rep, so no choice is even tried.
    Team.objects.update(timezone="Nowhere/Land")
    for _ in range(8):
        desk.drain()
        desk.wait(minutes=1)

    for item in (broken, fine):
        item.refresh_from_db()
        assert item.state == IntakeState.LINKED
        assert item.lead is not None
        assert item.lead.parked_reason == ParkedReason.ROUTING_ERROR
        assert "Nowhere" in item.lead.parked_detail


def test_a_delivery_that_ends_its_worker_every_time_is_buried_in_the_end(desk: Desk) -> None:
    item = desk.receive()
    for _ in range(5):
        assert _claim(desk) == [item.pk]
        desk.wait(seconds=11)  # the lease of a dead worker runs out
    assert _claim(desk) == []

    assert draining.bury_exhausted(now=desk.now) == 1
    item.refresh_from_db()
    assert item.state == IntakeState.DEAD


def test_what_one_drain_holds_another_leaves_alone(desk: Desk) -> None:
    item = desk.receive()
    assert _claim(desk) == [item.pk]
    assert _claim(desk) == []


def test_a_batch_of_many_costs_as_many_statements_as_one_of_few(desk: Desk) -> None:
    desk.route()  # what rarely changes is read once
    counts = []
    for size in (5, 60):
        for _ in range(size):
            desk.receive()
        with CaptureQueriesContext(connection) as queries:
            desk.drain(batch_size=60)
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 45
    assert Lead.objects.filter(place=Place.OWNED).count() == 66
