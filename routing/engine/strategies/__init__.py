"""Ways to choose one rep among the eligible members of a pool.

To add one: a module with a `pick` of the same form, and its stored name in `STRATEGIES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from routing.engine.roster import Member
from routing.engine.strategies import best_first, best_match, rotation, weighted
from routing.engine.strategies.turns import Pick, Turn

Strategy = Callable[[Sequence[Member], Turn], Pick]

STRATEGIES: dict[str, Strategy] = {
    "ROTATION": rotation.pick,
    "WEIGHTED": weighted.pick,
    "LEAST_LOADED": best_first.pick_least_loaded,
    "SKILL_MATCH": best_first.pick_most_skilled,
    "TIERS": best_first.pick_first_tier,
    "BEST_MATCH": best_match.pick,
}
CATCHING_UP = frozenset({"ROTATION", "WEIGHTED", "BEST_MATCH"})
"""Where a share can be kept for the absent: elsewhere load, level or tier decides first."""

__all__ = ["CATCHING_UP", "STRATEGIES", "Pick", "Strategy", "Turn", "get_strategy"]


def get_strategy(name: str) -> Strategy:
    """Raises: ValueError for a name that is not registered."""
    try:
        return STRATEGIES[name]
    except KeyError:
        known = ", ".join(STRATEGIES)
        raise ValueError(f"There is no strategy called “{name}”; there are {known}.") from None
