"""Claiming from a holding queue: of any number who try at once, one wins and the rest hear who."""

from datetime import datetime
from typing import Any

from django.db import transaction

from leads.models import Lead, Place, Stage
from leads.selectors.identities import lock_leads
from reps.models import Rep
from reps.selectors.reps import lock_rep
from routing.models import Assignment, DecisionKind, Outcome, SlaKind
from routing.selectors.queues import list_declined_leads, list_entitled_queues
from routing.services.assignments import (
    count_open_leads,
    find_open_assignment,
    open_assignment,
    write_person_decision,
)
from routing.services.placing import place_leads
from routing.services.refusals import AlreadyTaken, CapReached, NotEntitled, NotOffered
from routing.services.timers import meet_timers


@transaction.atomic
def claim_lead(*, lead_id: int, rep: Rep, user: Any, now: datetime) -> Assignment:
    """Gives an offered lead to the rep who asks first.

    Locks: the lead, then the rep. Raises: AlreadyTaken, NotOffered, NotEntitled, CapReached.
    """
    lead = lock_leads([lead_id]).get(lead_id)
    if lead is None or lead.place != Place.OFFERED:
        raise _refuse(lead, rep, now)
    queue = list_entitled_queues(rep).filter(pk=lead.holding_queue_id or 0).first()
    if queue is None:
        raise NotEntitled("You may not claim from this queue.")
    if list_declined_leads(rep).filter(lead=lead).exists():
        raise NotEntitled("You declined this lead.")
    locked = lock_rep(rep.pk)
    held = count_open_leads(locked)
    if locked.max_open_leads is not None and held >= locked.max_open_leads:
        raise CapReached(f"You hold {held} of {locked.max_open_leads} open leads. Close one first.")
    decision = write_person_decision(
        lead=lead,
        kind=DecisionKind.CLAIM,
        outcome=Outcome.ASSIGNED,
        user=user,
        reason=f"Claimed from {queue.name}",
        now=now,
        rep=locked,
    )
    assignment = open_assignment(lead=lead, rep=locked, decision=decision, now=now)
    # To claim is to accept.
    assignment.accepted_at = now
    assignment.save(update_fields=["accepted_at"])
    meet_timers(assignment=assignment, kinds=[SlaKind.ACCEPTANCE], now=now)
    if lead.stage == Stage.NEW:
        lead.stage = Stage.SALES_ACCEPTED
    place_leads(leads=[lead])
    return assignment


def _refuse(lead: Lead | None, rep: Rep, now: datetime) -> AlreadyTaken | NotOffered:
    assignment = find_open_assignment(lead) if lead else None
    if assignment is None:
        return NotOffered("This lead is no longer offered.")
    if assignment.rep_id == rep.pk:
        return AlreadyTaken("You have this lead already.", winner=assignment.rep.name)
    ago = _ago(int((now - assignment.started_at).total_seconds()))
    name = assignment.rep.name
    return AlreadyTaken(f"{name} took this lead {ago}.", winner=name)


def _ago(seconds: int) -> str:
    for length, word in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= length:
            count = seconds // length
            return f"{count} {word}{'s' if count > 1 else ''} ago"
    return "a moment ago"
