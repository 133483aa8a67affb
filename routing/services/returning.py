"""Giving a turn back for a lead that should not have cost one."""

from datetime import datetime
from typing import Any

from django.db import transaction

from leadrouter.common.errors import InvalidInput
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, has_role
from leads.models import Place, Stage
from leads.selectors.identities import lock_leads
from routing.models import Assignment, PoolMember, ReturnReason, TurnEntry, TurnKind
from routing.selectors.pools import lock_pool
from routing.services.refusals import NotYours
from routing.services.working import close_lead

BY_HAND = (ReturnReason.SPAM, ReturnReason.DUPLICATE, ReturnReason.WRONG)
"""What a manager may say; other reasons come about by themselves."""
WORTHLESS = {ReturnReason.SPAM, ReturnReason.DUPLICATE}


@transaction.atomic
def return_assignment(
    *, assignment_id: int, reason: str, user: Any, now: datetime
) -> TurnEntry | None:
    """Marks the lead as returned and undoes the turn it took, as a line of the ledger; once.

    Everybody gets back exactly what the turn moved, so the pool goes on summing to zero. Spam and
    duplicates that are still open are closed. Returns None where no turn was taken (a known owner, a
    claim). Locks: lead, pool. Raises: NotYours, InvalidInput.
    """
    if not has_role(user, ADMINISTRATOR, MANAGER):
        raise NotYours("Only a manager can give a turn back.")
    if reason not in BY_HAND:
        raise InvalidInput("Say why the lead is returned.", fields={"reason": "unknown"})
    assignment = Assignment.objects.select_related("lead", "rep").get(pk=assignment_id)
    lead = lock_leads([assignment.lead_id])[assignment.lead_id]
    assignment.refresh_from_db(fields=["returned_at", "ended_at"])
    if assignment.returned_at is not None:
        raise InvalidInput(
            f"This lead has been returned for {assignment.rep} already.",
            fields={"assignment": "returned"},
        )
    if reason in WORTHLESS and assignment.ended_at is None and lead.place != Place.CLOSED:
        words = ReturnReason(reason).label
        close_lead(lead_id=lead.pk, user=user, stage=Stage.DISQUALIFIED, reason=words, now=now)
    return give_turn_back(assignment=assignment, reason=ReturnReason(reason), now=now)


def give_turn_back(
    *, assignment: Assignment, reason: ReturnReason, now: datetime
) -> TurnEntry | None:
    """Marks a (locked) lead's assignment as returned and undoes its turn; None where it took none.

    Locks: the pool.
    """
    assignment.returned_at, assignment.return_reason = now, reason
    assignment.save(update_fields=["returned_at", "return_reason"])
    turns = TurnEntry.objects.filter(decision=assignment.decision_id)
    taken = turns.exclude(kind=TurnKind.RETURN).first()
    if taken is None:
        return None
    pool = lock_pool(taken.pool_id)
    pool.turn_number += 1
    pool.save(update_fields=["turn_number"])
    rows = {row.rep_id: row for row in PoolMember.objects.filter(pool=pool)}
    deltas = {int(rep_id): -microturns for rep_id, microturns in taken.deltas.items()}
    for rep_id, microturns in deltas.items():
        # Who was taken out of the pool meanwhile keeps an account all the same.
        row = rows.get(rep_id) or PoolMember(pool=pool, rep_id=rep_id, is_active=False)
        row.balance_microturns += microturns
        row.save()
    return TurnEntry.objects.create(
        pool=pool,
        number=pool.turn_number,
        decision_id=assignment.decision_id,
        rep_id=assignment.rep_id,
        kind=TurnKind.RETURN,
        deltas={str(rep_id): microturns for rep_id, microturns in deltas.items()},
        reason=assignment.get_return_reason_display(),
        taken_at=now,
    )
