"""Attributes whose cells are a list of sample values: one variable, one cell a sample."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from routing.engine.conditions.nodes import Test
from routing.engine.facts import FactValue
from routing.engine.normal import Normaliser, NormalValue, fold_text
from routing.engine.operators import Operator, make_predicate
from routing.engine.operators import as_tuple as items_of
from routing.engine.postal import compact_postal
from routing.engine.proving.boxes import Box, Point, make_bits, make_run
from routing.engine.proving.domains.base import Spellings, Variable

LAST = "\U0010ffff"


class ListedDomain:
    """`samples` are normal values in order (numbers by size, texts by code point), None first where
    the attribute may be unknown. No test tells two values of one cell apart."""

    axioms: Sequence[Box] = ()

    def __init__(
        self,
        name: str,
        first: int,
        samples: Sequence[NormalValue],
        *,
        spellings: Spellings,
        normalise: Normaliser,
    ) -> None:
        self.first = first
        self.samples = samples
        has_unknown = samples[0] is None
        self.variables = (Variable(name, len(samples), unknown=1 if has_unknown else 0),)
        self._known = list(samples[1:] if has_unknown else samples)
        self._start = 1 if has_unknown else 0
        self._numbers = {sample: number for number, sample in enumerate(samples)}
        self._spellings = spellings
        self._normalise = normalise
        self._within: dict[str, int] | None = None
        self._compact: list[tuple[str, int]] | None = None

    def boxes(self, test: Test, *, is_wanted: bool) -> list[Box]:
        cells = self.find_cells(test)
        if not is_wanted:
            cells = self.variables[0].full & ~cells
        return [{self.first: cells}] if cells else []

    def find_cell(self, value: str) -> int:
        """The bit of the cell whose sample this text is (in any case), 0 where none is."""
        number = self._numbers.get(fold_text(value))
        return 0 if number is None else 1 << number

    def find_cells(self, test: Test) -> int:
        """Bits of the cells whose values pass the test."""
        match test.operator:
            case Operator.IS_UNKNOWN:
                return self.variables[0].unknown
            case Operator.IS_KNOWN:
                return self.variables[0].full & ~self.variables[0].unknown
            case Operator.EQUALS | Operator.IN:
                found = (self._numbers.get(_fold(item)) for item in items_of(test.value))
                return make_bits([number for number in found if number is not None])
            case Operator.BETWEEN | Operator.AT_LEAST | Operator.AT_MOST:
                return self._find_numbers(test)
            case Operator.STARTS_WITH:
                return _join(self._find_head(fold_text(item)) for item in _texts(test))
            case Operator.MATCHES_DOMAIN:
                return _join(self._find_within(fold_text(item)) for item in _texts(test))
            case Operator.WITHIN_POSTAL_RANGE:
                return self._find_postal(test)
        return self._try_each(test)

    def _find_numbers(self, test: Test) -> int:
        items = items_of(test.value)
        low = -float("inf") if test.operator is Operator.AT_MOST else items[0]
        high = float("inf") if test.operator is Operator.AT_LEAST else items[-1]
        known: list[float] = self._known  # type: ignore[assignment]
        first, behind = bisect_left(known, low), bisect_right(known, high)
        return make_run(self._start + first, self._start + behind)

    def _find_head(self, head: str) -> int:
        known: list[str] = self._known  # type: ignore[assignment]
        first, behind = bisect_left(known, head), bisect_left(known, head + LAST)
        return make_run(self._start + first, self._start + behind)

    def _find_within(self, domain: str) -> int:
        if self._within is None:
            members: dict[str, list[int]] = {}
            for number, sample in enumerate(self._known, self._start):
                part = str(sample)
                while part:
                    members.setdefault(part, []).append(number)
                    part = part.partition(".")[2]
            self._within = {part: make_bits(found) for part, found in members.items()}
        return self._within.get(domain, 0)

    def _find_postal(self, test: Test) -> int:
        """Only codes that lie between the two ends as texts can lie between them as codes."""
        if self._compact is None:
            self._compact = sorted(
                (compact_postal(str(sample)), number)
                for number, sample in enumerate(self._known, self._start)
            )
        low, high = (compact_postal(item) for item in _texts(test))
        first = bisect_left(self._compact, (low,))
        behind = bisect_left(self._compact, (high + LAST,))
        accepts = make_predicate(test.operator, test.value)
        return make_bits([number for code, number in self._compact[first:behind] if accepts(code)])

    def _try_each(self, test: Test) -> int:
        accepts = make_predicate(test.operator, test.value)
        return make_bits([number for number, sample in enumerate(self.samples) if accepts(sample)])

    def value(self, point: Point) -> FactValue:
        sample = self.samples[point[self.first]]
        return self._spellings.write(sample) if isinstance(sample, str) else sample

    def list_numbers(self) -> Sequence[float]:
        return [sample for sample in self._known if isinstance(sample, int | float)]

    def locate(self, value: FactValue) -> dict[int, int]:
        return {self.first: self._numbers[self._normalise(value)]}


def _fold(value: object) -> NormalValue:
    return fold_text(value) if isinstance(value, str) else value  # type: ignore[return-value]


def _join(parts: Iterable[int]) -> int:
    bits = 0
    for part in parts:
        bits |= part
    return bits


def _texts(test: Test) -> list[str]:
    return [str(item) for item in items_of(test.value)]
