"""Texts that tests look inside of (CONTAINS)."""

from __future__ import annotations

from collections.abc import Sequence

from routing.engine.conditions.nodes import Test
from routing.engine.facts import FactValue
from routing.engine.normal import fold_part
from routing.engine.operators import Operator, as_tuple
from routing.engine.proving.boxes import Box, Point
from routing.engine.proving.domains.base import Variable
from routing.engine.proving.domains.listed import ListedDomain
from routing.engine.proving.domains.samples import find_fresh_sign

OUT, IN = 0b01, 0b10


class PartsDomain:
    """A listed domain for how the text begins or what it is as a whole, and for each part that is
    asked for whether the text contains it.

    A sample that no test names as a whole can be continued by any parts, with a letter between them
    that no test mentions, so every combination that the axioms leave has a text.
    """

    def __init__(
        self,
        base: ListedDomain,
        tests: Sequence[Test],
        *,
        parts: Sequence[str],
        whole: frozenset[str],
    ) -> None:
        self.first = base.first
        self._base = base
        self._whole = whole
        self._numbers = {part: base.first + 1 + place for place, part in enumerate(parts)}
        name = base.variables[0].name
        self.variables = (
            *base.variables,
            *(Variable(f"{name} contains {part!r}", 2) for part in parts),
        )
        mentioned = [str(item) for test in tests for item in as_tuple(test.value or ())]
        self._sign = find_fresh_sign([*parts, *whole, *map(fold_part, mentioned)])
        self.axioms: Sequence[Box] = [*self._find_fixed(), *self._find_nested()]

    def _find_fixed(self) -> list[Box]:
        """What the text as a whole, or its beginning, already says about its parts."""
        axioms: list[Box] = []
        for part, number in self._numbers.items():
            never = always = 0
            for cell, sample in enumerate(self._base.samples):
                if sample is None:
                    never |= 1 << cell
                elif part in str(sample):
                    always |= 1 << cell
                elif sample in self._whole:
                    never |= 1 << cell
            axioms += [{self.first: never, number: IN}] if never else []
            axioms += [{self.first: always, number: OUT}] if always else []
        return axioms

    def _find_nested(self) -> list[Box]:
        """A text with a part in it contains what that part contains."""
        return [
            {outer: IN, inner: OUT}
            for part, outer in self._numbers.items()
            for piece, inner in self._numbers.items()
            if piece != part and piece in part
        ]

    def boxes(self, test: Test, *, is_wanted: bool) -> list[Box]:
        if test.operator is not Operator.CONTAINS:
            return self._base.boxes(test, is_wanted=is_wanted)
        numbers = dict.fromkeys(self._numbers[fold_part(str(one))] for one in as_tuple(test.value))
        if is_wanted:
            return [{number: IN} for number in numbers]
        return [dict.fromkeys(numbers, OUT)]

    def value(self, point: Point) -> FactValue:
        text = self._base.value(point)
        if text is None or self._base.samples[point[self.first]] in self._whole:
            return text
        found = [part for part, number in self._numbers.items() if point.get(number, 0) == 1]
        found = [part for part in found if part not in fold_part(str(text))]
        return self._sign.join([str(text), *found, ""]) if found else text

    def list_numbers(self) -> Sequence[float]:
        return ()

    def locate(self, value: FactValue) -> dict[int, int]:
        cells = self._base.locate(value)
        sample = self._base.samples[cells[self.first]]
        text = "" if sample is None else str(sample)
        return cells | {number: int(part in text) for part, number in self._numbers.items()}
