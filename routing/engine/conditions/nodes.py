"""The nodes of a condition and their stored form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from routing.engine.operators import Operator, TestValue


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison. Built by `parse_condition`, which checks that the three parts fit
    together."""

    __test__: ClassVar[bool] = False  # pytest would take the name for a test class

    attribute: str
    operator: Operator
    value: TestValue = None


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; without parts always true (the catch-all)."""

    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Any:
    """True when at least one part is."""

    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """True when its part is false; also when that part is a test of something unknown."""

    condition: Condition


Condition: TypeAlias = All | Any | Not | Test


def condition_to_json(condition: Condition) -> dict[str, object]:
    """The stored form, which `parse_condition` reads back to an equal condition."""
    match condition:
        case All(parts):
            return {"all": [condition_to_json(part) for part in parts]}
        case Any(parts):
            return {"any": [condition_to_json(part) for part in parts]}
        case Not(part):
            return {"not": condition_to_json(part)}
        case Test():
            return {"test": _test_to_json(condition)}


def _test_to_json(test: Test) -> dict[str, object]:
    # Plain text again, where the name knows what it names.
    data: dict[str, object] = {"attribute": str(test.attribute), "operator": test.operator.value}
    if test.value is not None:
        data["value"] = list(test.value) if isinstance(test.value, tuple) else test.value
    return data


def iter_tests(condition: Condition) -> Iterator[Test]:
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from iter_tests(part)
        case Not(part):
            yield from iter_tests(part)
        case Test():
            yield condition


def list_attributes(condition: Condition) -> frozenset[str]:
    """Names of the attributes that the condition asks about."""
    return frozenset(test.attribute for test in iter_tests(condition))
