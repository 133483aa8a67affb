"""Attributes that are sets: each member that a test names is in or out, by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from routing.engine.conditions.nodes import Test
from routing.engine.facts import FactValue
from routing.engine.normal import NORMALISERS, AttributeType, fold_text
from routing.engine.operators import Operator, as_tuple
from routing.engine.proving.boxes import Box, Point, make_bits
from routing.engine.proving.domains.base import Spellings, Variable
from routing.engine.proving.domains.samples import OTHERS, find_fresh_sign

UNKNOWN, KNOWN = 0b01, 0b10
OUT, IN = 0b01, 0b10
normalise_set = NORMALISERS[AttributeType.SET]


class MembersDomain:
    """One variable says whether the set is known; then one for each member."""

    def __init__(
        self, name: str, first: int, tests: Sequence[Test], extra: Collection[str]
    ) -> None:
        self.first = first
        self._spellings = Spellings(tests)
        named = dict.fromkeys(
            fold_text(str(item))
            for test in tests
            if test.value is not None
            for item in as_tuple(test.value)
        )
        members = [*named, *(text for text in sorted(extra) if text not in named)]
        self._numbers = {member: first + 1 + place for place, member in enumerate(members)}
        self.variables = (
            Variable(f"{name} known", 2, unknown=UNKNOWN),
            *(Variable(f"{name}: {member}", 2) for member in members),
        )
        # Nothing is in a set that is not known; a known one can hold what nobody names.
        self.axioms: Sequence[Box] = [
            {first: UNKNOWN, number: IN} for number in self._numbers.values()
        ]
        self._other = next(
            (text for text in OTHERS if text not in named), find_fresh_sign(named) * 3
        )

    def boxes(self, test: Test, *, is_wanted: bool) -> list[Box]:
        numbers = [
            self._numbers[fold_text(str(item))]
            for item in (as_tuple(test.value) if test.value is not None else ())
        ]
        match test.operator:
            case Operator.IS_UNKNOWN | Operator.IS_KNOWN:
                is_known = (test.operator is Operator.IS_KNOWN) == is_wanted
                return [{self.first: KNOWN if is_known else UNKNOWN}]
            case Operator.CONTAINS:
                is_any = True
            case _:
                is_any = False
        side = IN if is_wanted else OUT
        if is_any == is_wanted:
            return [{number: side} for number in dict.fromkeys(numbers)]
        return [dict.fromkeys(numbers, side)]

    def value(self, point: Point) -> FactValue:
        if point.get(self.first, 1) == 0:
            return None
        found = [m for m, number in self._numbers.items() if point.get(number, 0) == 1]
        return frozenset(map(self._spellings.write, found)) or frozenset({self._other})

    def list_numbers(self) -> Sequence[float]:
        return ()

    def locate(self, value: FactValue) -> dict[int, int]:
        members = normalise_set(value)
        held = members if isinstance(members, frozenset) else frozenset()
        return {
            self.first: int(bool(held)),
            **{number: int(member in held) for member, number in self._numbers.items()},
        }


class ListedSetsDomain:
    """Sets of which only certain ones occur, such as the territories of a lead: one cell each."""

    axioms: Sequence[Box] = ()

    def __init__(
        self, name: str, first: int, sets: Collection[frozenset[str]], spellings: Spellings
    ) -> None:
        self.first = first
        self._spellings = spellings
        folded = {frozenset(map(fold_text, one)) for one in sets} - {frozenset()}
        self._sets: list[frozenset[str] | None] = [None, *sorted(folded, key=sorted)]
        self._cells = {one: number for number, one in enumerate(self._sets)}
        self.variables = (Variable(name, len(self._sets), unknown=1),)
        holders: dict[str, list[int]] = {}
        for number, one in enumerate(self._sets):
            for member in one or ():
                holders.setdefault(member, []).append(number)
        self._holders = {member: make_bits(found) for member, found in holders.items()}

    def boxes(self, test: Test, *, is_wanted: bool) -> list[Box]:
        cells = self._find_cells(test)
        if not is_wanted:
            cells = self.variables[0].full & ~cells
        return [{self.first: cells}] if cells else []

    def find_set(self, members: frozenset[str]) -> int:
        """The bit of the cell of exactly this set (in any case), 0 where none is."""
        number = self._cells.get(frozenset(map(fold_text, members)))
        return 0 if number is None else 1 << number

    def _find_cells(self, test: Test) -> int:
        if test.operator is Operator.IS_UNKNOWN:
            return 1
        known = self.variables[0].full & ~1
        if test.operator is Operator.IS_KNOWN:
            return known
        found = [self._holders.get(fold_text(str(item)), 0) for item in as_tuple(test.value)]
        if test.operator is Operator.CONTAINS_ALL:
            for cells in found:
                known &= cells
            return known
        joined = 0
        for cells in found:
            joined |= cells
        return joined

    def value(self, point: Point) -> FactValue:
        members = self._sets[point[self.first]]
        return None if members is None else frozenset(map(self._spellings.write, members))

    def list_numbers(self) -> Sequence[float]:
        return ()

    def locate(self, value: FactValue) -> dict[int, int]:
        members = normalise_set(value)
        return {self.first: self._cells[members]}  # type: ignore[index]
