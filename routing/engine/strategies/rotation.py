"""Plain rotation: the same exact accounts with everybody's weight at 1."""

from __future__ import annotations

from collections.abc import Sequence

from routing.engine.roster import Member
from routing.engine.strategies.weighted import Pick, pick_by_weights


def pick(candidates: Sequence[Member], turn_number: int, salt: int) -> Pick:
    """The next of the eligible candidates. Raises: ValueError without candidates."""
    return pick_by_weights(candidates, [1] * len(candidates), turn_number, salt)
