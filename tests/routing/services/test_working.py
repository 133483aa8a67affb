"""What reps and managers do to a lead, and what they may not."""

from datetime import timedelta
from decimal import Decimal

import pytest

from leadrouter.common.errors import DomainError, InvalidInput
from leads.models import Interaction, Place, Stage
from routing.models import (
    Assignment,
    Decision,
    OutboxMessage,
    PoolMember,
    SlaTimer,
    TurnEntry,
)
from routing.selectors.explaining import explain_decision, why_me
from routing.selectors.invariants import find_violations
from routing.selectors.visibility import visible_leads
from routing.services.claiming import claim_lead
from routing.services.refusals import AlreadyTaken, CapReached, NotEntitled, NotYours
from routing.services.working import (
    accept_lead,
    assign_manually,
    close_lead,
    decline_lead,
    log_touch,
    park_lead,
    release_lead,
    reroute_lead,
)
from tests.factories import make_manager, make_rep
from tests.routing.services.conftest import Desk

pytestmark = pytest.mark.django_db


def test_accepting_stops_the_acceptance_clock_and_counts_as_sales_accepted(desk: Desk) -> None:
    lead = desk.route()
    desk.wait(seconds=40)
    accept_lead(lead_id=lead.pk, rep=lead.owner, user=lead.owner.user, now=desk.now)

    lead.refresh_from_db()
    assert lead.stage == Stage.SALES_ACCEPTED
    timers = {timer.kind: timer for timer in SlaTimer.objects.all()}
    assert timers["ACCEPTANCE"].met_at == desk.now
    assert timers["FIRST_TOUCH"].met_at is None


def test_declining_routes_the_lead_to_somebody_else_who_has_not_declined(desk: Desk) -> None:
    lead = desk.route()
    first = lead.owner
    decline_lead(lead_id=lead.pk, rep=first, user=first.user, reason="I know them", now=desk.now)
    lead.refresh_from_db()
    second = lead.owner
    assert second not in {None, first}

    decline_lead(lead_id=lead.pk, rep=second, user=second.user, reason="Me too", now=desk.now)
    lead.refresh_from_db()
    assert lead.place == Place.PARKED
    ended = Assignment.objects.filter(lead=lead).order_by("id")
    assert [(row.end_reason, row.end_note) for row in ended] == [
        ("DECLINED", "I know them"),
        ("DECLINED", "Me too"),
    ]
    assert find_violations(desk.now) == []


def test_declining_needs_a_reason_and_changes_nothing_without(desk: Desk) -> None:
    lead = desk.route()
    with pytest.raises(InvalidInput, match="why"):
        decline_lead(
            lead_id=lead.pk, rep=lead.owner, user=lead.owner.user, reason=" ", now=desk.now
        )
    assert Assignment.objects.get().ended_at is None


def test_only_the_owner_can_accept_or_decline(desk: Desk) -> None:
    lead = desk.route()
    other = next(rep for rep in desk.reps if rep != lead.owner)
    for act in (
        lambda: accept_lead(lead_id=lead.pk, rep=other, user=other.user, now=desk.now),
        lambda: decline_lead(lead_id=lead.pk, rep=other, user=other.user, reason="x", now=desk.now),
    ):
        with pytest.raises(NotYours, match=str(lead.owner.name)):
            act()
    assert Assignment.objects.get().accepted_at is None


def test_a_call_by_the_owner_is_the_first_touch_and_a_note_is_not(desk: Desk) -> None:
    lead = desk.route()
    user = lead.owner.user
    log_touch(lead_id=lead.pk, user=user, kind="NOTE", summary="Looks good", now=desk.now)
    assert SlaTimer.objects.get(kind="FIRST_TOUCH").met_at is None

    desk.wait(minutes=3)
    log_touch(lead_id=lead.pk, user=user, kind="CALL", summary="Reached", now=desk.now)
    lead.refresh_from_db()
    assert lead.first_touched_at == desk.now
    assert Assignment.objects.get().first_touched_at == desk.now
    assert not SlaTimer.objects.filter(met_at__isnull=True).exists()
    assert Interaction.objects.filter(lead=lead, actor=user).count() == 2


