"""What changed between two long sequences that are mostly the same objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

RUN = 4_096
"""So many elements are compared at once, by the interpreter itself."""
WINDOW = 8
"""After a difference so many must agree again."""
MAX_REACH = 32
MAX_CHANGES = 256


class Change(NamedTuple):
    """`old[old_start:old_end]` became `new[new_start:new_end]`."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    @property
    def size(self) -> int:
        return max(self.old_end - self.old_start, self.new_end - self.new_start)


def find_changes(old: Sequence[Any], new: Sequence[Any]) -> list[Change] | None:
    """In order; between them the sequences are equal. None when they differ too much to be worth
    following. Both of one kind (tuples), so that slices compare."""
    changes: list[Change] = []
    i = j = 0
    while True:
        same = _count_equal(old, new, i, j)
        i, j = i + same, j + same
        if i == len(old) and j == len(new):
            return changes
        gap = _find_gap(old, new, i, j)
        if gap is None or len(changes) == MAX_CHANGES:
            return None
        changes.append(Change(i, i + gap[0], j, j + gap[1]))
        i, j = i + gap[0], j + gap[1]


def _count_equal(old: Sequence[Any], new: Sequence[Any], i: int, j: int) -> int:
    """How many elements from here on are equal."""
    limit = min(len(old) - i, len(new) - j)
    count, step = 0, RUN
    while count < limit:
        step = min(step, limit - count)
        if old[i + count : i + count + step] == new[j + count : j + count + step]:
            count += step
        elif step == 1:
            break
        else:
            step = max(1, step // 4)
    return count


def _find_gap(old: Sequence[Any], new: Sequence[Any], i: int, j: int) -> tuple[int, int] | None:
    """The fewest elements to pass over on both sides until they agree again."""
    for total in range(1, 2 * MAX_REACH + 1):
        for removed in range(max(0, total - MAX_REACH), min(total, MAX_REACH) + 1):
            a, b = i + removed, j + total - removed
            if a > len(old) or b > len(new):
                continue
            if old[a : a + WINDOW] == new[b : b + WINDOW]:
                return removed, total - removed
    return None
