"""A condition as alternatives (clauses), each a set of plain or negated tests that must all hold.

Negation is pushed down to the tests, then “and” is distributed over “or”. That can grow without
limit, so beyond `MAX_CLAUSES` the parts that would grow it are left out: the clause then accepts
more than the condition does, which the index allows.
"""

from __future__ import annotations

from typing import NamedTuple

from routing.engine.conditions.nodes import All, Any, Condition, Not, Test

MAX_CLAUSES = 32


class Literal(NamedTuple):
    """A test that must be true (`is_wanted`) or false."""

    test: Test
    is_wanted: bool


Clause = tuple[Literal, ...]


def find_clauses(condition: Condition) -> list[Clause]:
    """At least what the condition accepts; no clause for what is false by its shape."""
    return _find(condition, is_wanted=True)


def _find(condition: Condition, *, is_wanted: bool) -> list[Clause]:
    match condition:
        case Test():
            return [(Literal(condition, is_wanted),)]
        case Not(part):
            return _find(part, is_wanted=not is_wanted)
        case All(parts):
            found = [_find(part, is_wanted=is_wanted) for part in parts]
            return _cross(found) if is_wanted else _join(found)
        case Any(parts):
            found = [_find(part, is_wanted=is_wanted) for part in parts]
            return _join(found) if is_wanted else _cross(found)


def _join(alternatives: list[list[Clause]]) -> list[Clause]:
    clauses = [clause for found in alternatives for clause in found]
    # Too many to file each: one that accepts everything stands for them.
    return clauses if len(clauses) <= MAX_CLAUSES else [()]


def _cross(factors: list[list[Clause]]) -> list[Clause]:
    clauses: list[Clause] = [()]
    # The factors with few alternatives first, so that what is left out constrains least.
    for found in sorted(factors, key=len):
        if not found:
            return []
        if len(clauses) * len(found) <= MAX_CLAUSES:
            clauses = [one + other for one in clauses for other in found]
    return clauses
