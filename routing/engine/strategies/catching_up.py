"""Shares kept for members who are away, and paid out at a limited pace when they are back.

While a member is away, what they would have been credited is put by, up to the pool's limit. It is
a note beside their account: no balance moves, so the pool goes on summing to zero. Once back, they
are credited like a member of twice their weight until what was put by is used up. So they never
receive more than about twice their share, nobody is flooded, and all bounds on balances hold,
because those hold for weights that change from turn to turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from routing.engine.roster import TURN, Member
from routing.engine.strategies.turns import Deltas, Turn, share_turn

PACE = 2
"""How many times their share those who catch up are credited with."""

Weigh = Callable[[Member], int]


def share_catching_up(
    members: Sequence[Member], weigh: Weigh, turn: Turn, amount: int = TURN
) -> tuple[list[int], Deltas]:
    """The credits of a turn (or of `amount` of it) in the members' order, and what it puts by or
    pays out."""
    weights = [weigh(member) for member in members]
    plain = share_turn(weights, turn.number, amount)
    if not turn.catch_up_limit:
        return plain, ()
    kept = _put_by(sum(weights), weigh, turn, amount)
    raised = [
        weight * PACE if member.deferred > 0 else weight
        for member, weight in zip(members, weights, strict=True)
    ]
    if raised == weights:
        return plain, kept
    credits_due = share_turn(raised, turn.number, amount)
    # Beyond what was put by the note goes below zero, by less than a turn, and is made up next time.
    paid = tuple(
        (member.rep_id, usual - credit)
        for member, usual, credit in zip(members, plain, credits_due, strict=True)
        if member.deferred > 0 and credit > usual
    )
    return credits_due, (*kept, *paid)


def _put_by(present: int, weigh: Weigh, turn: Turn, amount: int) -> Deltas:
    """What each absent member would have been credited, had all the absent been there."""
    total = present + sum(weigh(member) for member in turn.absent)
    kept = (
        (
            member.rep_id,
            min(amount * weigh(member) // total, turn.catch_up_limit - member.deferred),
        )
        for member in turn.absent
    )
    return tuple((rep_id, microturns) for rep_id, microturns in kept if microturns > 0)
