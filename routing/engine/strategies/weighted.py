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
member
1.25 leads behind.

Source: R. Tijdeman, The chairman assignment problem, Discrete Mathematics 32 (1980) 323-330; S.
Baruah et al., Fair on-line scheduling of a dynamic set of tasks on a single resource, Information
Processing Letters 64 (1997) 43-51.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from routing.engine.roster import TURN, Member


@dataclass(frozen=True, slots=True)
class Pick:
    """`deltas`: (rep_id, microturns) for every candidate, by rep id; they sum to zero."""

    rep_id: int
    deltas: tuple[tuple[int, int], ...]


def pick(candidates: Sequence[Member], turn_number: int, salt: int) -> Pick:
    """The next of the eligible candidates, in any order.

    `turn_number` counts the picks of the pool so far; `salt` (such as the lead's id) settles ties.
    Raises: ValueError without candidates.
    """
    return pick_by_weights(candidates, [member.weight for member in candidates], turn_number, salt)


def pick_by_weights(
    candidates: Sequence[Member], weights: Sequence[int], turn_number: int, salt: int
) -> Pick:
    """Weights belong to the candidates in their order and are at least 1."""
    if not candidates:
        raise ValueError("A pick needs at least one candidate.")
    pairs = sorted(zip(candidates, weights, strict=True), key=lambda pair: pair[0].rep_id)
    credits_due = share_turn([weight for _, weight in pairs], turn_number)
    balances = [
        member.balance + credit for (member, _), credit in zip(pairs, credits_due, strict=True)
    ]
    chosen = _choose(pairs, balances, salt)
    deltas = tuple(
        (member.rep_id, credit - TURN if number == chosen else credit)
        for number, ((member, _), credit) in enumerate(zip(pairs, credits_due, strict=True))
    )
    return Pick(pairs[chosen][0].rep_id, deltas)


def charge(members: Sequence[Member], rep_id: int, turn_number: int) -> Pick:
    """The turn of a rep whom a person chose: everybody is credited as ever, that rep is debited.

    Raises: ValueError when the rep is not among the members.
    """
    ordered = sorted(members, key=lambda member: member.rep_id)
    if rep_id not in {member.rep_id for member in ordered}:
        raise ValueError(f"Rep {rep_id} is not among the members.")
    credits_due = share_turn([member.weight for member in ordered], turn_number)
    deltas = tuple(
        (member.rep_id, credit - TURN if member.rep_id == rep_id else credit)
        for member, credit in zip(ordered, credits_due, strict=True)
    )
    return Pick(rep_id, deltas)


def share_turn(weights: Sequence[int], turn_number: int) -> list[int]:
    """One turn in microturns, divided by weight; the parts sum to exactly one turn.

    What cannot be divided moves on from turn to turn: a member's sum over any run of turns with
    the same weights is within one microturn of the exact share, so nothing builds up in a million
    leads.
    """
    total = sum(weights)
    before, after = turn_number * TURN, (turn_number + 1) * TURN
    shares, running, assigned = [], 0, 0
    for weight in weights:
        running += weight
        reached = after * running // total - before * running // total
        shares.append(reached - assigned)
        assigned = reached
    return shares


def _choose(pairs: Sequence[tuple[Member, int]], balances: Sequence[int], salt: int) -> int:
    """The position of the member to pick."""
    fullest = max(balances)
    owed = [place for place, balance in enumerate(balances) if balance > 0]
    if fullest >= TURN or not owed:
        tied = [place for place, balance in enumerate(balances) if balance == fullest]
    else:
        # Correctly rounded division: equal ratios give equal floats, so ties are seen as ties.
        waits = [(TURN - balances[place]) / pairs[place][1] for place in owed]
        soonest = min(waits)
        tied = [place for place, wait in zip(owed, waits, strict=True) if wait == soonest]
    if len(tied) == 1:
        return tied[0]
    return min(tied, key=lambda place: _tie_key(pairs[place][0], salt))


def _tie_key(member: Member, salt: int) -> tuple[int, bytes]:
    text = f"{salt}:{member.rep_id}".encode()
    return member.last_turn, blake2b(text, digest_size=8).digest()
