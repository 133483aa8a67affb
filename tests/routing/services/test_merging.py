"""Two leads become one with everything they had, and two again."""

from datetime import timedelta
from typing import Any

import pytest

from leadrouter.common.errors import InvalidInput, NotAllowed
from leads.models import (
    Consent,
    DuplicatePair,
    IntakeItem,
    Interaction,
    Lead,
    LeadIdentity,
    LeadMerge,
    Place,
)
from leads.services.erasing import erase_leads
from leads.services.merging import CannotUndo
from leads.services.snapshots import FIELDS, take_snapshot
from routing.models import Assignment, Decision, SlaTimer
from routing.selectors.invariants import find_violations
from routing.services.merging import merge_people, undo_merge
from routing.services.working import accept_lead, close_lead, log_touch
from tests.factories import make_manager
from tests.routing.services.conftest import Desk

ONE = {"full_name": "Eva Grünbaum", "email": "eva@acme.example", "company": "Acme"}
OTHER = {"full_name": "Eve Gruenbaum", "email": "eve@gmail.com", "phone": "+49 228 555010"}


@pytest.fixture
def boss(db: None) -> Any:
    return make_manager(username="boss")


def merge(desk: Desk, boss: Any, one: Lead, other: Lead, **choices: str) -> LeadMerge:
    return merge_people(
        lead_ids=(one.pk, other.pk), choices=choices, user=boss, reason="I know her", now=desk.now
    )


def state_of(lead: Lead) -> dict[str, Any]:
    """Everything that undoing promises to restore."""
    lead = Lead.objects.get(pk=lead.pk)
    names = (*FIELDS, "place", "owner_id", "stage", "interaction_count", "placed_at", "closed_at",
             "closed_reason", "merged_into_id", "holding_queue_id", "parked_reason")  # fmt: skip
    assignments = Assignment.objects.filter(lead=lead).values("id", "ended_at", "end_reason")
    touches = lead.interactions.exclude(kind="STATUS")
    return {
        **take_snapshot(lead, names),
        "identities": sorted(lead.identities.values_list("kind", "value")),
        "items": sorted(lead.intake_items.values_list("pk", flat=True)),
        "touches": sorted(touches.values_list("pk", flat=True)),
        "assignments": list(assignments.order_by("id")),
        "running": sorted(
            SlaTimer.objects.filter(assignment__lead=lead, cancelled_at=None).values_list(
                "pk", flat=True
            )
        ),
    }


def test_everything_the_person_did_is_with_the_lead_that_is_kept(desk: Desk, boss: Any) -> None:
    one, other = desk.route(**ONE), desk.route(**OTHER)
    desk.wait(minutes=1)
    done = merge(desk, boss, one, other)

    kept, gone = Lead.objects.get(pk=one.pk), Lead.objects.get(pk=other.pk)
    assert (done.kept, done.merged, done.merged_by, done.reason) == (kept, gone, boss, "I know her")
    assert (gone.merged_into, gone.place, gone.owner) == (kept, Place.CLOSED, None)
    assert (kept.place, kept.owner, kept.interaction_count) == (Place.OWNED, one.owner, 2)
    assert (kept.phone_e164, kept.email) == ("+49228555010", "eva@acme.example")
    assert IntakeItem.objects.filter(lead=kept).count() == 2
    assert set(LeadIdentity.objects.values_list("lead", flat=True)) == {kept.pk}
    assert kept.interactions.filter(summary__startswith="Merged with Eve Gruenbaum").exists()
    assert Decision.objects.filter(lead=gone).count() == 1, "history is not rewritten"
    open_ = Assignment.objects.get(ended_at=None)
    assert (open_.lead, open_.rep) == (kept, kept.owner)
    assert Assignment.objects.get(lead=gone).end_reason == "MERGED"
    assert not SlaTimer.objects.filter(assignment__lead=gone, cancelled_at=None).exists()
    assert find_violations(desk.now) == []


