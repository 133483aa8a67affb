"""Opening and ending single assignments: claims, manual moves, and the end of work."""

from datetime import datetime
from typing import Any

from leads.models import Lead, Place
from reps.models import Rep
from reps.selectors.calendars import list_calendars
from routing.engine.roster import Roster
from routing.models import (
    Assignment,
    Decision,
    DecisionKind,
    EndReason,
    HoldingQueue,
    Outcome,
    SlaPolicy,
)
from routing.selectors.roster import LockedRoster
from routing.services.timers import cancel_timers, start_timers


def count_open_leads(rep: Rep) -> int:
    """Returns how many leads the rep holds now."""
    return Assignment.objects.filter(rep=rep, ended_at__isnull=True).count()


def find_open_assignment(lead: Lead) -> Assignment | None:
    """Returns the assignment under which the lead is held now, with its rep."""
    return Assignment.objects.select_related("rep").filter(lead=lead, ended_at__isnull=True).first()


def write_person_decision(
    *,
    lead: Lead,
    kind: DecisionKind,
    outcome: Outcome,
    user: Any,
    reason: str,
    now: datetime,
    rep: Rep | None = None,
    holding_queue: HoldingQueue | None = None,
) -> Decision:
    """Adds the decision of a person about a (locked) lead and counts its epoch, in memory."""
    lead.routing_epoch += 1
    return Decision.objects.create(
        lead=lead,
        epoch=lead.routing_epoch,
        kind=kind,
        outcome=outcome,
        rep=rep,
        holding_queue=holding_queue,
        reason=reason[:500],
        decided_at=now,
        decided_by=user,
    )


def open_assignment(*, lead: Lead, rep: Rep, decision: Decision, now: datetime) -> Assignment:
    """Gives the (locked) lead to the (locked) rep and starts the clocks; the caller places the lead."""
    assignment = Assignment.objects.create(
        lead=lead,
        rep=rep,
        decision=decision,
        started_at=now,
        load_after=count_open_leads(rep) + 1,
        capacity=rep.max_open_leads,
    )
    locked = LockedRoster(
        roster=Roster(),
        calendars=list_calendars([rep], now),
        policies=SlaPolicy.objects.in_bulk(),
    )
    start_timers(assignments=[assignment], locked=locked, now=now)
    set_place(lead, Place.OWNED, now)
    lead.owner_id = rep.pk
    return assignment


def set_place(lead: Lead, place: Place, now: datetime) -> None:
    """Clears, in memory, whatever belonged to the place a lead leaves."""
    lead.place, lead.placed_at = place, now
    lead.owner_id = lead.holding_queue_id = lead.retry_at = lead.closed_at = None
    lead.parked_reason = lead.parked_detail = lead.nurture_track = lead.closed_reason = ""
    lead.routing_attempts = 0


def end_assignment(*, assignment: Assignment, reason: EndReason, note: str, now: datetime) -> None:
    """Ends an open assignment and stops its clocks."""
    assignment.ended_at = max(now, assignment.started_at)  # two hosts' clocks may differ a little
    assignment.end_reason, assignment.end_note = reason, note[:500]
    assignment.save(update_fields=["ended_at", "end_reason", "end_note"])
    cancel_timers(assignment_ids=[assignment.pk], now=now)


def find_policy(queue: HoldingQueue | None) -> SlaPolicy | None:
    """Returns the queue's promise, else the default one."""
    if queue is not None and queue.sla_policy_id:
        return queue.sla_policy
    return SlaPolicy.objects.filter(is_default=True).first()
