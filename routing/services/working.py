"""What happens to a lead once somebody has it: accept, decline, touch, close, move."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime

from leadrouter.common.errors import InvalidInput
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, has_role
from leads.models import Interaction, Lead, ParkedReason, Place, Stage
from leads.selectors.identities import lock_leads
from reps.models import Rep
from reps.selectors.reps import lock_rep
from routing.models import Assignment, DecisionKind, EndReason, HoldingQueue, Outcome, SlaKind
from routing.selectors.pools import lock_pool_counting_manual
from routing.services.assigning import route_leads
from routing.services.assignments import (
    end_assignment,
    find_open_assignment,
    open_assignment,
    set_place,
    write_person_decision,
)
from routing.services.notifying import write_assigned_messages
from routing.services.parking import wake_parked
from routing.services.placing import place_leads
from routing.services.refusals import NotYours
from routing.services.timers import meet_timers
from routing.services.turns import record_manual_turn

TOUCHES = {Interaction.Kind.CALL, Interaction.Kind.EMAIL, Interaction.Kind.MEETING}
CLOSING = {
    Stage.WON: EndReason.WON,
    Stage.LOST: EndReason.LOST,
    Stage.DISQUALIFIED: EndReason.CLOSED,
}


def _lock(lead_id: int) -> Lead:
    lead = lock_leads([lead_id]).get(lead_id)
    if lead is None:
        raise NotYours("This lead does not exist any more.")
    return lead


def _own(lead: Lead, rep: Rep) -> Assignment:
    assignment = find_open_assignment(lead)
    if assignment is None or assignment.rep_id != rep.pk:
        now_with = f" It is with {assignment.rep.name} now." if assignment else ""
        raise NotYours(f"This lead is not with you any more.{now_with}")
    return assignment


@transaction.atomic
def accept_lead(*, lead_id: int, rep: Rep, user: Any, now: datetime) -> Assignment:
    """Says that the rep will work the lead; a second time changes nothing. Raises: NotYours."""
    lead = _lock(lead_id)
    assignment = _own(lead, rep)
    if assignment.accepted_at is None:
        _accept(lead, assignment, now)
        place_leads(leads=[lead])
        _log_status(lead, f"{rep.name} accepted the lead", user, now)
    return assignment


def _accept(lead: Lead, assignment: Assignment, now: datetime) -> None:
    assignment.accepted_at = now
    assignment.save(update_fields=["accepted_at"])
    meet_timers(assignment=assignment, kinds=[SlaKind.ACCEPTANCE], now=now)
    if lead.stage in {Stage.NEW, Stage.MARKETING_QUALIFIED}:
        lead.stage = Stage.SALES_ACCEPTED


@transaction.atomic
def decline_lead(*, lead_id: int, rep: Rep, user: Any, reason: str, now: datetime) -> None:
    """Gives the lead back with a reason; it is routed again at once, to anybody but this rep.

    The turn it took stays taken, so declining wins nobody a better lead. Raises: NotYours, InvalidInput.
    """
    if not reason.strip():
        raise InvalidInput("Say why you decline this lead.", fields={"reason": "required"})
    lead = _lock(lead_id)
    assignment = _own(lead, rep)
    end_assignment(assignment=assignment, reason=EndReason.DECLINED, note=reason, now=now)
    _log_status(lead, f"{rep.name} declined: {reason}", user, now)
    set_place(lead, Place.WAITING, now)
    if lead.stage == Stage.SALES_ACCEPTED:
        lead.stage = Stage.NEW
    place_leads(leads=[lead])
    route_leads(lead_ids=[lead.pk], now=now)


@transaction.atomic
def log_touch(
    *,
    lead_id: int,
    user: Any,
    kind: str,
    summary: str,
    body: str = "",
    occurred_at: datetime | None = None,
    now: datetime,
) -> Interaction:
    """Adds to the timeline. A call, mail or meeting by the owner is the first touch and stops its clock."""
    if kind not in {*TOUCHES, Interaction.Kind.NOTE}:
        raise InvalidInput("Choose call, e-mail, meeting or note.", fields={"kind": "unknown"})
    if occurred_at and occurred_at > now:
        raise InvalidInput(
            "A touch cannot lie in the future.", fields={"occurred_at": "in the future"}
        )
    lead = _lock(lead_id)
    moment = occurred_at or now
    if moment < lead.received_at:
        received = date_format(localtime(lead.received_at), "j M Y, H:i")
        raise InvalidInput(
            f"A touch cannot lie before the lead arrived ({received}).",
            fields={"occurred_at": "before the lead arrived"},
        )
    touch = Interaction.objects.create(
        lead=lead, kind=kind, occurred_at=moment, summary=summary[:500], body=body, actor=user
    )
    assignment = find_open_assignment(lead)
    if kind in TOUCHES and assignment and assignment.rep.user_id == user.pk:
        _touch_first(lead, assignment, moment, now)
    return touch


def _touch_first(lead: Lead, assignment: Assignment, moment: datetime, now: datetime) -> None:
    if assignment.accepted_at is None:
        _accept(lead, assignment, now)
        place_leads(leads=[lead])
    if assignment.first_touched_at is None:
        # Whoever called before the lead was theirs has kept the promise at its first moment.
        met_at = max(moment, assignment.started_at)
        assignment.first_touched_at = met_at
        assignment.save(update_fields=["first_touched_at"])
        meet_timers(assignment=assignment, kinds=[SlaKind.FIRST_TOUCH], now=met_at)
    if lead.first_touched_at is None:
        lead.first_touched_at = moment
        lead.save(update_fields=["first_touched_at"])


@transaction.atomic
def close_lead(
    *,
    lead_id: int,
    user: Any,
    stage: str,
    reason: str = "",
    deal_value: Decimal | None = None,
    deal_currency: str = "",
    now: datetime,
) -> None:
    """Ends the work on a lead: won (with its value), lost or disqualified (with a reason).

    Raises: InvalidInput; NotYours unless the user owns the lead or is a manager.
    """
    if stage not in CLOSING:
        raise InvalidInput("A lead is won, lost or disqualified.", fields={"stage": "unknown"})
    if stage != Stage.WON and not reason.strip():
        raise InvalidInput("Say why, so that others learn from it.", fields={"reason": "required"})
    lead = _lock(lead_id)
    assignment = find_open_assignment(lead)
    owns = assignment is not None and assignment.rep.user_id == user.pk
    if not owns and not has_role(user, ADMINISTRATOR, MANAGER):
        raise NotYours("This lead is not with you any more.")
    if lead.place == Place.CLOSED:
        raise InvalidInput("This lead is closed already.", fields={"stage": "closed"})
    if assignment:
        end_assignment(assignment=assignment, reason=CLOSING[Stage(stage)], note=reason, now=now)
    set_place(lead, Place.CLOSED, now)
    lead.stage, lead.closed_at, lead.closed_reason = stage, now, reason[:200]
    lead.deal_value, lead.deal_currency = deal_value, deal_currency.upper()
    place_leads(leads=[lead])
    lead.save(update_fields=["deal_value", "deal_currency"])
    words = Stage(stage).label + (f": {reason}" if reason else "")
    _log_status(lead, words, user, now)
    wake_parked(now=now)  # somebody has room again


@transaction.atomic
def assign_manually(*, lead_id: int, rep: Rep, user: Any, reason: str, now: datetime) -> Assignment:
    """A manager gives the lead to a rep, whatever the rules say; caps do not bind a manager.

    Locks: lead, pool, rep. Raises: InvalidInput for an inactive rep or one who has the lead.
    """
    lead = _lock(lead_id)
    lock_pool_counting_manual(lead_id)  # pools before reps, as everywhere
    locked = lock_rep(rep.pk)
    if not locked.is_active:
        raise InvalidInput(f"{locked.name} is not active.", fields={"rep": "inactive"})
    assignment = find_open_assignment(lead)
    if assignment and assignment.rep_id == locked.pk:
        raise InvalidInput(f"{locked.name} has this lead already.", fields={"rep": "unchanged"})
    if assignment:
        end_assignment(assignment=assignment, reason=EndReason.REASSIGNED, note=reason, now=now)
    decision = write_person_decision(
        lead=lead,
        kind=DecisionKind.MANUAL,
        outcome=Outcome.ASSIGNED,
        user=user,
        reason=reason,
        now=now,
        rep=locked,
    )
    if lead.stage in {Stage.WON, Stage.LOST, Stage.NURTURING, Stage.DISQUALIFIED}:
        lead.stage = Stage.NEW
    given = open_assignment(lead=lead, rep=locked, decision=decision, now=now)
    record_manual_turn(decision=decision, rep=locked, now=now)
    place_leads(leads=[lead])
    write_assigned_messages(assignments=[given], reps={locked.pk: locked}, now=now)
    return given


@transaction.atomic
def release_lead(
    *, lead_id: int, holding_queue: HoldingQueue, user: Any, reason: str, now: datetime
) -> None:
    """Offers the lead in a holding queue, taking it from whoever has it."""
    lead = _lock(lead_id)
    _take_back(lead, EndReason.RELEASED, reason, now)
    write_person_decision(
        lead=lead,
        kind=DecisionKind.MANUAL,
        outcome=Outcome.QUEUED,
        user=user,
        reason=reason,
        now=now,
        holding_queue=holding_queue,
    )
    set_place(lead, Place.OFFERED, now)
    lead.holding_queue_id = holding_queue.pk
    place_leads(leads=[lead])


@transaction.atomic
def park_lead(*, lead_id: int, user: Any, reason: str, now: datetime) -> None:
    """Sets the lead aside until a person decides. Raises: InvalidInput without a reason."""
    if not reason.strip():
        raise InvalidInput("Say why the lead is set aside.", fields={"reason": "required"})
    lead = _lock(lead_id)
    _take_back(lead, EndReason.RELEASED, reason, now)
    write_person_decision(
        lead=lead,
        kind=DecisionKind.MANUAL,
        outcome=Outcome.PARKED,
        user=user,
        reason=reason,
        now=now,
    )
    set_place(lead, Place.PARKED, now)
    lead.parked_reason, lead.parked_detail = ParkedReason.MANUAL, reason[:500]
    place_leads(leads=[lead])


@transaction.atomic
def reroute_lead(*, lead_id: int, user: Any, reason: str, now: datetime) -> None:
    """Takes the lead from wherever it is and lets the rules decide again."""
    lead = _lock(lead_id)
    _take_back(lead, EndReason.REASSIGNED, reason, now)
    _log_status(lead, f"Routed again: {reason}" if reason else "Routed again", user, now)
    set_place(lead, Place.WAITING, now)
    place_leads(leads=[lead])
    route_leads(lead_ids=[lead.pk], now=now)


def _take_back(lead: Lead, end_reason: EndReason, note: str, now: datetime) -> None:
    assignment = find_open_assignment(lead)
    if assignment:
        end_assignment(assignment=assignment, reason=end_reason, note=note, now=now)


def _log_status(lead: Lead, summary: str, user: Any, now: datetime) -> None:
    Interaction.objects.create(
        lead=lead,
        kind=Interaction.Kind.STATUS,
        occurred_at=now,
        summary=summary[:500],
        actor=user,
    )