def test_undoing_restores_both_exactly(desk: Desk, boss: Any) -> None:
    one, other = desk.route(**ONE), desk.route(**OTHER, country="Germany", city="Bonn")
    before = state_of(one), state_of(other)
    desk.wait(seconds=30)
    done = merge(desk, boss, one, other, name="merged", place="merged", job_title="merged")
    assert state_of(one) != before[0]
    desk.wait(seconds=30)
    back, notes = undo_merge(merge_id=done.pk, user=boss, reason="Two sisters", now=desk.now)
    assert (back, notes) == (other, [])
    assert (state_of(one), state_of(other)) == before
    done.refresh_from_db()
    assert (done.undone_by, done.undo_reason) == (boss, "Two sisters")
    assert DuplicatePair.objects.get().state == "APART"
    assert find_violations(desk.now) == []


def test_the_lead_whose_rep_got_to_work_first_is_kept(desk: Desk, boss: Any) -> None:
    one, other = desk.route(**ONE), desk.route(**OTHER)
    rep = other.owner
    assert rep is not None
    accept_lead(lead_id=other.pk, rep=rep, user=rep.user, now=desk.now)
    done = merge(desk, boss, one, other)
    assert (done.kept, done.kept.owner) == (other, rep)


@pytest.mark.parametrize("order", [0, 1])
def test_an_owned_lead_is_kept_before_one_that_is_offered(
    desk: Desk, boss: Any, order: int
) -> None:
    leads = [desk.route(**ONE, country="France"), desk.route(**OTHER)]
    assert leads[0].place == Place.OFFERED
    done = merge(desk, boss, *(leads if order else leads[::-1]))
    assert done.kept == leads[1]
    undo_merge(merge_id=done.pk, user=boss, reason="No", now=desk.now)
    back = Lead.objects.get(pk=leads[0].pk)
    assert (back.place, back.holding_queue_id) == (Place.OFFERED, desk.queue.pk)


def test_what_the_manager_chooses_wins_over_survivorship(desk: Desk, boss: Any) -> None:
    one, other = desk.route(**ONE), desk.route(**OTHER)
    done = merge(desk, boss, one, other, name="merged", email="merged", company="kept")
    kept = done.kept
    kept.refresh_from_db()
    assert (kept.full_name, kept.email, kept.company_name) == (
        "Eve Gruenbaum", "eve@gmail.com", "Acme",
    )  # fmt: skip


def test_first_things_come_from_whoever_came_first(desk: Desk, boss: Any) -> None:
    one = desk.route(**ONE, campaign="spring")
    desk.wait(hours=1)
    other = desk.route(**OTHER, campaign="autumn")
    Assignment.objects.filter(lead=other).update(accepted_at=desk.now)
    kept = merge(desk, boss, one, other).kept
    kept.refresh_from_db()
    assert kept == other
    assert (kept.campaign, kept.received_at) == ("spring", one.received_at)
    assert kept.last_received_at == other.last_received_at


def test_what_came_after_the_merge_stays_with_the_kept_lead(desk: Desk, boss: Any) -> None:
    one, other = desk.route(**ONE), desk.route(**OTHER)
    done = merge(desk, boss, one, other)
    desk.wait(minutes=1)
    desk.route(full_name="", email=ONE["email"], phone="+49 228 999")
    rep = done.kept.owner
    assert rep is not None
    log_touch(lead_id=one.pk, user=rep.user, kind="CALL", summary="Hi", now=desk.now)
    _, notes = undo_merge(merge_id=done.pk, user=boss, reason="No", now=desk.now)
    kept = Lead.objects.get(pk=one.pk)
    assert kept.phone_e164 == "+49228999"
    assert kept.interactions.filter(kind="CALL").exists()
    assert "phone e164" in notes[0]
    assert find_violations(desk.now) == []


def test_merges_are_undone_in_the_order_latest_first(desk: Desk, boss: Any) -> None:
    one, other, third = desk.route(**ONE), desk.route(**OTHER), desk.route(full_name="Eva G")
    first = merge(desk, boss, one, other)
    second = merge(desk, boss, one, third)
    with pytest.raises(CannotUndo, match="Eva G was merged into Eva Grünbaum afterwards"):
        undo_merge(merge_id=first.pk, user=boss, reason="No", now=desk.now)
    assert Lead.objects.get(pk=other.pk).merged_into == one
    undo_merge(merge_id=second.pk, user=boss, reason="No", now=desk.now)
    undo_merge(merge_id=first.pk, user=boss, reason="No", now=desk.now)
    with pytest.raises(CannotUndo, match="undone already"):
        undo_merge(merge_id=first.pk, user=boss, reason="No", now=desk.now)
    assert Lead.objects.current().count() == 3


