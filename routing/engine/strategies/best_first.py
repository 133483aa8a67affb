"""Strategies in which something else decides before the account: load, level, tier.

The candidates who are best by it are considered, as if they were the whole pool: the turn is divided
among them by weight and the account says who of them is next. The others are neither credited nor
debited, so nobody saves up turns for being outranked, and the pool sums to zero with the bound of
n - 1 turns like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from routing.engine.roster import Member, RepState
from routing.engine.strategies.turns import Number, Pick, Turn
from routing.engine.strategies.weighted import pick_among

Numbers = tuple[Number, ...]
Measure = Callable[[Member], tuple[float, Numbers]]
"""What decides, the lowest first, and the same to be told."""


def pick_least_loaded(candidates: Sequence[Member], turn: Turn) -> Pick:
    """The one with the least open work for their capacity. Raises: ValueError without candidates.

    Who has no limit is measured by the largest limit among the candidates, and by 1 where nobody
    has any.
    """
    states = [turn.reps[member.rep_id] for member in candidates]
    largest = max((state.max_open for state in states if state.max_open), default=1)

    def measure(member: Member) -> tuple[float, Numbers]:
        state = turn.reps[member.rep_id]
        # Correctly rounded division: equal loads give equal floats.
        return state.open_leads / (state.max_open or largest), _load(state)

    return _pick_best(candidates, turn, measure)


def _load(state: RepState) -> Numbers:
    return ("L", state.open_leads, state.max_open or 0)


def pick_most_skilled(candidates: Sequence[Member], turn: Turn) -> Pick:
    """The one whose levels in the skills asked for sum up highest. Raises: ValueError without
    candidates."""

    def measure(member: Member) -> tuple[float, Numbers]:
        skills = turn.reps[member.rep_id].skills
        level = sum(skills.get(skill, 0) for skill in turn.skills)
        return -level, ("K", level) if turn.skills else ()

    return _pick_best(candidates, turn, measure)


def pick_first_tier(candidates: Sequence[Member], turn: Turn) -> Pick:
    """One of the lowest tier in which anybody can take the lead. Raises: ValueError without
    candidates."""
    return _pick_best(candidates, turn, lambda member: (member.tier, ("T", member.tier)))


def _pick_best(candidates: Sequence[Member], turn: Turn, measure: Measure) -> Pick:
    measured = {member.rep_id: measure(member) for member in candidates}
    lowest = min((rank for rank, _ in measured.values()), default=0)
    best = [member for member in candidates if measured[member.rep_id][0] == lowest]
    pick = pick_among(best, turn)
    numbers = {rep_id: told for rep_id, (_, told) in measured.items()}
    return replace(pick, numbers=numbers, best=numbers[pick.rep_id])
