"""All leads there could be, as far as some rules can tell them apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from routing.engine.attributes import get_attribute
from routing.engine.conditions.nodes import All, Any, Condition, Not, Test, iter_tests
from routing.engine.facts import Facts, FactValue
from routing.engine.proving.boxes import EVERYWHERE, Box, Point, intersect, unite_simple
from routing.engine.proving.dependencies import list_ties
from routing.engine.proving.domains import Domain, Knowledge, Variable, make_domain

MAX_BOXES = 64
"""A part of a condition that would need more boxes than this becomes a variable of its own."""


class Space:
    """Made for the conditions it will be asked about: another may hold tests it has no cells for.

    `variables` by number; no lead is in any of the `axioms`.
    """

    def __init__(self, conditions: Iterable[Condition], knowledge: Knowledge | None = None) -> None:
        self.variables: list[Variable] = []
        self.axioms: list[Box] = []
        self._defined: dict[Condition, int] = {}
        self._definitions: set[int] = set()
        self.domains: dict[str, Domain] = {}
        knowledge = knowledge or Knowledge()
        for name, tests in _by_attribute(conditions).items():
            domain = make_domain(get_attribute(name), tests, len(self.variables), knowledge)
            self.domains[name] = domain
            self.variables += domain.variables
            self.axioms += domain.axioms
        self.axioms += list_ties(self.domains, knowledge)
        self._kept: dict[tuple[Test, bool], list[Box]] = {}

    def add_variable(self, variable: Variable) -> int:
        """Its number. For what is no attribute, such as the time."""
        self.variables.append(variable)
        return len(self.variables) - 1

    def find_boxes(self, condition: Condition, *, is_wanted: bool = True) -> list[Box]:
        """The points at which the condition is true (or false), as boxes that may overlap.

        May define further variables and axioms, so ask about all conditions before searching.
        """
        match condition:
            case Test():
                key = (condition, is_wanted)
                if key not in self._kept:
                    domain = self.domains[condition.attribute]
                    self._kept[key] = domain.boxes(condition, is_wanted=is_wanted)
                return self._kept[key]
            case Not(part):
                return self.find_boxes(part, is_wanted=not is_wanted)
            case All(parts) | Any(parts):
                if isinstance(condition, All) == is_wanted:
                    return self._cross(parts, is_wanted=is_wanted)
                found = (self.find_boxes(part, is_wanted=is_wanted) for part in parts)
                return unite_simple([box for boxes in found for box in boxes])

    def _cross(self, parts: Iterable[Condition], *, is_wanted: bool) -> list[Box]:
        """The points in all parts. Where multiplying them out would explode, a part is replaced by
        one variable that says whether it holds (Tseitin's trick), so this stays exact."""
        found = [(self.find_boxes(part, is_wanted=is_wanted), part) for part in parts]
        crossed: list[Box] = [EVERYWHERE]
        for boxes, part in sorted(found, key=lambda pair: len(pair[0])):
            factor = boxes
            if len(crossed) * len(boxes) > MAX_BOXES and len(boxes) > 1:
                factor = [{self._define(part): 0b10 if is_wanted else 0b01}]
            pairs = (intersect(one, other) for one in crossed for other in factor)
            crossed = [box for box in pairs if box is not None]
        return crossed

    def _define(self, condition: Condition) -> int:
        """The variable whose second cell means that the condition is true."""
        if condition not in self._defined:
            number = self.add_variable(Variable(f"part {len(self._defined) + 1}", 2))
            self._defined[condition] = number
            self._definitions.add(number)
            for is_true, contradiction in ((True, 0b01), (False, 0b10)):
                for box in self.find_boxes(condition, is_wanted=is_true):
                    self.axioms.append({**box, number: contradiction})
        return self._defined[condition]

    def is_defined(self, number: int) -> bool:
        """Whether the variable stands for a part of a condition, not for a fact."""
        return number in self._definitions

    def make_facts(self, point: Point) -> dict[str, FactValue]:
        """A lead in these cells; what is unknown is left out."""
        values = {name: domain.value(point) for name, domain in self.domains.items()}
        return {name: value for name, value in values.items() if value is not None}

    def locate(self, facts: Facts) -> dict[int, int]:
        """The cells of a lead that the space was made to know (`Knowledge.lead`)."""
        cells: dict[int, int] = {}
        for name, domain in self.domains.items():
            cells |= domain.locate(facts.get(name))
        return cells

    def list_numbers(self, name: str) -> range:
        """Numbers of the variables of an attribute."""
        domain = self.domains[name]
        return range(domain.first, domain.first + len(domain.variables))


def _by_attribute(conditions: Iterable[Condition]) -> Mapping[str, list[Test]]:
    """The tests of each attribute, each once."""
    found: dict[str, dict[Test, None]] = defaultdict(dict)
    for condition in conditions:
        for test in iter_tests(condition):
            found[test.attribute][test] = None
    return {name: list(tests) for name, tests in sorted(found.items())}
