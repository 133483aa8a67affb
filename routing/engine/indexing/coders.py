"""Values of one facet as small numbers, so that a table is a plain list.

Code 0 is the unknown value. The number of codes is limited whatever the rules say: seldom named
keys share codes. Then a code stands for more values than a clause accepts, never for fewer. Where
keys share codes the facet gets a second coder that shares differently, so that two values are hardly
ever confused by both. A coder knows every value and every key, also those no rule has named yet, so
it outlives edits of the rules.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from routing.engine.indexing.reaches import EVERYTHING, Facet, Interval, Key, Kind, Reach
from routing.engine.postal import compact_postal

CODE_BUDGET = 2_600
"""Codes of all facets together: an eighth of a byte a rule each."""
MAX_CODES = 512
"""Codes of one facet."""
MAX_OWN, MAX_SHARED = 64, 128
"""Of values that are too many for codes of their own."""
MAX_LIMITS = 256
MAX_EXACT = 2**53
MAX_HEAD = 16
"""A beginning counts with so many letters at most."""

UNKNOWN, FIRST_KNOWN = 0, 1
Span = tuple[int, int]
"""First and last of a run of codes."""
Keys = Mapping[Key, int]
"""How many clauses name each key."""


class ValueCoder:
    """Whole values and members of sets: the `own` keys have a code each, all others share the first
    ones by their hash. `part` 1 shares by other digits of the hash than part 0."""

    def __init__(self, own: Iterable[Key], shared: int, part: int = 0) -> None:
        self._shared = shared
        self._divisor = shared**part
        self._own = {key: code for code, key in enumerate(own, FIRST_KNOWN + shared)}
        self.size = FIRST_KNOWN + shared + len(self._own)

    def code(self, value: Any) -> int:
        """The code of a known value or key."""
        own = self._own.get(value)
        return self._share(value) if own is None else own

    def _share(self, value: Any) -> int:
        return FIRST_KNOWN + hash(value) // self._divisor % self._shared

    def list_spans(self, reach: Reach) -> list[Span]:
        """The codes of known values that may be accepted."""
        if reach.keys is not None:
            return _merge((code, code) for code in map(self.code, reach.keys))
        # What shares a code cannot be told apart, so it cannot be excluded.
        excluded = sorted(self._own[key] for key in reach.excluded if key in self._own)
        bounds = [UNKNOWN, *excluded, self.size]
        return [(before + 1, after - 1) for before, after in pairwise(bounds) if before + 1 < after]

    def tells_exactly(self, reach: Reach) -> bool:
        """Whether the codes of a reach are those of no other value."""
        return reach.keys is not None and all(key in self._own for key in reach.keys)


class NumberCoder:
    """Numbers between two neighbours of the limits that rules name share a code."""

    def __init__(self, keys: Keys, limit: int) -> None:
        ordered = sorted(keys)
        wanted = min(limit - 2, MAX_LIMITS)
        if len(ordered) > wanted:
            step = len(ordered) / wanted
            ordered = [ordered[int(number * step)] for number in range(wanted)]
        self._limits = ordered
        self.size = len(ordered) + 2

    def code(self, value: float) -> int:
        return FIRST_KNOWN + bisect_right(self._limits, value)

    def list_spans(self, reach: Reach) -> list[Span]:
        intervals = (EVERYTHING,) if reach.intervals is None else reach.intervals
        return _merge((self.code(low), self.code(high)) for low, high in intervals)

    def tells_exactly(self, reach: Reach) -> bool:
        if reach.intervals is None:
            return False
        # Beyond, there are whole numbers between two neighbouring floats.
        limits = _list_limits(reach.intervals)
        return all(abs(limit) < MAX_EXACT and self._has(limit) for limit in limits)

    def _has(self, limit: float) -> bool:
        at = bisect_left(self._limits, limit)
        return at < len(self._limits) and self._limits[at] == limit


class HeadCoder:
    """Beginnings of texts, from letter `start` on: a value has the code of the longest beginning
    that is kept. Codes are in alphabetical order, so those of one beginning are neighbours."""

    def __init__(self, weights: Mapping[str, int], limit: int, start: int = 0) -> None:
        """`weights`: how many clauses name each beginning or a longer one."""
        kept = sorted(weights, key=lambda head: (-weights[head], len(head), head))[: limit - 2]
        self._start = start
        self._nodes = {head: code for code, head in enumerate(sorted(kept), FIRST_KNOWN + 1)}
        self._lengths = sorted({len(head) for head in kept}, reverse=True)
        self.size = FIRST_KNOWN + 1 + len(kept)
        self._last = _find_last_of_each(self._nodes)

    def code(self, value: str) -> int:
        return self.code_compact(compact_postal(value))

    def code_compact(self, text: str) -> int:
        """The code of a text that is upper case and without blanks."""
        text = text[self._start :]
        for length in self._lengths:
            code = self._nodes.get(text[:length])
            if code is not None:
                return code
        return FIRST_KNOWN

    def list_spans(self, reach: Reach) -> list[Span]:
        if reach.keys is None:
            return [(FIRST_KNOWN, self.size - 1)]
        return _merge(self._find_span(head) for head in reach.keys)

    def tells_exactly(self, reach: Reach) -> bool:
        return (
            self._start == 0
            and reach.keys is not None
            and all(head in self._nodes for head in reach.keys)
        )

    def _find_span(self, head: str) -> Span:
        code = self.code(head)
        return (code, self.size - 1 if code == FIRST_KNOWN else self._last[code])


def weigh_heads(keys: Keys, start: int = 0, end: int = MAX_HEAD) -> dict[str, int]:
    """How many clauses name each beginning, or a longer one, of what lies between two letters.

    Without those that only ever occur with one and the same next letter.
    """
    weights: Counter[str] = Counter()
    named = set()
    for key, count in keys.items():
        head = key[start:end]
        named.add(head)
        for length in range(1, len(head) + 1):
            weights[head[:length]] += count
    idle = {
        head[:-1]
        for head, weight in weights.items()
        if weights.get(head[:-1]) == weight and head[:-1] not in named
    }
    return {head: weight for head, weight in weights.items() if head not in idle}


def _find_last_of_each(nodes: Mapping[str, int]) -> dict[int, int]:
    """{code: the last code whose text begins with that of the code}."""
    last: dict[int, int] = {}
    open_heads: list[str] = []
    for head, code in nodes.items():
        while open_heads and not head.startswith(open_heads[-1]):
            last[nodes[open_heads.pop()]] = code - 1
        open_heads.append(head)
    final = max(nodes.values(), default=FIRST_KNOWN)
    last.update((nodes[head], final) for head in open_heads)
    return last


Coder = ValueCoder | NumberCoder | HeadCoder
Opener = Callable[[Any], Iterable[Key]]
"""Lists the keys that a known value opens."""


def make_coders(kind: Kind, keys: Keys, limit: int) -> tuple[Coder, ...]:
    """One coder, or two that confuse different values. `limit`: the most codes they may use
    together."""
    limit = max(limit, 8)
    if kind is Kind.NUMBER:
        return (NumberCoder(keys, limit),)
    return _make_head_coders(keys, limit) if kind is Kind.HEAD else _make_value_coders(keys, limit)


def _make_value_coders(keys: Keys, limit: int) -> tuple[Coder, ...]:
    often = sorted(keys, key=lambda key: (-keys[key], str(key)))
    if len(often) <= limit - 2:
        return (ValueCoder(often, shared=1),)
    shared = min(MAX_SHARED, limit // 3)
    own = often[: min(MAX_OWN, limit - 2 * shared - 2)]
    return (ValueCoder(own, shared), ValueCoder((), shared, part=1))


def _make_head_coders(keys: Keys, limit: int) -> tuple[Coder, ...]:
    weights = weigh_heads(keys)
    if len(weights) <= limit - 2:
        return (HeadCoder(weights, limit),)
    half = limit // 2
    middle = next(
        (end for end in range(MAX_HEAD, 1, -1) if len(weigh_heads(keys, end=end)) <= half - 2), 1
    )
    first, second = weigh_heads(keys, end=middle), weigh_heads(keys, start=middle)
    return (HeadCoder(first, half), HeadCoder(second, half, start=middle))


def count_wanted(kind: Kind, keys: Keys) -> int:
    """How many codes would tell all keys apart."""
    named = weigh_heads(keys) if kind is Kind.HEAD else keys
    return min(len(named) + 2, MAX_CODES)


def list_keys(kind: Kind, reach: Reach) -> Iterable[Key]:
    """What a reach names, in the form in which a coder counts it."""
    if kind is Kind.NUMBER:
        return _list_limits(reach.intervals or ())
    return reach.excluded if reach.keys is None else reach.keys


def _list_limits(intervals: Iterable[Interval]) -> Iterator[float]:
    """Where one must look to tell the inside from the outside: at the low end, and right behind the
    high one."""
    for low, high in intervals:
        if low != -math.inf:
            yield low
        if high != math.inf:
            yield math.nextafter(high, math.inf)


def open_domains(value: str) -> Iterator[str]:
    """The domain and its parents."""
    while value:
        yield value
        value = value.partition(".")[2]


def make_gram_opener(lengths: Iterable[int]) -> Opener:
    """All pieces of a text that are so long."""
    wanted = sorted(set(lengths))

    def open_grams(value: str) -> set[str]:
        return {
            value[at : at + length] for length in wanted for at in range(len(value) - length + 1)
        }

    return open_grams


def share_out(wants: Mapping[Facet, int], budget: int = CODE_BUDGET) -> dict[Facet, int]:
    """Small wants are met in full, the others get equal parts of what is left."""
    shares: dict[Facet, int] = {}
    for place, facet in enumerate(sorted(wants, key=lambda facet: wants[facet])):
        fair = budget // (len(wants) - place)
        shares[facet] = min(wants[facet], fair)
        budget -= shares[facet]
    return shares


def _merge(spans: Iterable[Span]) -> list[Span]:
    """In order and without overlaps."""
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