def test_a_merge_of_a_deleted_person_is_not_undone(desk: Desk, boss: Any) -> None:
    one, other = desk.route(**ONE), desk.route(**OTHER)
    done = merge(desk, boss, one, other)
    erase_leads(leads=[Lead.objects.get(pk=one.pk)], now=desk.now)
    with pytest.raises(CannotUndo, match="This person was deleted"):
        undo_merge(merge_id=done.pk, user=boss, reason="No", now=desk.now)
    assert Lead.objects.get(pk=other.pk).merged_into == one


def test_a_merge_into_a_lead_that_was_merged_itself_waits_for_that_one(
    desk: Desk, boss: Any
) -> None:
    one, other, third = desk.route(**ONE), desk.route(**OTHER), desk.route(full_name="Eva G")
    Assignment.objects.filter(lead=third).update(accepted_at=desk.now)
    first = merge(desk, boss, one, other)
    merge(desk, boss, one, third)
    with pytest.raises(CannotUndo, match="was itself merged into Eva G afterwards"):
        undo_merge(merge_id=first.pk, user=boss, reason="No", now=desk.now)


def test_an_inactive_rep_does_not_get_the_lead_back(desk: Desk, boss: Any) -> None:
    one, other = desk.route(**ONE), desk.route(**OTHER)
    done = merge(desk, boss, one, other)
    rep = other.owner
    assert rep is not None
    rep.is_active, rep.deactivated_at = False, desk.now
    rep.save()
    back, notes = undo_merge(merge_id=done.pk, user=boss, reason="No", now=desk.now)
    back.refresh_from_db()
    assert "not active any more" in notes[0]
    assert (back.place, back.owner) == (Place.OWNED, one.owner)
    assert find_violations(desk.now) == []


def test_a_clock_that_ran_out_meanwhile_does_not_run_again(desk: Desk, boss: Any) -> None:
    one, other = desk.route(**ONE), desk.route(**OTHER)
    done = merge(desk, boss, one, other)
    desk.wait(minutes=7)  # acceptance was due after 5, the first touch is after 10
    undo_merge(merge_id=done.pk, user=boss, reason="No", now=desk.now)
    timers = SlaTimer.objects.filter(assignment__lead=other, cancelled_at=None)
    assert [timer.kind for timer in timers] == ["FIRST_TOUCH"]


def test_a_merge_on_arrival_is_undone_and_the_lead_is_routed(desk: Desk, boss: Any) -> None:
    here = {**ONE, "postal_code": "53111", "country": "DE"}
    known = desk.route(**here)
    before = state_of(known)
    desk.wait(minutes=1)
    desk.route(**{**here, "email": "evaa@acme.example", "phone": OTHER["phone"]})
    done = LeadMerge.objects.get()
    back, _ = undo_merge(merge_id=done.pk, user=boss, reason="Twins", now=desk.now)
    back.refresh_from_db()
    assert (back.place, back.interaction_count) == (Place.OWNED, 1)
    assert sorted(back.identities.values_list("value", flat=True)) == [
        "+49228555010", "evaa@acme.example",
    ]  # fmt: skip
    assert back.intake_items.count() == back.interactions.exclude(kind="STATUS").count() == 1
    assert state_of(known) == before
    assert find_violations(desk.now) == []


def test_a_won_lead_keeps_its_deal_when_the_person_is_merged(desk: Desk, boss: Any) -> None:
    one, other = desk.route(**ONE), desk.route(**OTHER)
    close_lead(
        lead_id=one.pk, user=boss, stage="WON", deal_value=5000, deal_currency="EUR", now=desk.now
    )  # type: ignore[arg-type]
    before = state_of(one)
    done = merge(desk, boss, one, other)
    assert (done.kept, done.merged) == (other, one)
    kept = Lead.objects.get(pk=other.pk)
    assert (kept.deal_value, kept.deal_currency) == (5000, "EUR")
    undo_merge(merge_id=done.pk, user=boss, reason="No", now=desk.now)
    assert state_of(one) == before


