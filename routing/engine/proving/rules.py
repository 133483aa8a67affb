"""What is true of the rules for every lead there could be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from routing.engine.compiling import Plan, compile_plan
from routing.engine.conditions import Condition, find_constant
from routing.engine.conditions.evaluating import holds_once, normalise_facts
from routing.engine.facts import Facts
from routing.engine.proving.boxes import EVERYWHERE, Box, Point, intersect, is_inside
from routing.engine.proving.domains import Knowledge
from routing.engine.proving.findings import (
    Contradiction,
    Findings,
    Gap,
    ProofError,
    Unreachable,
    Witness,
)
from routing.engine.proving.parts import iter_alternatives, iter_conjuncts
from routing.engine.proving.searching import Cover, UndecidedError
from routing.engine.proving.space import Space
from routing.engine.proving.times import Calendar
from routing.engine.rule_checks import is_catch_all
from routing.engine.rules import Rule

MAX_GAPS = 3
MANY_COVERING = 24
"""Of more covering rules than this the list is not made as short as possible."""


class RuleProver:
    """The rules of one version, ready for questions; `also` are conditions to be asked about besides
    those of the rules."""

    def __init__(
        self,
        rules: Sequence[Rule],
        now: datetime,
        zone: tzinfo,
        knowledge: Knowledge | None = None,
        also: Sequence[Condition] = (),
    ) -> None:
        self.rules = sorted(rules, key=lambda rule: rule.position)
        self.zone = zone
        self._places = {rule.id: place for place, rule in enumerate(self.rules)}
        self.space = Space([*(rule.condition for rule in self.rules), *also], knowledge)
        self.calendar = Calendar(self.space, self.rules, now, zone)
        self.regions = [self._find_region(rule) for rule in self.rules]
        axioms = self.space.axioms
        boxes = list(axioms)
        self._owners = [-1] * len(axioms)
        self._behind: list[int] = []
        for place, region in enumerate(self.regions):
            boxes += region
            self._owners += [place] * len(region)
            self._behind.append(len(boxes))
        self._cover = Cover(self.space.variables, boxes)
        self._axioms = (1 << len(axioms)) - 1
        self._axiom_cover = Cover(self.space.variables, list(axioms))
        self._plan: Plan | None = None

    def _find_region(self, rule: Rule) -> list[Box]:
        when = self.calendar.box(rule)
        if when is None:
            return []
        found = (intersect(box, when) for box in self.space.find_boxes(rule.condition))
        return [box for box in found if box is not None]

    def prove(self) -> Findings:
        """Everything about every rule, and about what falls to the catch-all."""
        findings = Findings()
        # Thousands of witnesses: worth an index, which a question about one rule is not.
        self._plan = compile_plan(0, 0, self.rules, (), self.zone)
        for place in range(len(self.rules)):
            self.prove_rule(place, findings)
        try:
            findings.gaps += self.find_gaps()
        except UndecidedError:
            findings.undecided += [rule.id for rule in self.rules[-1:]]
        return findings

    def prove_rule(self, place: int, findings: Findings) -> None:
        """Adds what is true of the rule at this place (from 0)."""
        rule = self.rules[place]
        try:
            found = list(self._find_contradictions(place))
            findings.contradictions += found
            if any(not one.is_alternative for one in found):
                return
            if self.find_lead(place) is None:
                covering = self._list_covering(place)
                if covering:
                    findings.unreachable.append(Unreachable(rule.id, covering))
                else:  # its days and its hours never come together
                    findings.contradictions.append(Contradiction(rule.id, ()))
        except UndecidedError:
            findings.undecided.append(rule.id)

    def list_below(self, place: int, most: int) -> list[int]:
        """Places of the rules below that this one takes leads from; of those after the first `most`
        only the ones it covers all by itself."""
        mine = self.regions[place]
        found: list[int] = []
        for below in range(place + 1, len(self.rules)):
            theirs = self.regions[below]
            if len(found) < most:
                touches = any(intersect(a, b) is not None for a in mine for b in theirs)
            else:
                touches = all(any(is_inside(b, a) for a in mine) for b in theirs)
            if touches:
                found.append(below)
        return found

    # Reaching a rule

    def find_lead(self, place: int, within: Box = EVERYWHERE) -> Witness | None:
        """A lead (of those `within`) that the rule at this place is the first to take."""
        above = self._list_above(place)
        for box in self.regions[place]:
            here = intersect(box, within)
            point = self._cover.find_point(here, above)[0] if here is not None else None
            if point is not None:
                return self._make_witness(point, place)
        return None

    def is_reached(self, place: int) -> bool:
        """As `find_lead`, without a witness: for many rules of which only a few are doubtful.

        Raises: UndecidedError.
        """
        above = self._list_above(place)
        return any(self._cover.find_point(box, above)[0] is not None for box in self.regions[place])

    def search_above(self, place: int, within: Box) -> tuple[Point | None, set[int]]:
        """A point that no rule above this place takes, or the numbers of the boxes in the way.

        Raises: UndecidedError.
        """
        return self._cover.find_point(within, self._list_above(place))

    def list_boxes(self, numbers: set[int]) -> list[Box]:
        return [self._cover.boxes[number] for number in numbers]

    def takes(self, place: int, facts: Facts, at: datetime) -> bool:
        """Whether the rule at this place is the first to take the lead."""
        return self.find_first(Witness(facts, at)) == place

    def _list_above(self, place: int) -> int:
        """Bits of the axioms and of all boxes of the rules above."""
        return (1 << (self._behind[place - 1] if place else len(self.space.axioms))) - 1

    def _make_witness(self, point: Point, place: int | None) -> Witness:
        """Raises: ProofError when the product's own evaluator sees it otherwise."""
        witness = Witness(self.space.make_facts(point), self.calendar.make_moment(point))
        found = self.find_first(witness)
        if found != place:
            raise ProofError(f"Rule {found} takes {witness}, not rule {place}.")
        return witness

    def find_first(self, witness: Witness) -> int | None:
        """The place of the rule that takes the lead, by the rules' own compiled conditions."""
        if self._plan is not None:
            found = self._plan.match(witness.facts, witness.at)
            return None if found is None else self._places[found.id]
        facts = normalise_facts(witness.facts, self.space.domains)
        for place, rule in enumerate(self.rules):
            if holds_once(rule.condition, facts) and rule.is_in_force(witness.at, self.zone):
                return place
        return None

    def _list_covering(self, place: int) -> tuple[int, ...]:
        """Rules that cover this one, as few as leaving out one after another gives."""
        above = self._list_above(place)
        places = self._find_users(place, above)
        # A single rule that covers it says most; else the fewest.
        for one in sorted(places):
            if self._is_covered(place, {one}):
                return (self.rules[one].id,)
        if len(places) <= MANY_COVERING:
            for one in sorted(places, reverse=True):
                if self._is_covered(place, places - {one}):
                    places = places - {one}
        return tuple(self.rules[one].id for one in sorted(places))

    def _find_users(self, place: int, among: int) -> set[int]:
        used: set[int] = set()
        for box in self.regions[place]:
            used |= self._cover.find_point(box, among)[1]
        return {self._owners[number] for number in used} - {-1}

    def _is_covered(self, place: int, by: set[int]) -> bool:
        among = self._axioms
        for one in by:
            among |= self._select(one)
        return all(self._cover.find_point(box, among)[0] is None for box in self.regions[place])

    def _select(self, place: int) -> int:
        """Bits of the boxes of one rule."""
        first = self._behind[place - 1] if place else len(self.space.axioms)
        return (1 << self._behind[place]) - (1 << first)

    # Contradictions

    def _find_contradictions(self, place: int) -> Iterator[Contradiction]:
        rule = self.rules[place]
        condition = rule.condition
        if not self._is_possible([condition]):
            parts = self._shorten(list(iter_conjuncts(condition, "")))
            yield Contradiction(
                rule.id, tuple(path for path, _ in parts), tuple(part for _, part in parts)
            )
            return
        if self.calendar.box(rule) is None:
            yield Contradiction(rule.id, ())
            return
        for path, part in iter_alternatives(condition, ""):
            if find_constant(part) is None and not self._is_possible([part]):
                parts = self._shorten(list(iter_conjuncts(part, path)))
                yield Contradiction(
                    rule.id,
                    tuple(path for path, _ in parts),
                    tuple(part for _, part in parts),
                    is_alternative=True,
                )

    def _is_possible(self, parts: Sequence[Condition]) -> bool:
        boxes: list[Box] = [EVERYWHERE]
        for part in parts:
            pairs = (
                intersect(one, other) for one in boxes for other in self.space.find_boxes(part)
            )
            boxes = [box for box in pairs if box is not None]
        axioms = self._file_axioms()
        return any(axioms.find_point(box)[0] is not None for box in boxes)

    def _file_axioms(self) -> Cover:
        """The axioms alone; parts of conditions may bring new ones."""
        if len(self._axiom_cover.boxes) != len(self.space.axioms):
            self._axiom_cover = Cover(self.space.variables, list(self.space.axioms))
        return self._axiom_cover

    def _shorten(self, parts: list[tuple[str, Condition]]) -> list[tuple[str, Condition]]:
        """As few of the parts as still exclude each other."""
        for one in list(parts):
            fewer = [part for part in parts if part is not one]
            if fewer and not self._is_possible([part for _, part in fewer]):
                parts = fewer
        return parts

    # Gaps

    def find_gaps(self) -> list[Gap]:
        """Leads that fall to the catch-all (or through), of different kinds, at most `MAX_GAPS`.

        As much as possible is known of them: an attribute is unknown only where no such lead has it.
        """
        last = len(self.rules)
        while last and is_catch_all(self.rules[last - 1]):
            last -= 1
        among = self._list_above(last)
        first = self._find_gap(EVERYWHERE, among)
        if first is None:
            return []
        gaps = [self._make_gap(first, among, last)]
        for variable, cells in self._widen(first, among).items():
            if len(gaps) == MAX_GAPS:
                break
            elsewhere = self.space.variables[variable].full & ~cells
            other = self._find_gap({variable: elsewhere}, among) if elsewhere else None
            if other is not None:
                gaps.append(self._make_gap(other, among, last))
        return gaps

    def _find_gap(self, within: Box, among: int) -> Point | None:
        """A point outside; one attribute after another is demanded to be known where that leaves
        one."""
        point = self._cover.find_point(within, among)[0]
        if point is None:
            return None
        here = dict(within)
        for number, one in enumerate(self.space.variables):
            known = here.get(number, one.full) & ~one.unknown
            if not one.unknown or not known:
                continue
            found = self._cover.find_point({**here, number: known}, among)[0]
            if found is not None:
                here[number], point = known, found
        return point

    def _make_gap(self, point: Point, among: int, last: int) -> Gap:
        witness = self._make_witness(point, last if last < len(self.rules) else None)
        wide = self._widen(point, among)
        domains = self.space.domains.items()
        times = (self.calendar.dates, self.calendar.week)
        always = {number: cells for number, cells in wide.items() if number not in times}
        return Gap(
            witness,
            unknown=tuple(
                name
                for name, domain in domains
                if domain.variables[0].unknown >> point[domain.first] & 1
            ),
            any_value=tuple(
                name
                for name, _ in domains
                if all(number not in wide for number in self.space.list_numbers(name))
            ),
            is_timed=bool(self._cover.list_touching(always, among & ~self._axioms)),
        )

    def _widen(self, point: Point, among: int) -> dict[int, int]:
        """A box around the point that no rule touches, as wide as one variable after another allows;
        variables that may be anything are left out."""
        among &= ~self._axioms
        wide = {n: 1 << cell for n, cell in point.items() if not self.space.is_defined(n)}
        for name in self.space.domains:
            numbers = self.space.list_numbers(name)
            freed = {number: cells for number, cells in wide.items() if number not in numbers}
            touching = self._cover.list_touching(freed, among)
            if not touching:
                wide = freed
            elif len(numbers) == 1:
                taken = 0
                for box in touching:
                    taken |= box[numbers[0]]
                wide[numbers[0]] = self.space.variables[numbers[0]].full & ~taken
        return wide
