"""The comparisons a condition can make.

Operators work on *normal* values (`normal.py`): text is folded, wrong types are None. A missing
value makes every test false, except IS_UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from routing.engine.normal import NormalValue, fold_part, fold_text
from routing.engine.postal import compact_postal, is_in_range


class Operator(StrEnum):
    EQUALS = "EQUALS"
    IN = "IN"
    CONTAINS = "CONTAINS"
    CONTAINS_ALL = "CONTAINS_ALL"
    STARTS_WITH = "STARTS_WITH"
    BETWEEN = "BETWEEN"
    AT_LEAST = "AT_LEAST"
    AT_MOST = "AT_MOST"
    IS_KNOWN = "IS_KNOWN"
    IS_UNKNOWN = "IS_UNKNOWN"
    MATCHES_DOMAIN = "MATCHES_DOMAIN"
    WITHIN_POSTAL_RANGE = "WITHIN_POSTAL_RANGE"


TestValue = str | int | float | bool | tuple[str, ...] | tuple[int | float, ...] | None
"""What a test compares with; None for IS_KNOWN and IS_UNKNOWN. `values.py` says which operator
takes which."""

Predicate = Callable[[Any], bool]


def make_predicate(operator: Operator, value: TestValue) -> Predicate:
    """A function of one normal value. The value must have passed `values.check_value`."""
    return _MAKERS[operator](value)


def as_tuple(value: TestValue) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


def find_listed_domain(domain: str, listed: frozenset[str]) -> str | None:
    """The domain itself or its nearest parent that is listed: sub.example.com finds example.com."""
    while domain:
        if domain in listed:
            return domain
        domain = domain.partition(".")[2]
    return None


def _fold(value: Any) -> Any:
    return fold_text(value) if isinstance(value, str) else value


def _equals(value: TestValue) -> Predicate:
    wanted = _fold(value)
    return lambda actual: actual == wanted


def _in(value: TestValue) -> Predicate:
    wanted = frozenset(_fold(item) for item in as_tuple(value))
    return lambda actual: actual in wanted


def _contains(value: TestValue) -> Predicate:
    parts = tuple(fold_part(str(item)) for item in as_tuple(value))
    wanted = frozenset(_fold(item) for item in as_tuple(value))

    def contains(actual: NormalValue) -> bool:
        if isinstance(actual, frozenset):
            return not wanted.isdisjoint(actual)
        return isinstance(actual, str) and any(part in actual for part in parts)

    return contains


def _contains_all(value: TestValue) -> Predicate:
    wanted = frozenset(_fold(item) for item in as_tuple(value))
    return lambda actual: actual is not None and wanted <= actual


def _starts_with(value: TestValue) -> Predicate:
    heads = tuple(_fold(item) for item in as_tuple(value))
    return lambda actual: actual is not None and actual.startswith(heads)


def _between(value: TestValue) -> Predicate:
    low, high = as_tuple(value)
    return lambda actual: actual is not None and low <= actual <= high


def _at_least(value: TestValue) -> Predicate:
    return lambda actual: actual is not None and actual >= value


def _at_most(value: TestValue) -> Predicate:
    return lambda actual: actual is not None and actual <= value


def _matches_domain(value: TestValue) -> Predicate:
    listed = frozenset(_fold(item) for item in as_tuple(value))
    return lambda actual: actual is not None and find_listed_domain(actual, listed) is not None


def _within_postal_range(value: TestValue) -> Predicate:
    low, high = (compact_postal(item) for item in as_tuple(value))
    return lambda actual: actual is not None and is_in_range(compact_postal(actual), low, high)


_MAKERS: dict[Operator, Callable[[TestValue], Predicate]] = {
    Operator.EQUALS: _equals,
    Operator.IN: _in,
    Operator.CONTAINS: _contains,
    Operator.CONTAINS_ALL: _contains_all,
    Operator.STARTS_WITH: _starts_with,
    Operator.BETWEEN: _between,
    Operator.AT_LEAST: _at_least,
    Operator.AT_MOST: _at_most,
    Operator.IS_KNOWN: lambda _: lambda actual: actual is not None,
    Operator.IS_UNKNOWN: lambda _: lambda actual: actual is None,
    Operator.MATCHES_DOMAIN: _matches_domain,
    Operator.WITHIN_POSTAL_RANGE: _within_postal_range,
}
