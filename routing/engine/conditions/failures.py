"""Why a condition is false for a lead: the nearest reason, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from routing.engine.conditions.evaluating import (
    LazyFacts,
    NormalFacts,
    compile_condition,
    holds,
)
from routing.engine.conditions.nodes import All, Any, Condition, Not, Test
from routing.engine.conditions.wording import (
    NO_NAMES,
    NO_WORDS,
    Words,
    describe,
    describe_requirement,
    get_label,
    show_value,
)
from routing.engine.facts import Facts, FactValue


@dataclass(frozen=True, slots=True)
class Failure:
    """`path` as in `ConditionError`, "" for the whole condition. `test` is None when no single
    test decides.

    `excluded` is set when a Not failed: it is the part that was true and should not have been.
    """

    path: str
    test: Test | None
    actual: FactValue = None
    is_unknown: bool = False
    excluded: Condition | None = None

    def sentence(self, words: Words = NO_WORDS) -> str:
        """“country is DE, not one of US, CA”; “employees is unknown”; “…, which this rule
        excludes”."""
        if self.excluded is not None:
            found = (
                describe(self.excluded, words)
                if self.test is None
                else self._found(self.test, words)
            )
            return f"{found}, which this rule excludes"
        if self.test is None:
            return "no alternative is given"
        if self.is_unknown:
            return self._found(self.test, words)
        found = self._found(self.test, words)
        return f"{found}, not {describe_requirement(self.test, words)}"

    def _found(self, test: Test, words: Words) -> str:
        names = words.get(test.attribute, NO_NAMES)
        actual = "unknown" if self.is_unknown else show_value(self.actual, names)
        return f"{get_label(test.attribute)} is {actual}"


def first_failure(
    condition: Condition, facts: Facts, normal: NormalFacts | None = None
) -> Failure | None:
    """The first part of an All that fails; of an Any, the alternative with the fewest failing
    tests.

    `normal`: the same facts as `LazyFacts`, for whoever asks about many conditions.
    """
    return _find_failure(condition, facts, LazyFacts(facts) if normal is None else normal, "")


def _find_failure(
    condition: Condition, facts: Facts, normal: NormalFacts, path: str
) -> Failure | None:
    if isinstance(condition, All):
        # Part by part: most rules fail by their first, and the others need not be looked at.
        for number, part in enumerate(condition.conditions):
            inside = f"{_join(path, 'all')}[{number}]"
            if (failure := _find_failure(part, facts, normal, inside)) is not None:
                return failure
        return None
    if compile_condition(condition)(normal):
        return None
    match condition:
        case Any(()):
            return Failure(path, None)
        case Any(parts):
            counts = [count_failing_tests(part, facts) for part in parts]
            number = counts.index(min(counts))
            return _find_failure(parts[number], facts, normal, f"{_join(path, 'any')}[{number}]")
        case Not(part):
            return _find_excluded(part, facts, normal, _join(path, "not"))
        case Test():
            return _fail(condition, facts, normal, path)
    return None


def _find_excluded(part: Condition, facts: Facts, normal: NormalFacts, path: str) -> Failure | None:
    """The failure of Not(part); a doubled Not fails for the reason of what is inside."""
    match part:
        case Not(inner):
            return _find_failure(inner, facts, normal, _join(path, "not"))
        case Test():
            return _fail(part, facts, normal, path, excluded=part)
        case All((only,)):
            return _find_excluded(only, facts, normal, f"{_join(path, 'all')}[0]")
        case Any((only,)):
            return _find_excluded(only, facts, normal, f"{_join(path, 'any')}[0]")
        case _:
            return Failure(path, None, excluded=part)


def _fail(
    test: Test,
    facts: Facts,
    normal: NormalFacts,
    path: str,
    excluded: Condition | None = None,
) -> Failure:
    is_unknown = normal[test.attribute] is None
    return Failure(path, test, facts.get(test.attribute), is_unknown, excluded)


def _join(path: str, step: str) -> str:
    return f"{path}.{step}" if path else step


def count_failing_tests(condition: Condition, facts: Facts) -> int:
    """How far a lead is from a condition: 0 when it holds, else the fewest tests that stand in the
    way."""
    if holds(condition, facts):
        return 0
    match condition:
        case All(parts):
            return sum(count_failing_tests(part, facts) for part in parts)
        case Any(parts):
            return min((count_failing_tests(part, facts) for part in parts), default=1)
        case _:
            return 1