def test_open_pairs_of_the_merged_lead_become_pairs_of_the_kept_one(desk: Desk, boss: Any) -> None:
    one, other, third = desk.route(**ONE), desk.route(**OTHER), desk.route(full_name="Eva G")
    for low, high in ((one, other), (other, third)):
        DuplicatePair.objects.create(one=low, other=high, points=20, found_at=desk.now)
    merge(desk, boss, one, other)
    states = set(DuplicatePair.objects.values_list("one", "other", "state"))
    assert states == {(one.pk, other.pk, "MERGED"), (one.pk, third.pk, "OPEN")}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": " "}, "Say why"),
        ({"choices": {"name": "both"}}, "one of the two"),
        ({"choices": {"owner": "kept"}}, "one of the two"),
    ],
)
def test_a_merge_that_says_too_little_is_refused(
    desk: Desk, boss: Any, change: dict[str, Any], words: str
) -> None:
    one, other = desk.route(**ONE), desk.route(**OTHER)
    before = state_of(one), state_of(other)
    wanted = {"lead_ids": (one.pk, other.pk), "choices": {}, "reason": "Why", "user": boss}
    with pytest.raises(InvalidInput, match=words):
        merge_people(**{**wanted, **change}, now=desk.now)
    assert (state_of(one), state_of(other)) == before


def test_a_lead_is_merged_once_and_never_with_itself(desk: Desk, boss: Any) -> None:
    one, other = desk.route(**ONE), desk.route(**OTHER)
    with pytest.raises(InvalidInput, match="with itself"):
        merge(desk, boss, one, one)
    merge(desk, boss, one, other)
    with pytest.raises(InvalidInput, match="merged already"):
        merge(desk, boss, one, other)


def test_a_rep_cannot_merge(desk: Desk) -> None:
    one, other = desk.route(**ONE), desk.route(**OTHER)
    with pytest.raises(NotAllowed):
        merge(desk, desk.reps[0].user, one, other)
    assert not LeadMerge.objects.exists()


def test_every_relation_to_a_lead_moves_stays_or_is_named_here() -> None:
    """A new table that points to leads must say what a merge does with its rows."""
    moved = {IntakeItem, Interaction, LeadIdentity, Consent}
    # Suggestions about a merged lead are refused until it is a lead of its own again.
    stays = {
        "Suggestion",
        "Assignment",
        "Decision",
        "DuplicatePair",
        "LeadMerge",
        "Lead",
        "Incident",
    }
    fields = Lead._meta.get_fields(include_hidden=True)
    relations = {
        field.related_model for field in fields if field.auto_created and field.is_relation
    }
    assert {model.__name__ for model in relations - moved} <= stays


def test_consents_go_along_and_come_back(desk: Desk, boss: Any) -> None:
    one, other = desk.route(**ONE), desk.route(**OTHER)
    merged = max(one, other, key=lambda lead: lead.pk)
    consent = Consent.objects.create(
        lead=merged, is_given=True, text="Yes.", version="1", given_at=desk.now
    )
    done = merge(desk, boss, one, other)
    consent.refresh_from_db()
    assert (done.merged_id, consent.lead_id) == (merged.pk, done.kept_id)
    undo_merge(merge_id=done.pk, user=boss, reason="Two people", now=desk.now)
    consent.refresh_from_db()
    assert consent.lead_id == merged.pk


def test_an_old_visit_between_two_others_does_not_age_the_lead(desk: Desk, boss: Any) -> None:
    one = desk.route(**ONE)
    desk.wait(days=1)
    other = desk.route(**OTHER)
    desk.wait(days=1)
    merged = merge(desk, boss, one, other).kept
    merged.refresh_from_db()
    assert merged.last_received_at - merged.received_at == timedelta(days=1)