def test_winning_records_the_deal_and_frees_the_rep(desk: Desk) -> None:
    lead = desk.route()
    close_lead(
        lead_id=lead.pk,
        user=lead.owner.user,
        stage=Stage.WON,
        deal_value=Decimal("1200.50"),
        deal_currency="eur",
        now=desk.now,
    )
    lead.refresh_from_db()
    assert (lead.place, lead.stage, lead.owner) == (Place.CLOSED, Stage.WON, None)
    assert (lead.deal_value, lead.deal_currency) == (Decimal("1200.50"), "EUR")
    assert not Assignment.objects.filter(ended_at__isnull=True).exists()
    with pytest.raises(DomainError):
        close_lead(lead_id=lead.pk, user=make_manager(), stage=Stage.LOST, reason="x", now=desk.now)


def test_a_lost_lead_that_comes_back_goes_to_the_rep_who_knows_it(desk: Desk) -> None:
    lead = desk.route(email="ada@analytical.example")
    owner = lead.owner
    close_lead(lead_id=lead.pk, user=owner.user, stage=Stage.LOST, reason="No budget", now=desk.now)
    desk.wait(days=1)
    again = desk.route(email="ada@analytical.example")

    assert again.pk == lead.pk
    assert (again.place, again.owner) == (Place.OWNED, owner)


def test_a_manager_gives_parks_releases_and_reroutes(desk: Desk) -> None:
    manager, lead = make_manager(), desk.route()
    other = next(rep for rep in desk.reps if rep != lead.owner)
    assign_manually(lead_id=lead.pk, rep=other, user=manager, reason="Knows them", now=desk.now)
    lead.refresh_from_db()
    assert lead.owner == other
    assert OutboxMessage.objects.filter(kind="ASSIGNED").count() == 2

    park_lead(lead_id=lead.pk, user=manager, reason="Legal asked us to wait", now=desk.now)
    lead.refresh_from_db()
    assert (lead.place, lead.parked_reason) == (Place.PARKED, "MANUAL")

    release_lead(lead_id=lead.pk, holding_queue=desk.queue, user=manager, reason="Go", now=desk.now)
    lead.refresh_from_db()
    assert lead.place == Place.OFFERED

    reroute_lead(lead_id=lead.pk, user=manager, reason="Rules again", now=desk.now)
    lead.refresh_from_db()
    assert lead.place == Place.OWNED
    assert [d.kind for d in Decision.objects.order_by("epoch")] == [
        "RULES", "MANUAL", "MANUAL", "MANUAL", "RULES",
    ]  # fmt: skip
    assert find_violations(desk.now) == []


def test_a_manual_assignment_takes_a_turn_only_where_the_pool_says_so(desk: Desk) -> None:
    manager, lead = make_manager(), desk.route()
    other = next(rep for rep in desk.reps if rep != lead.owner)
    assign_manually(lead_id=lead.pk, rep=other, user=manager, reason="", now=desk.now)
    assert TurnEntry.objects.count() == 1

    desk.pool.refresh_from_db()
    desk.pool.manual_counts = True
    desk.pool.save()
    second = desk.route()
    receiver = next(rep for rep in desk.reps if rep != second.owner)
    before = PoolMember.objects.get(rep=receiver).balance_microturns
    assign_manually(lead_id=second.pk, rep=receiver, user=manager, reason="", now=desk.now)

    assert TurnEntry.objects.count() == 3
    assert PoolMember.objects.get(rep=receiver).balance_microturns == before - 500_000
    assert find_violations(desk.now) == []


def test_a_claim_has_one_winner_and_the_next_hears_who(desk: Desk) -> None:
    lead = desk.route(country="France")
    winner, loser = desk.reps
    claim_lead(lead_id=lead.pk, rep=winner, user=winner.user, now=desk.now)
    desk.wait(seconds=3)
    with pytest.raises(AlreadyTaken, match="Maria Weber took this lead 3 seconds ago") as refused:
        claim_lead(lead_id=lead.pk, rep=loser, user=loser.user, now=desk.now)
    assert refused.value.detail == {"winner": "Maria Weber"}
    assert Assignment.objects.get(lead=lead).rep == winner


