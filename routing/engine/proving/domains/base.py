"""What every domain offers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from routing.engine.conditions.nodes import Test
from routing.engine.facts import FactValue
from routing.engine.normal import fold_text
from routing.engine.operators import as_tuple
from routing.engine.proving.boxes import Box, Point


@dataclass(frozen=True, slots=True)
class Variable:
    """`unknown` is the bit of the cell that means “not known”, 0 where there is none."""

    name: str
    size: int
    unknown: int = 0

    @property
    def full(self) -> int:
        return (1 << self.size) - 1


class Domain(Protocol):
    """Its variables are numbered from `first`; every test of the attribute it was made with (and of
    no other) is a union of boxes over them."""

    @property
    def first(self) -> int: ...

    @property
    def variables(self) -> Sequence[Variable]: ...

    @property
    def axioms(self) -> Sequence[Box]:
        """Boxes in which no lead can be."""

    def boxes(self, test: Test, *, is_wanted: bool) -> list[Box]:
        """Where the test is true, or false when it is not wanted."""

    def value(self, point: Point) -> FactValue:
        """A value of the point's cells, in a rule's own spelling where one names it."""

    def list_numbers(self) -> Sequence[float]:
        """The sample numbers of an attribute of numbers; of others nothing."""

    def locate(self, value: FactValue) -> dict[int, int]:
        """The cells in which a value lies. Raises: KeyError for one the domain was not told of."""


class Spellings:
    """Texts as people write them, by their folded form: values known to exist as they are, others as
    the rules have them."""

    def __init__(self, tests: Sequence[Test], known: Collection[str] = ()) -> None:
        self._written = {fold_text(value): value for value in known}
        for test in tests:
            for item in as_tuple(test.value):
                if isinstance(item, str):
                    self._written.setdefault(fold_text(item), item)

    def write(self, folded: str) -> str:
        return self._written.get(folded, folded)
