"""Which values of one attribute a clause can accept, in a form that can be filed.

A known value *opens* keys: itself, its beginning, its parent domains, its members. A clause that
names keys can accept only values that open one of them. What kind of keys a clause names decides
under which *facet* of the attribute it is filed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from routing.engine.attributes import get_attribute
from routing.engine.conditions.nodes import Test
from routing.engine.indexing.clauses import Clause, Literal
from routing.engine.normal import AttributeType, fold_part, fold_text
from routing.engine.operators import Operator, TestValue, as_tuple
from routing.engine.postal import compact_postal, is_digits
from routing.engine.territories import cover_range
from routing.engine.territory_criteria import count_common

Key = Any
GRAM_LENGTH = 3
MAX_HEADS = 24
"""A postal range of more prefixes than this is filed under what its two ends share."""


class Kind(StrEnum):
    """VALUE: the whole value. NUMBER: a range of numbers. HEAD: the beginning of a text, without
    blanks. MEMBER, WITHOUT: members of a set that must, must not be there. DOMAIN: a domain or a
    parent of it. GRAM: three letters in a row."""

    VALUE = "VALUE"
    NUMBER = "NUMBER"
    HEAD = "HEAD"
    MEMBER = "MEMBER"
    WITHOUT = "WITHOUT"
    DOMAIN = "DOMAIN"
    GRAM = "GRAM"


Facet = tuple[str, Kind]
"""An attribute and a way to look at its values."""
Interval = tuple[float, float]
"""Closed at both ends."""
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


def find_reaches(clause: Clause) -> dict[Facet, Reach] | None:
    """At least what the clause accepts, facet by facet; None for nothing at all.

    Facets that are not named accept everything.
    """
    by_name: dict[str, list[Literal]] = {}
    for literal in clause:
        by_name.setdefault(literal.test.attribute, []).append(literal)
    found: dict[Facet, Reach] = {}
    for name, literals in by_name.items():
        reaches = _find_reaches(get_attribute(name).type, literals)
        if reaches is None:
            return None
        for kind, reach in reaches:
            found[name, kind] = reach
    return found


_KINDS = {AttributeType.NUMBER: Kind.NUMBER, AttributeType.SET: Kind.MEMBER}


def _find_reaches(
    of: AttributeType, literals: Sequence[Literal]
) -> tuple[tuple[Kind, Reach], ...] | None:
    kind = _KINDS.get(of, Kind.VALUE)
    is_unknown_accepted = is_known_accepted = True
    keys: frozenset[Key] | None = None
    intervals: tuple[Interval, ...] | None = None
    excluded: frozenset[Key] = frozenset()
    for test, is_wanted in literals:
        is_unknown_accepted &= (test.operator is Operator.IS_UNKNOWN) == is_wanted
        if test.operator in (Operator.IS_KNOWN, Operator.IS_UNKNOWN):
            is_known_accepted &= (test.operator is Operator.IS_KNOWN) == is_wanted
        elif (limits := _find_intervals(test.operator, test.value)) is not None:
            limits = limits if is_wanted else _invert(limits)
            intervals = limits if intervals is None else _intersect(intervals, limits)
        elif not is_wanted:
            excluded |= _find_excluded(test, of)
        elif (named := _find_keys(test, of)) is not None and (
            keys is None or _rank(named) < _rank((kind, keys))
        ):
            # The more selective of two kinds: a clause is filed under one.
            kind, keys = named
    if kind is Kind.VALUE and keys is not None:
        keys, excluded = keys - excluded, frozenset()
    is_known_accepted &= intervals != () and keys != frozenset()
    if not (is_unknown_accepted or is_known_accepted):
        return None
    reach = Reach(is_unknown_accepted, is_known_accepted, keys, intervals)
    if not excluded:
        return ((kind, reach),)
    if kind is Kind.VALUE:
        return ((kind, Reach(is_unknown_accepted, is_known_accepted, excluded=excluded)),)
    without = Kind.WITHOUT if of is AttributeType.SET else Kind.VALUE
    return ((kind, reach), (without, Reach(is_unknown_accepted, excluded=excluded)))


def _rank(named: tuple[Kind, frozenset[Key]]) -> tuple[bool, int]:
    kind, keys = named
    return kind not in (Kind.VALUE, Kind.MEMBER), len(keys)


def _find_keys(test: Test, of: AttributeType) -> tuple[Kind, frozenset[Key]] | None:
    items = as_tuple(test.value)
    match test.operator:
        case Operator.EQUALS | Operator.IN:
            return Kind.VALUE, frozenset([_fold(item) for item in items])
        case Operator.CONTAINS if of is AttributeType.SET:
            return Kind.MEMBER, frozenset([_fold(item) for item in items])
        case Operator.CONTAINS:
            return Kind.GRAM, frozenset([fold_part(str(item))[:GRAM_LENGTH] for item in items])
        case Operator.CONTAINS_ALL:
            # Any member will do; a long name is a rare one.
            return Kind.MEMBER, frozenset([max((_fold(item) for item in items), key=len)])
        case Operator.STARTS_WITH:
            return Kind.HEAD, frozenset([compact_postal(_fold(item)) for item in items])
        case Operator.MATCHES_DOMAIN:
            return Kind.DOMAIN, frozenset([_fold(item) for item in items])
        case Operator.WITHIN_POSTAL_RANGE:
            heads = _find_postal_heads(*(compact_postal(str(item)) for item in items))
            return None if heads is None else (Kind.HEAD, heads)
    return None


def _fold(value: Any) -> Any:
    return fold_text(value) if isinstance(value, str) else value


def _find_postal_heads(low: str, high: str) -> frozenset[Key] | None:
    if is_digits(low) and is_digits(high):
        covered = cover_range(low, high)
        if len(covered) <= MAX_HEADS:
            return frozenset(covered)
    shared = low[: count_common(low, high)]
    return frozenset([shared]) if shared else None


def _find_excluded(test: Test, of: AttributeType) -> frozenset[Key]:
    """The values, or members of sets, that a test which must be false rules out."""
    is_whole = test.operator in (Operator.EQUALS, Operator.IN)
    if is_whole or (test.operator is Operator.CONTAINS and of is AttributeType.SET):
        return frozenset([_fold(item) for item in as_tuple(test.value)])
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
