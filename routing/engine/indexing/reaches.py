"""Which values of one attribute a clause can accept, in a form that can be filed.

A known value *opens* keys: itself, its beginnings, its parent domains, and so on. A clause that
names keys can accept only values that open one of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from routing.engine.attributes import get_attribute
from routing.engine.conditions.nodes import Test
from routing.engine.indexing.clauses import Literal
from routing.engine.normal import AttributeType, fold_part, fold_text
from routing.engine.operators import Operator, TestValue, as_tuple
from routing.engine.postal import compact_postal, is_digits
from routing.engine.territories import cover_range
from routing.engine.territory_criteria import count_common

Key = Any
"""The value itself where it must be equal; a pair of the kind below and a piece of it else."""

HEAD, DOMAIN, POSTAL, GRAM = "^", "@", "#", "~"
GRAM_LENGTH = 3
MAX_HEADS = 24
"""A postal range of more prefixes than this is filed under what its two ends share."""

Interval = tuple[float, float]
EVERYTHING: Interval = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Reach:
    """`keys` None: no key is needed. `intervals` None: any number will do. `excluded`: values
    (members, for sets) that are surely not accepted. All on top of each other."""

    is_unknown_accepted: bool
    is_known_accepted: bool = True
    keys: frozenset[Key] | None = None
    intervals: tuple[Interval, ...] | None = None
    excluded: frozenset[Key] = frozenset()


def find_reach(literals: Sequence[Literal]) -> Reach | None:
    """What literals on one attribute accept together, or more than that; None for nothing at all."""
    is_unknown_accepted = is_known_accepted = True
    keys: frozenset[Key] | None = None
    intervals: tuple[Interval, ...] | None = None
    excluded: frozenset[Key] = frozenset()
    for test, is_wanted in literals:
        accepts_unknown = (test.operator is Operator.IS_UNKNOWN) == is_wanted
        is_unknown_accepted &= accepts_unknown
        if test.operator in (Operator.IS_KNOWN, Operator.IS_UNKNOWN):
            is_known_accepted &= (test.operator is Operator.IS_KNOWN) == is_wanted
            continue
        if (found := _find_intervals(test.operator, test.value)) is not None:
            found = found if is_wanted else _invert(found)
            intervals = found if intervals is None else _intersect(intervals, found)
        elif is_wanted:
            keys = _choose(keys, _find_keys(test))
        else:
            excluded |= _find_excluded(test)
    if intervals == ():
        is_known_accepted = False
    if not (is_unknown_accepted or is_known_accepted):
        return None
    return Reach(is_unknown_accepted, is_known_accepted, keys, intervals, excluded)


def _choose(first: frozenset[Key] | None, second: frozenset[Key] | None) -> frozenset[Key] | None:
    """The more selective of two sets of keys; both cannot be filed at once."""
    if first is None or second is None:
        return first if second is None else second
    return min(first, second, key=_rank)


def _rank(keys: frozenset[Key]) -> tuple[bool, int]:
    return any(isinstance(key, tuple) for key in keys), len(keys)


def _find_keys(test: Test) -> frozenset[Key] | None:
    items = as_tuple(test.value)
    match test.operator:
        case Operator.EQUALS | Operator.IN:
            return frozenset(_fold(item) for item in items)
        case Operator.CONTAINS if _is_of_sets(test):
            return frozenset(_fold(item) for item in items)
        case Operator.CONTAINS:
            return frozenset((GRAM, fold_part(str(item))[:GRAM_LENGTH]) for item in items)
        case Operator.CONTAINS_ALL:
            # Any member will do; a long name is a rare one.
            return frozenset([max((_fold(item) for item in items), key=len)])
        case Operator.STARTS_WITH:
            return frozenset((HEAD, _fold(item)) for item in items)
        case Operator.MATCHES_DOMAIN:
            return frozenset((DOMAIN, _fold(item)) for item in items)
        case Operator.WITHIN_POSTAL_RANGE:
            return _find_postal_keys(*(compact_postal(str(item)) for item in items))
    return None


def _is_of_sets(test: Test) -> bool:
    return get_attribute(test.attribute).type is AttributeType.SET


def _fold(value: Any) -> Any:
    return fold_text(value) if isinstance(value, str) else value


def _find_postal_keys(low: str, high: str) -> frozenset[Key] | None:
    heads: Iterable[str] = (low[: count_common(low, high)],)
    if is_digits(low) and is_digits(high):
        covered = cover_range(low, high)
        heads = covered if len(covered) <= MAX_HEADS else heads
    return frozenset((POSTAL, head) for head in heads) if all(heads) else None


def _find_excluded(test: Test) -> frozenset[Key]:
    """The values, or members of sets, that a test which must be false rules out."""
    is_whole = test.operator in (Operator.EQUALS, Operator.IN)
    if is_whole or (test.operator is Operator.CONTAINS and _is_of_sets(test)):
        return frozenset(_fold(item) for item in as_tuple(test.value))
    return frozenset()


def _find_intervals(operator: Operator, value: TestValue) -> tuple[Interval, ...] | None:
    """The numbers a test accepts; None when it is not about numbers."""
    items = as_tuple(value)
    if not all(isinstance(item, int | float) and not isinstance(item, bool) for item in items):
        return None
    match operator:
        case Operator.EQUALS:
            return ((items[0], items[0]),)
        case Operator.BETWEEN:
            return ((items[0], items[1]),)
        case Operator.AT_LEAST:
            return ((items[0], math.inf),)
        case Operator.AT_MOST:
            return ((-math.inf, items[0]),)
    return None


def _invert(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Closed ends stay in: that accepts too much by a point, which is allowed."""
    ((low, high),) = intervals
    parts = ((-math.inf, low), (high, math.inf))
    return tuple(part for part in parts if part[0] != math.inf and part[1] != -math.inf)


def _intersect(first: tuple[Interval, ...], second: tuple[Interval, ...]) -> tuple[Interval, ...]:
    pairs = ((max(a[0], b[0]), min(a[1], b[1])) for a in first for b in second)
    return tuple((low, high) for low, high in pairs if low <= high)


class Opener:
    """Lists the keys that a value opens, of the kinds that anybody asks for."""

    def __init__(self, keys: Iterable[Key]) -> None:
        lengths: dict[str, set[int]] = {HEAD: set(), DOMAIN: set(), POSTAL: set(), GRAM: set()}
        for key in keys:
            if isinstance(key, tuple):
                lengths[key[0]].add(len(key[1]))
        self._heads = sorted(lengths[HEAD])
        self._postal = sorted(lengths[POSTAL])
        self._grams = sorted(lengths[GRAM])
        self._has_domains = bool(lengths[DOMAIN])
        self.is_plain = not any(lengths.values())
        """Whether a text opens nothing but itself."""

    def open(self, value: Any) -> list[Key]:
        """Each key once or more; of a set those of its members."""
        if isinstance(value, frozenset):
            return list(value)
        keys: list[Key] = [value]
        if self.is_plain or not isinstance(value, str):
            return keys
        keys += [(HEAD, value[:length]) for length in self._heads]
        if self._has_domains:
            domain = value
            while domain:
                keys.append((DOMAIN, domain))
                domain = domain.partition(".")[2]
        if self._postal:
            code = compact_postal(value)
            keys += [(POSTAL, code[:length]) for length in self._postal]
        for length in self._grams:
            keys += {(GRAM, value[at : at + length]) for at in range(len(value) - length + 1)}
        return keys
