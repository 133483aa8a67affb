"""What a strategy is asked and what it answers, and how one turn is divided.

Each lead is one turn of a pool. Whoever is considered is credited with a part of it, the parts sum
to one turn, and whoever gets the lead is debited one turn, so a pool sums to zero for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from routing.engine.outcomes import Expectation
from routing.engine.roster import TURN, Member, RepState

Number = int | str
Deltas = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn to be taken. `number` counts the turns of the pool so far; `salt` (such as the
    lead's id) settles ties.

    `reps` are the candidates' states and `skills` what the lead needs (slug to level).
    `expectations` say by rep what giving them this lead is worth, empty where nothing is known;
    `value_share` is the part of each turn, in basis points, that goes by it. `absent` are members
    who are away and whose share is kept for them, up to `catch_up_limit` microturns each; 0 keeps
    nothing.
    """

    number: int = 0
    salt: int = 0
    reps: Mapping[int, RepState] = field(default_factory=dict)
    skills: Mapping[str, int] = field(default_factory=dict)
    expectations: Mapping[int, Expectation] = field(default_factory=dict)
    value_share: int = 0
    absent: Sequence[Member] = ()
    catch_up_limit: int = 0


@dataclass(frozen=True, slots=True)
class Pick:
    """`deltas`: (rep_id, microturns) for every candidate considered, by rep id; they sum to zero.

    `numbers` are what the strategy compared, by rep and beginning with a letter (see `Fate`), and
    `best` is what a candidate needed to be considered at all. `deferrals`: (rep_id, microturns) put
    by for the absent, or paid out to those who are back.
    """

    rep_id: int
    deltas: Deltas
    numbers: Mapping[int, tuple[Number, ...]] = field(default_factory=dict)
    best: tuple[Number, ...] = ()
    deferrals: Deltas = ()


def share_turn(weights: Sequence[int], turn_number: int, amount: int = TURN) -> list[int]:
    """One turn in microturns (or another amount), divided by weight; the parts sum to exactly it.

    What cannot be divided moves on from turn to turn: a member's sum over any run of turns with
    the same weights is within one microturn of the exact share, so nothing builds up in a million
    leads.
    """
    total = sum(weights)
    before, after = turn_number * amount, (turn_number + 1) * amount
    shares, running, assigned = [], 0, 0
    for weight in weights:
        running += weight
        reached = after * running // total - before * running // total
        shares.append(reached - assigned)
        assigned = reached
    return shares


def charge(members: Sequence[Member], rep_id: int, turn_number: int) -> Pick:
    """The turn of a rep whom a person chose: everybody is credited as ever, that rep is debited.

    Raises: ValueError when the rep is not among the members.
    """
    ordered = sorted(members, key=lambda member: member.rep_id)
    if rep_id not in {member.rep_id for member in ordered}:
        raise ValueError(f"Rep {rep_id} is not among the members.")
    credits_due = share_turn([member.weight for member in ordered], turn_number)
    return Pick(rep_id, debit([member.rep_id for member in ordered], credits_due, rep_id))


def debit(rep_ids: Sequence[int], credits_due: Sequence[int], picked_id: int) -> Deltas:
    """The credits, less one turn for the rep who was picked."""
    return tuple(
        (rep_id, credit - TURN if rep_id == picked_id else credit)
        for rep_id, credit in zip(rep_ids, credits_due, strict=True)
    )


def settle_tie(
    tied: Sequence[int],
    last_turns: Sequence[int] | Mapping[int, int],
    rep_ids: Sequence[int] | Mapping[int, int],
    salt: int,
) -> int:
    """Which of the tied positions is picked: the least recently picked, then by lot."""
    oldest = min(last_turns[place] for place in tied)
    longest = [place for place in tied if last_turns[place] == oldest]
    return longest[0] if len(longest) == 1 else draw_lot(longest, rep_ids, salt)


def draw_lot(places: Sequence[int], rep_ids: Sequence[int] | Mapping[int, int], salt: int) -> int:
    """One of the positions, as if by lot, but the same each time."""
    return min(places, key=lambda place: _hash(rep_ids[place], salt))


def _hash(rep_id: int, salt: int) -> bytes:
    return blake2b(f"{salt}:{rep_id}".encode(), digest_size=8).digest()
