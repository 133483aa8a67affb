"""Pools that hand on to other pools what nobody in them can take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

MAX_OVERFLOWS = 5
"""How often one lead is handed on, whatever the pools say."""


def iter_overflows(pool_id: int, overflows: Mapping[int, int | None]) -> Iterator[int]:
    """The pools that are asked after this one, each once and at most `MAX_OVERFLOWS`.

    `overflows` is {pool: the pool it hands on to}.
    """
    asked = {pool_id}
    following = overflows.get(pool_id)
    while following is not None and following not in asked and len(asked) <= MAX_OVERFLOWS:
        yield following
        asked.add(following)
        following = overflows.get(following)


def find_circle(pool_id: int, overflows: Mapping[int, int | None]) -> list[int]:
    """The way from a pool through its overflows to one already passed: [1, 2, 1]; [] if none."""
    way: list[int] = []
    following: int | None = pool_id
    while following is not None:
        if following in way:
            return [*way, following]
        way.append(following)
        following = overflows.get(following)
    return []
