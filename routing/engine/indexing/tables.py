"""Bits of the clauses of one block, filed by the values of one attribute.

Bit n of a number stands for clause n of the block. Whole numbers of Python serve as bit sets: two of
16,384 bits are combined in a tenth of a microsecond.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from routing.engine.indexing.reaches import Interval, Key, Opener, Reach

MAX_BUCKETS = 256
"""Numbers between two neighbours of so many limits share their bits, whatever the rules say."""
FEW = 6
"""Keys named by so few clauses are kept as their numbers: as bits each would take up to 2 KB."""

Lookup = Callable[[Any], int]
Filed = int | tuple[int, ...]


def make_bits(numbers: Iterable[int], size: int) -> int:
    """The bit set of these numbers below `size`."""
    buffer = bytearray(size // 8 + 1)
    for number in numbers:
        buffer[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(buffer, "little")


def make_lookup(reaches: Mapping[int, Reach], size: int) -> Lookup:
    """A function from a normal value of the attribute to the clauses that may accept it.

    `reaches` are those of the clauses (by number) that say anything about the attribute; the others
    accept whatever it is.
    """
    free = make_bits((n for n in range(size) if n not in reaches), size)
    unknown = free | make_bits(_select(reaches, lambda one: one.is_unknown_accepted), size)
    known = {n: one for n, one in reaches.items() if one.is_known_accepted}
    keyed = {n: one.keys for n, one in known.items() if one.keys is not None}
    ranged = {n: one.intervals for n, one in known.items() if one.intervals is not None}
    base = free | make_bits((n for n in known if n not in keyed and n not in ranged), size)
    excluded = _file({n: one.excluded for n, one in known.items()}, size)
    if ranged:
        return _make_number_lookup(unknown, base, ranged, size)
    return _make_key_lookup(unknown, base, keyed, excluded, size)


def _select(reaches: Mapping[int, Reach], wanted: Callable[[Reach], bool]) -> list[int]:
    return [n for n, one in reaches.items() if wanted(one)]


def _file(named: Mapping[int, Iterable[Key]], size: int) -> dict[Key, Filed]:
    numbers: dict[Key, list[int]] = defaultdict(list)
    for n, keys in named.items():
        for key in keys:
            numbers[key].append(n)
    return {
        key: tuple(found) if len(found) <= FEW else make_bits(found, size)
        for key, found in numbers.items()
    }


def _add(bits: int, filed: Filed) -> int:
    if isinstance(filed, int):
        return bits | filed
    for n in filed:
        bits |= 1 << n
    return bits


def _make_key_lookup(
    unknown: int,
    base: int,
    keyed: Mapping[int, Iterable[Key]],
    excluded: dict[Key, Filed],
    size: int,
) -> Lookup:
    files = _file(keyed, size)
    opener = Opener(files)
    # What is named by many is joined with the base beforehand: most leads ask for just that.
    joined: dict[Key, Filed] = {
        key: base | filed if isinstance(filed, int) else filed for key, filed in files.items()
    }
    if opener.is_plain and not excluded:
        return _make_plain_lookup(unknown, base, joined)

    def find(value: Any) -> int:
        if value is None:
            return unknown
        keys = opener.open(value)
        bits = base
        for key in keys:
            if key in joined:
                bits = _add(bits, joined[key])
        for key in keys if excluded else ():
            if key in excluded:
                bits &= ~_add(0, excluded[key])
        return bits

    return find


def _make_plain_lookup(unknown: int, base: int, joined: Mapping[Key, Filed]) -> Lookup:
    """For values that open only themselves."""

    def find(value: Any) -> int:
        if value is None:
            return unknown
        if isinstance(value, frozenset):
            bits = base
            for member in value:
                bits = _add(bits, joined.get(member, 0))
            return bits
        filed = joined.get(value, base)
        return filed if isinstance(filed, int) else _add(base, filed)

    return find


def _make_number_lookup(
    unknown: int, base: int, ranged: Mapping[int, Sequence[Interval]], size: int
) -> Lookup:
    limits = _choose_limits(
        {end for intervals in ranged.values() for interval in intervals for end in interval}
    )
    buckets = _fill_buckets(limits, ranged, size)
    table = [base | bits for bits in buckets]

    def find(value: Any) -> int:
        if value is None:
            return unknown
        return table[bisect_left(limits, value)]

    return find


def _choose_limits(ends: set[float]) -> list[float]:
    """At most MAX_BUCKETS of the ends, spread evenly over them."""
    ordered = sorted(ends)
    if len(ordered) <= MAX_BUCKETS:
        return ordered
    step = len(ordered) / MAX_BUCKETS
    return [ordered[int(number * step)] for number in range(MAX_BUCKETS)]


def _fill_buckets(
    limits: Sequence[float], ranged: Mapping[int, Sequence[Interval]], size: int
) -> list[int]:
    """Bits of each bucket: bucket i holds the numbers above limit i - 1 up to limit i itself.

    Each clause is noted where it begins and behind where it ends; one walk over the buckets then
    fills them all, however many of them an interval spans.
    """
    begins: list[list[int]] = [[] for _ in range(len(limits) + 2)]
    ends: list[list[int]] = [[] for _ in range(len(limits) + 2)]
    for n, intervals in ranged.items():
        for first, last in _merge(
            (bisect_left(limits, low), bisect_left(limits, high)) for low, high in intervals
        ):
            begins[first].append(n)
            ends[last + 1].append(n)
    buckets, running = [], 0
    for number in range(len(limits) + 1):
        running &= ~make_bits(ends[number], size)
        running |= make_bits(begins[number], size)
        buckets.append(running)
    return buckets


def _merge(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of buckets without overlaps, so that the end of one does not cut off another."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
