"""Ranges that no number lies in: at least 10 and at most 5 of the same attribute, both at once."""

from __future__ import annotations

import math
from collections.abc import Iterator

from routing.engine.conditions.nodes import All, Any, Condition, Not, Test
from routing.engine.conditions.wording import describe_requirement, get_label
from routing.engine.operators import Operator, as_tuple

Placed = tuple[str, Test]
"""Where in the condition, and the test there."""


def find_contradictions(condition: Condition) -> list[tuple[str, str]]:
    """(path, sentence) of each test whose range excludes one stated before it in the same “all”."""
    return list(_walk(condition, ""))


def _walk(condition: Condition, path: str) -> Iterator[tuple[str, str]]:
    match condition:
        case All():
            parts = list(_flatten(condition, path))
            yield from _compare([(place, part) for place, part in parts if isinstance(part, Test)])
            for place, part in parts:
                yield from _walk(part, place)
        case Any(alternatives):
            for number, part in enumerate(alternatives):
                yield from _walk(part, f"{_join(path, 'any')}[{number}]")
        case Not(part):
            yield from _walk(part, _join(path, "not"))


def _flatten(group: All, path: str) -> Iterator[tuple[str, Condition]]:
    """The parts of an “all”, those of an “all” within it included."""
    for number, part in enumerate(group.conditions):
        place = f"{_join(path, 'all')}[{number}]"
        if isinstance(part, All):
            yield from _flatten(part, place)
        else:
            yield place, part


def _compare(tests: list[Placed]) -> Iterator[tuple[str, str]]:
    seen: dict[str, list[Test]] = {}
    for path, test in tests:
        limits = _find_limits(test)
        if limits is None:
            continue
        for earlier in seen.get(test.attribute, ()):
            low, high = _find_limits(earlier) or (-math.inf, math.inf)
            if max(low, limits[0]) > min(high, limits[1]):
                label = get_label(test.attribute)
                both = f"{describe_requirement(earlier)} and {describe_requirement(test)}"
                yield path, f"No {label} is {both}."
                break
        seen.setdefault(test.attribute, []).append(test)


def _find_limits(test: Test) -> tuple[float, float] | None:
    """The lowest and the highest number that a test accepts; None when it is not about numbers."""
    items = as_tuple(test.value)
    if not all(isinstance(item, int | float) and not isinstance(item, bool) for item in items):
        return None
    match test.operator:
        case Operator.EQUALS:
            return items[0], items[0]
        case Operator.BETWEEN:
            return items[0], items[1]
        case Operator.AT_LEAST:
            return items[0], math.inf
        case Operator.AT_MOST:
            return -math.inf, items[0]
    return None


def _join(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step
