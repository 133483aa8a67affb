"""Plain rotation: the same exact accounts with everybody's weight at 1."""

from __future__ import annotations

from collections.abc import Sequence

from routing.engine.roster import Member
from routing.engine.strategies.turns import Pick, Turn
from routing.engine.strategies.weighted import pick_among


def pick(candidates: Sequence[Member], turn: Turn) -> Pick:
    """The next of the eligible candidates. Raises: ValueError without candidates."""
    return pick_among(candidates, turn, lambda _: 1)
