"""Writes the ledger of turns and the balances that follow from it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from leadrouter.common.sql import insert_rows, set_columns
from reps.models import Rep
from routing.engine.roster import Member
from routing.engine.strategies.turns import charge
from routing.models import Decision, Pool, PoolMember, TurnEntry, TurnKind
from routing.selectors.pools import lock_pool_counting_manual
from routing.selectors.roster import LockedRoster

if TYPE_CHECKING:
    from routing.services.assigning import Decided

TURN_ENTRY = ("pool_id", "number", "decision_id", "rep_id", "deltas", "deferrals", "taken_at")


def record_turns(*, decided: "Sequence[Decided]", locked: LockedRoster, now: datetime) -> None:
    """Adds one entry for each turn taken and writes the balances the roster ended with.

    Locks: none; the pools are locked by whoever made the roster.
    """
    taken = [one for one in decided if one.verdict.deltas and one.verdict.pool_id is not None]
    if not taken:
        return
    numbers = {pool.pk: pool.turn_number for pool in locked.pools.values()}
    entries = []
    for one in taken:
        pool_id = one.verdict.pool_id or 0
        numbers[pool_id] += 1
        entries.append(
            (
                pool_id,
                numbers[pool_id],
                one.decision.pk if one.decision else None,
                one.verdict.rep_id,
                {str(rep_id): delta for rep_id, delta in one.verdict.deltas},
                {str(rep_id): delta for rep_id, delta in one.verdict.deferrals},
                now,
            )
        )
    insert_rows(TurnEntry, TURN_ENTRY, entries)
    moved = {pool_id for pool_id, *_ in entries}
    set_columns(Pool, ("turn_number",), [(pk, numbers[pk]) for pk in sorted(moved)])
    set_columns(
        PoolMember,
        ("balance_microturns", "last_turn", "deferred_microturns"),
        [
            (
                locked.members[pool_id, member.rep_id].pk,
                member.balance,
                member.last_turn,
                member.deferred,
            )
            for pool_id in sorted(moved)
            for member in locked.roster.pools[pool_id].members
        ],
    )


def record_manual_turn(*, decision: Decision, rep: Rep, now: datetime) -> TurnEntry | None:
    """Lets a manager's assignment take a turn, if the pool the lead came through says so.

    Locks: the pool. Returns None where the rotation stays as it is.
    """
    pool = lock_pool_counting_manual(decision.lead_id)
    if pool is None:
        return None
    rows = {row.rep_id: row for row in PoolMember.objects.filter(pool=pool, is_active=True)}
    if rep.pk not in rows:
        return None
    members = [Member(row.rep_id, weight=row.weight) for row in rows.values()]
    turn = charge(members, rep.pk, pool.turn_number)
    pool.turn_number += 1
    pool.save(update_fields=["turn_number"])
    rows[rep.pk].last_turn = pool.turn_number
    for rep_id, delta in turn.deltas:
        rows[rep_id].balance_microturns += delta
    PoolMember.objects.bulk_update(rows.values(), ["balance_microturns", "last_turn"])
    return TurnEntry.objects.create(
        pool=pool,
        number=pool.turn_number,
        decision=decision,
        rep=rep,
        kind=TurnKind.MANUAL,
        deltas={str(rep_id): delta for rep_id, delta in turn.deltas},
        reason="Assigned by a manager",
        taken_at=now,
    )
