"""The fewest attributes of a lead to change so that a given rule takes it.

The lead is a point of the space of the proofs. Some attributes are set free, the others stay: is
there then a point that the rule is the first to take? If not, the proof names the rules in the way, and
only an attribute that one of these asks about can help; so sets of attributes are tried in order of
their size, and the first that works is among the smallest there are.

The territory follows from the other facts. It is counted as one change, and then replaced by what it
takes to get there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from routing.engine.attributes import find_attribute
from routing.engine.compiling import Plan
from routing.engine.conditions import All, Condition, Test, holds
from routing.engine.counterfactuals.relocating import leave_all, relocate
from routing.engine.deciding import look
from routing.engine.facts import Facts, FactValue
from routing.engine.normal import NORMALISERS
from routing.engine.operators import Operator
from routing.engine.proving.boxes import EVERYWHERE, Box, intersect
from routing.engine.proving.domains import Knowledge
from routing.engine.proving.rules import RuleProver
from routing.engine.proving.searching import UndecidedError

TERRITORY = "territory"
MAX_CHANGES = 6
MAX_TRIES = 4_000
MAX_TERRITORIES = 64
"""So many territories are tried for one set of changes, where no lead comes into the first ones."""


@dataclass(frozen=True, slots=True)
class Change:
    """None is “unknown”."""

    attribute: str
    before: FactValue
    after: FactValue


@dataclass(frozen=True, slots=True)
class LeadChange:
    """`facts` are those of the changed lead, without a territory; `rule_id` is the rule it then
    meets first."""

    rule_id: int
    changes: tuple[Change, ...]
    facts: Facts


def find_smallest_change(
    plan: Plan,
    facts: Facts,
    rule_ids: Iterable[int],
    now: datetime,
    knowledge: Knowledge | None = None,
    *,
    territories: Collection[str] | None = None,
) -> LeadChange | None:
    """The lead with as few attributes changed as possible, such that one of these rules takes it now;
    None when none was found. `facts` as a verdict holds them, with the territory.

    `territories` (slugs): only such leads as belong to one of these. Rules not in force now are not
    reached by any change.
    """
    known = knowledge or Knowledge()
    slugs = plan.territory_index.list_slugs()
    also = [Test(TERRITORY, Operator.CONTAINS, tuple(territories))] if territories else []
    prover = RuleProver(
        plan.rules, now, plan.zone, replace(known, territories=slugs, lead=facts), also=also
    )
    places = [n for n, rule in enumerate(prover.rules) if rule.id in set(rule_ids)]
    countries = sorted(known.values.get("country", ()))
    return _Search(plan, prover, facts, now, also, countries).run(places)


class _Search:
    def __init__(
        self,
        plan: Plan,
        prover: RuleProver,
        facts: Facts,
        now: datetime,
        also: Sequence[Condition],
        countries: Sequence[str],
    ) -> None:
        self._countries = countries
        self._plan, self._prover, self._facts, self._now = plan, prover, facts, now
        space = prover.space
        self._also = All(tuple(also))
        self._limits = intersect(
            prover.calendar.box_at(now), next(iter(space.find_boxes(self._also)), EVERYWHERE)
        )
        self._own = space.locate(facts)
        self._numbers = {name: space.list_numbers(name) for name in space.domains}
        self._names = {n: name for name, numbers in self._numbers.items() for n in numbers}

    def run(self, places: Iterable[int]) -> LeadChange | None:
        waiting = deque(sorted(self._start(places), key=lambda one: len(one[2])))
        seen = {(place, number, freed) for place, number, freed in waiting}
        tries = 0
        while waiting and tries < MAX_TRIES:
            place, number, freed = waiting.popleft()
            tries += 1
            found, helpful = self._try(place, number, freed)
            if found is not None:
                return found
            if len(freed) >= MAX_CHANGES:
                continue
            for name in sorted(helpful - freed, key=_find_ease):
                more = (place, number, freed | {name})
                if more not in seen:
                    seen.add(more)
                    _insert(waiting, more)
        return None

    def _start(self, places: Iterable[int]) -> Iterator[tuple[int, int, frozenset[str]]]:
        """For each box of each rule what must change in any case."""
        for place in places:
            for number, region in enumerate(self._prover.regions[place]):
                box = intersect(region, self._limits) if self._limits is not None else None
                if box is None:
                    continue
                freed = {
                    self._names[variable]
                    for variable, cells in box.items()
                    if variable in self._names and not cells >> self._own[variable] & 1
                }
                yield place, number, frozenset(freed)

    def _try(
        self, place: int, number: int, freed: frozenset[str]
    ) -> tuple[LeadChange | None, set[str]]:
        """A change of these attributes that works; else the attributes that might help besides."""
        prover = self._prover
        fixed: Box = {n: 1 << cell for n, cell in self._own.items() if self._names[n] not in freed}
        here: Box | None = prover.regions[place][number]
        for limits in (fixed, self._limits):
            here = intersect(here, limits or EVERYWHERE) if here is not None else None
        if here is None:
            return None, set()
        for _ in range(MAX_TERRITORIES):
            try:
                point, used = prover.search_above(place, here)
            except UndecidedError:
                return None, set()
            if point is None:
                boxes = prover.list_boxes(used)
                return None, {self._names[n] for box in boxes for n in box if n in self._names}
            facts = self._keep_near(place, dict(prover.space.make_facts(point)), freed)
            found = self._realise(place, facts, freed)
            if found is not None:
                return found, set()
            if TERRITORY not in freed or TERRITORY not in self._numbers:
                # Whoever moves may change territory, which then must be free to follow.
                return None, {TERRITORY} & set(self._numbers)
            variable = self._numbers[TERRITORY][0]
            cells = here.get(variable, prover.space.variables[variable].full)
            left = cells & ~(1 << point[variable])
            if not left:
                break
            here = {**here, variable: left}
        return None, set()

    def _keep_near(
        self, place: int, facts: dict[str, FactValue], freed: frozenset[str]
    ) -> dict[str, FactValue]:
        """Numbers as close to the lead's own as the rule lets them be."""
        for name in sorted(freed):
            own, value = _read_number(self._facts, name), _read_number(facts, name)
            if own is None or value is None:
                continue
            samples = self._prover.space.domains[name].list_numbers()
            nearer = [(abs(x - own), x) for x in samples if abs(x - own) < abs(value - own)]
            for _, sample in sorted(nearer):
                if self._prover.takes(place, {**facts, name: sample}, self._now):
                    facts[name] = sample
                    break
        return facts

    def _realise(
        self, place: int, facts: Mapping[str, FactValue], freed: frozenset[str]
    ) -> LeadChange | None:
        """The whole lead with these values, if the engine sends it to the rule."""
        changed = {name: facts.get(name) for name in freed if name != TERRITORY}
        lead = {**self._facts, **changed}
        lead.pop(TERRITORY, None)
        if self._arrives(lead, place):
            return self._make_change(lead, place)
        target = facts.get(TERRITORY)
        if TERRITORY not in freed:
            return None
        index = self._plan.territory_index
        if isinstance(target, frozenset):
            moved = relocate(index, lead, target)
        else:
            moved = leave_all(index, lead, self._countries)
        if moved is None or not self._arrives(moved, place):
            return None
        return self._make_change(moved, place)

    def _arrives(self, lead: Facts, place: int) -> bool:
        """Whether the engine sends the lead to the rule, in a territory as asked for."""
        sighting = look(self._plan, lead, self._now)
        if sighting.rule is None or sighting.rule.id != self._prover.rules[place].id:
            return False
        return holds(self._also, sighting.facts)

    def _make_change(self, lead: Facts, place: int) -> LeadChange:
        facts = {name: value for name, value in lead.items() if value is not None}
        return LeadChange(self._prover.rules[place].id, tuple(self._list_changes(lead)), facts)

    def _list_changes(self, lead: Facts) -> Iterator[Change]:
        # By the names of the rules, which know what they name; facts have plain ones.
        asked = {name: name for name in self._numbers}
        for plain in sorted({*lead, *self._facts} - {TERRITORY}):
            name = asked.get(plain, plain)
            before, after = self._facts.get(name), lead.get(name)
            attribute = find_attribute(name)
            if attribute is None:
                continue
            normalise = NORMALISERS[attribute.type]
            if normalise(before) != normalise(after):
                yield Change(name, before, after)


def _insert(
    waiting: deque[tuple[int, int, frozenset[str]]], one: tuple[int, int, frozenset[str]]
) -> None:
    """Behind all of its size or smaller, so that the smallest are met first."""
    place = len(waiting)
    while place and len(waiting[place - 1][2]) > len(one[2]):
        place -= 1
    waiting.insert(place, one)


HARD = ("arrival_weekday", "arrival_hour", "interactions", TERRITORY)


def _find_ease(name: str) -> tuple[bool, str]:
    """Facts of the lead before circumstances of its arrival."""
    return name in HARD, name


def _read_number(facts: Facts, name: str) -> float | None:
    value = facts.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
