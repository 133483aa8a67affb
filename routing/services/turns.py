"""Writes the ledger of turns and the balances that follow from it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from leadrouter.common.sql import set_columns
from routing.models import Pool, PoolMember, TurnEntry
from routing.selectors.roster import LockedRoster

if TYPE_CHECKING:
    from routing.services.assigning import Decided


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
            TurnEntry(
                pool_id=pool_id,
                number=numbers[pool_id],
                decision=one.decision,
                rep_id=one.verdict.rep_id,
                deltas={str(rep_id): delta for rep_id, delta in one.verdict.deltas},
                taken_at=now,
            )
        )
    TurnEntry.objects.bulk_create(entries)
    moved = {entry.pool_id for entry in entries}
    set_columns(Pool, ("turn_number",), [(pk, numbers[pk]) for pk in sorted(moved)])
    set_columns(
        PoolMember,
        ("balance_microturns", "last_turn"),
        [
            (locked.members[pool_id, member.rep_id].pk, member.balance, member.last_turn)
            for pool_id in sorted(moved)
            for member in locked.roster.pools[pool_id].members
        ],
    )
