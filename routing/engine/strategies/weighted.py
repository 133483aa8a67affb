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

from collections.abc import Sequence

from routing.engine.roster import TURN, Member
from routing.engine.strategies.catching_up import Weigh, share_catching_up
from routing.engine.strategies.turns import (
    Deltas,
    Pick,
    Turn,
    charge,
    debit,
    settle_tie,
    share_turn,
)

__all__ = ["Pick", "Turn", "charge", "pick", "pick_among", "settle", "share_turn"]

LARGE = 100
"""From so many candidates on arrays pay, although they have to be filled first."""


def pick(candidates: Sequence[Member], turn: Turn) -> Pick:
    """The next of the eligible candidates, in any order. Raises: ValueError without candidates."""
    return pick_among(candidates, turn)


def by_weight(member: Member) -> int:
    return member.weight


def pick_among(candidates: Sequence[Member], turn: Turn, weigh: Weigh = by_weight) -> Pick:
    """Divides the turn by weight and picks by account. Raises: ValueError without candidates."""
    ordered = sort_candidates(candidates)
    weights = [weigh(member) for member in ordered]
    if len(ordered) >= LARGE and not turn.catch_up_limit:
        # Only where a pool is that large: most processes never load numpy.
        from routing.engine.strategies.arrays import pick_large

        return pick_large(ordered, weights, turn)
    return pick_in_python(ordered, weights, turn, weigh)


def pick_in_python(
    ordered: Sequence[Member], weights: Sequence[int], turn: Turn, weigh: Weigh = by_weight
) -> Pick:
    """Any number of candidates, by rep id."""
    credits_due, deferrals = share_catching_up(ordered, weigh, turn)
    return settle(ordered, weights, credits_due, turn, deferrals=deferrals)


def sort_candidates(candidates: Sequence[Member]) -> list[Member]:
    """By rep id, so that the order in which they are given does not matter."""
    if not candidates:
        raise ValueError("A pick needs at least one candidate.")
    return sorted(candidates, key=lambda member: member.rep_id)


def settle(
    ordered: Sequence[Member],
    weights: Sequence[int],
    credits_due: Sequence[int],
    turn: Turn,
    ranks: Sequence[int] = (),
    deferrals: Deltas = (),
) -> Pick:
    """Who gets the turn, once it is known what each is credited.

    Whoever is owed a whole turn comes first; among others who are owed anything, the lowest rank (if
    there are ranks), then who is due soonest. The bound of n - 1 turns holds for any credits and
    ranks.
    """
    balances = [
        member.balance + credit for member, credit in zip(ordered, credits_due, strict=True)
    ]
    tied = _find_first(balances, weights, ranks)
    rep_ids = [member.rep_id for member in ordered]
    chosen = settle_tie(tied, [member.last_turn for member in ordered], rep_ids, turn.salt)
    return Pick(rep_ids[chosen], debit(rep_ids, credits_due, rep_ids[chosen]), deferrals=deferrals)


def _find_first(
    balances: Sequence[int], weights: Sequence[int], ranks: Sequence[int]
) -> Sequence[int]:
    """The positions of those who come first, more than one where they tie."""
    fullest = max(balances)
    if fullest >= TURN or fullest <= 0:
        return [place for place, balance in enumerate(balances) if balance == fullest]
    owed = [place for place, balance in enumerate(balances) if balance > 0]
    if ranks:
        lowest = min(ranks[place] for place in owed)
        owed = [place for place in owed if ranks[place] == lowest]
    if len(owed) == 1:
        return owed
    # Correctly rounded division: equal ratios give equal floats, so ties are seen as ties.
    waits = [(TURN - balances[place]) / weights[place] for place in owed]
    soonest = min(waits)
    return [place for place, wait in zip(owed, waits, strict=True) if wait == soonest]
