"""Weighted rotation by exact accounts: who is owed most urgently gets the lead.

Each lead is one turn. Every eligible member is credited with the share that is due, weight / sum of
the eligible weights, and whoever gets the lead is debited one whole turn, so a pool sums to zero
for ever. Absence is neutral, because no share accrues to those who are not eligible; joining and
leaving change nobody's account.

Who is picked: a member whose account holds a whole turn or more (the fullest first); else, among
those who are owed anything, the one whose account would be full soonest, (1 - balance) / weight;
else, when the absent are owed everything, the fullest account. Ties go to the least recently
picked, then to a salted hash, so that neither a low id nor a name nor age is favoured. With equal
weights all of this is plain “largest account first”.

With a fixed pool every member stays within one lead of the exact share at every moment. Picking
simply the largest account does not promise that: weights 1 1 3 3 34 1 13 3 3 21 34 34 1 leave a
member 1.25 leads behind. Whoever is eligible from lead to lead, no account of a pool that ever had n
members leaves the range of n - 1 turns to either side (docs/fairness.md has the proof).

Source: R. Tijdeman, The chairman assignment problem, Discrete Mathematics 32 (1980) 323-330; S.
Baruah et al., Fair on-line scheduling of a dynamic set of tasks on a single resource, Information
Processing Letters 64 (1997) 43-51.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any

from routing.engine.roster import TURN, Member
from routing.engine.strategies.catching_up import Weigh, share_catching_up
from routing.engine.strategies.turns import Deltas, Pick, Turn, charge, debit, share_turn

__all__ = ["Pick", "Turn", "charge", "pick", "pick_among", "settle", "share_turn"]

Rank = Callable[[Member], Any]


def pick(candidates: Sequence[Member], turn: Turn) -> Pick:
    """The next of the eligible candidates, in any order. Raises: ValueError without candidates."""
    return pick_among(candidates, turn)


def by_weight(member: Member) -> int:
    return member.weight


def pick_among(candidates: Sequence[Member], turn: Turn, weigh: Weigh = by_weight) -> Pick:
    """Divides the turn by weight and picks by account. Raises: ValueError without candidates."""
    ordered = sort_candidates(candidates)
    credits_due, deferrals = share_catching_up(ordered, weigh, turn)
    return settle(ordered, credits_due, turn, lambda _: 0, weigh, deferrals)


def sort_candidates(candidates: Sequence[Member]) -> list[Member]:
    """By rep id, so that the order in which they are given does not matter."""
    if not candidates:
        raise ValueError("A pick needs at least one candidate.")
    return sorted(candidates, key=lambda member: member.rep_id)


def settle(
    ordered: Sequence[Member],
    credits_due: Sequence[int],
    turn: Turn,
    rank: Rank,
    weigh: Weigh = by_weight,
    deferrals: Deltas = (),
) -> Pick:
    """Who gets the turn, once it is known what each is credited.

    Whoever is owed a whole turn comes first; among others who are owed anything, the lowest rank,
    then who is due soonest. The bound of n - 1 turns holds for any credits and any rank.
    """
    balances = [
        member.balance + credit for member, credit in zip(ordered, credits_due, strict=True)
    ]
    chosen = _choose(ordered, balances, turn.salt, rank, weigh)
    rep_ids = [member.rep_id for member in ordered]
    return Pick(rep_ids[chosen], debit(rep_ids, credits_due, rep_ids[chosen]), deferrals=deferrals)


def _choose(
    ordered: Sequence[Member], balances: Sequence[int], salt: int, rank: Rank, weigh: Weigh
) -> int:
    """The position of the member to pick."""
    fullest = max(balances)
    owed = [place for place, balance in enumerate(balances) if balance > 0]
    if fullest >= TURN or not owed:
        tied = [place for place, balance in enumerate(balances) if balance == fullest]
    else:
        # Correctly rounded division: equal ratios give equal floats, so ties are seen as ties.
        keys = [
            (rank(ordered[place]), (TURN - balances[place]) / weigh(ordered[place]))
            for place in owed
        ]
        first = min(keys)
        tied = [place for place, key in zip(owed, keys, strict=True) if key == first]
    if len(tied) == 1:
        return tied[0]
    return min(tied, key=lambda place: _tie_key(ordered[place], salt))


def _tie_key(member: Member, salt: int) -> tuple[int, bytes]:
    text = f"{salt}:{member.rep_id}".encode()
    return member.last_turn, blake2b(text, digest_size=8).digest()