def test_claims_need_entitlement_and_room(desk: Desk) -> None:
    lead = desk.route(country="France")
    stranger = make_rep(name="Eve")
    with pytest.raises(NotEntitled):
        claim_lead(lead_id=lead.pk, rep=stranger, user=stranger.user, now=desk.now)
    full = desk.reps[0]
    full.max_open_leads = 0
    full.save()
    with pytest.raises(CapReached, match="0 of 0"):
        claim_lead(lead_id=lead.pk, rep=full, user=full.user, now=desk.now)
    lead.refresh_from_db()
    assert (lead.place, Assignment.objects.count()) == (Place.OFFERED, 0)


def test_who_declined_a_lead_cannot_claim_it_from_a_queue_but_a_colleague_can(desk: Desk) -> None:
    decliner, colleague = desk.reps
    lead = desk.route(country="France")
    claim_lead(lead_id=lead.pk, rep=decliner, user=decliner.user, now=desk.now)
    decline_lead(lead_id=lead.pk, rep=decliner, user=decliner.user, reason="No", now=desk.now)
    lead.refresh_from_db()
    assert lead.place == Place.OFFERED
    decisions = Decision.objects.count()
    with pytest.raises(NotEntitled, match=r"^You declined this lead\.$"):
        claim_lead(lead_id=lead.pk, rep=decliner, user=decliner.user, now=desk.now)
    lead.refresh_from_db()
    assert (lead.place, Decision.objects.count()) == (Place.OFFERED, decisions)
    claim_lead(lead_id=lead.pk, rep=colleague, user=colleague.user, now=desk.now)
    lead.refresh_from_db()
    assert lead.owner == colleague


def test_each_person_sees_the_leads_that_concern_them(desk: Desk) -> None:
    owned, offered = desk.route(), desk.route(country="France")
    other = next(rep for rep in desk.reps if rep != owned.owner)
    stranger = make_rep(name="Eve")

    assert set(visible_leads(make_manager())) == {owned, offered}
    assert set(visible_leads(owned.owner.user)) == {owned, offered}
    assert set(visible_leads(other.user)) == {offered}
    assert set(visible_leads(stranger.user)) == set()


def test_a_decision_explains_itself_to_managers_and_to_the_rep(desk: Desk) -> None:
    lead = desk.route()
    decision = Decision.objects.select_related("version__rule_set", "rule", "rep").get(lead=lead)
    explanation = explain_decision(decision)

    assert explanation.headline == f"Assigned to {lead.owner} by the rule “Everybody else”."
    assert [(line.name, line.result) for line in explanation.rule_lines] == [
        ("France waits in the queue", "FAILED"),
        ("Everybody else", "MATCHED"),
    ]
    assert "your turn" in why_me(Assignment.objects.get(lead=lead))


def test_a_touch_before_the_lead_arrived_is_refused_and_stops_no_clock(desk: Desk) -> None:
    lead = desk.route()
    rep = lead.owner
    desk.wait(minutes=5)
    with pytest.raises(InvalidInput, match="before the lead arrived"):
        log_touch(
            lead_id=lead.pk,
            user=rep.user,
            kind="CALL",
            summary="Call: reached",
            occurred_at=lead.received_at - timedelta(days=2000),
            now=desk.now,
        )
    assert not Interaction.objects.filter(kind="CALL").exists()
    assert SlaTimer.objects.filter(met_at__isnull=True, kind="FIRST_TOUCH").exists()


def test_a_call_made_before_the_lead_was_given_counts_from_the_assignment(desk: Desk) -> None:
    item = desk.receive()
    desk.wait(minutes=10)
    desk.drain()
    item.refresh_from_db()
    lead = item.lead
    log_touch(
        lead_id=lead.pk,
        user=lead.owner.user,
        kind="CALL",
        summary="Call: reached",
        occurred_at=item.received_at + timedelta(minutes=1),
        now=desk.now,
    )
    timer = SlaTimer.objects.get(kind="FIRST_TOUCH")
    assert timer.met_at == timer.starts_at
