"""Ways to choose one rep among the eligible members of a pool.

To add one: a module with a `pick` of the same form, and its stored name in `STRATEGIES`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from routing.engine.roster import Member
from routing.engine.strategies import rotation, weighted
from routing.engine.strategies.weighted import Pick

Strategy = Callable[[Sequence[Member], int, int], Pick]

STRATEGIES: dict[str, Strategy] = {
    "ROTATION": rotation.pick,
    "WEIGHTED": weighted.pick,
}

__all__ = ["STRATEGIES", "Pick", "Strategy", "get_strategy"]


def get_strategy(name: str) -> Strategy:
    """Raises: ValueError for a name that is not registered."""
    try:
        return STRATEGIES[name]
    except KeyError:
        known = ", ".join(STRATEGIES)
        raise ValueError(f"There is no strategy called “{name}”; there are {known}.") from None
