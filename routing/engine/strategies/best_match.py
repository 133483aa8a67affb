"""Best match: whoever is worth most for this lead, as far as fairness lets them have it.

A part of each turn, set by the manager's slider and never more than the floor leaves, is credited to
the candidate with the highest expectation; the rest is divided by weight as ever. Among those who
are owed anything the highest expectation gets the lead, but a whole turn owed is paid first.

So the floor is kept by account: with the part p going by expectation, each member gets at least 1 - p
of their fair share, less n - 1 leads at most, whatever the expectations are. At slider 0, and where
all are expected to do alike, this is rotation by weight.
"""

from __future__ import annotations

from collections.abc import Sequence

from routing.engine.roster import TURN, Member
from routing.engine.strategies.catching_up import share_catching_up
from routing.engine.strategies.turns import Pick, Turn, share_turn
from routing.engine.strategies.weighted import by_weight, pick_among, settle, sort_candidates

WHOLE = 10_000
"""Basis points of a whole."""


def find_value_share(value_weight: int, floor_share: int) -> int:
    """The part of each turn that goes by expectation, in basis points; both given in percent."""
    return value_weight * (100 - floor_share)


def pick(candidates: Sequence[Member], turn: Turn) -> Pick:
    """Raises: ValueError without candidates."""
    if not (turn.value_share and turn.expectations):
        return pick_among(candidates, turn)
    ordered = sort_candidates(candidates)
    worth = {one.rep_id: turn.expectations[one.rep_id].worth for one in ordered}
    by_value = TURN * turn.value_share // WHOLE
    credits_due, deferrals = share_catching_up(ordered, by_weight, turn, TURN - by_value)
    highest = max(worth.values())
    winners = [place for place, one in enumerate(ordered) if worth[one.rep_id] == highest]
    parts = share_turn([ordered[place].weight for place in winners], turn.number, by_value)
    for place, part in zip(winners, parts, strict=True):
        credits_due[place] += part
    weights, ranks = [one.weight for one in ordered], [-worth[one.rep_id] for one in ordered]
    found = settle(ordered, weights, credits_due, turn, ranks, deferrals)
    numbers = {one.rep_id: ("V", turn.expectations[one.rep_id].text) for one in ordered}
    return Pick(found.rep_id, found.deltas, numbers, deferrals=found.deferrals)
