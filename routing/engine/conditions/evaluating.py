"""Whether a condition is true for a lead. The compiled form is the only evaluator of the
product."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from routing.engine.attributes import find_attribute
from routing.engine.conditions.nodes import All, Any, Condition, Not, Test, list_attributes
from routing.engine.facts import Facts
from routing.engine.normal import NORMALISERS, NormalValue
from routing.engine.operators import make_predicate

NormalFacts = Mapping[str, NormalValue]
Matcher = Callable[[NormalFacts], bool]


def normalise_facts(facts: Facts, names: Iterable[str]) -> dict[str, NormalValue]:
    """The named facts in normal form; every name is a key of the result."""
    return {
        name: NORMALISERS[attribute.type](facts.get(name)) if attribute is not None else None
        for name, attribute in ((name, find_attribute(name)) for name in names)
    }


class LazyFacts(dict[str, NormalValue]):
    """Facts whose normal form is made when a test first asks for it."""

    __slots__ = ("_facts",)

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def __missing__(self, name: str) -> NormalValue:
        attribute = find_attribute(name)
        fact = self._facts.get(name)
        value = self[name] = None if attribute is None else NORMALISERS[attribute.type](fact)
        return value


def holds(condition: Condition, facts: Facts) -> bool:
    """Never raises, whatever the facts. For many leads, compile once instead."""
    return compile_condition(condition)(normalise_facts(facts, list_attributes(condition)))


def holds_once(condition: Condition, facts: NormalFacts) -> bool:
    """As `compile_condition(condition)(facts)`, only as far as it takes: quicker for a single
    question."""
    match condition:
        case All(parts):
            return all(holds_once(part, facts) for part in parts)
        case Any(parts):
            return any(holds_once(part, facts) for part in parts)
        case Not(part):
            return not holds_once(part, facts)
        case Test():
            return _compile_test(condition)(facts)


def compile_condition(condition: Condition) -> Matcher:
    """A function of normal facts, which must hold a key for each attribute of the condition."""
    match condition:
        case All(parts):
            return _compile_all(tuple(compile_condition(part) for part in parts))
        case Any(parts):
            return _compile_any(tuple(compile_condition(part) for part in parts))
        case Not(part):
            inner = compile_condition(part)
            return lambda facts: not inner(facts)
        case Test():
            return _compile_test(condition)


def _compile_test(test: Test) -> Matcher:
    name = test.attribute
    is_true = make_predicate(test.operator, test.value)
    return lambda facts: is_true(facts[name])


def _compile_all(parts: tuple[Matcher, ...]) -> Matcher:
    if len(parts) == 1:
        return parts[0]

    # A loop, because all() over a generator takes three times as long.
    def every(facts: NormalFacts) -> bool:
        for part in parts:  # noqa: SIM110
            if not part(facts):
                return False
        return True

    return every


def _compile_any(parts: tuple[Matcher, ...]) -> Matcher:
    if len(parts) == 1:
        return parts[0]

    def some(facts: NormalFacts) -> bool:
        for part in parts:  # noqa: SIM110
            if part(facts):
                return True
        return False

    return some


def find_constant(condition: Condition) -> bool | None:
    """True or False when the shape of the tree alone decides, whatever the facts; None
    otherwise."""
    match condition:
        case All(parts):
            return _combine(parts, decisive=False)
        case Any(parts):
            return _combine(parts, decisive=True)
        case Not(part):
            inner = find_constant(part)
            return None if inner is None else not inner
        case Test():
            return None


def _combine(parts: tuple[Condition, ...], *, decisive: bool) -> bool | None:
    results = [find_constant(part) for part in parts]
    if decisive in results:
        return decisive
    return None if None in results else not decisive


def is_always(condition: Condition) -> bool:
    """Whether the condition is a catch-all: true by its shape, for every lead."""
    return find_constant(condition) is True
