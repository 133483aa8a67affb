"""Whether boxes leave a point of a space uncovered: exact, with the point or with what covers.

A point is guessed where few boxes are (for every variable the cell that the fewest remaining boxes
allow). If it lies in a box after all, that box must be left on one of its sides: with one side open
the search is narrowed to it, with more each is tried in turn (the branching of Davis, Putnam, Logemann
and Loveland with boxes for clauses). Sets of boxes are whole numbers, one bit a box, so a guess costs a
few operations whatever the number of rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from routing.engine.proving.boxes import Box, iter_cells, make_bits
from routing.engine.proving.domains import Variable

FEW_CELLS = 12
"""So many cells of a variable are compared for a guess."""
FEW_HITS = 12
"""So many boxes around a guess are compared for the one that leaves the fewest sides."""
MAX_STEPS = 200_000


class UndecidedError(Exception):
    """The search was given up after `MAX_STEPS` guesses: nothing is claimed."""


@dataclass(slots=True)
class Shelf:
    """The boxes filed by the cells of one variable. `free`: those that say nothing about it or allow
    more than half of its cells; of these `barred` names the exceptions."""

    full: int
    free: int
    allowed: dict[int, list[int]] = field(default_factory=dict)
    barred: dict[int, list[int]] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    _bits: dict[int, int] = field(default_factory=dict)

    def at(self, cell: int) -> int:
        """Boxes that allow the cell."""
        if cell not in self._bits:
            barred = make_bits(self.barred.get(cell, ()))
            self._bits[cell] = (self.free & ~barred) | make_bits(self.allowed.get(cell, ()))
        return self._bits[cell]


class Cover:
    """Boxes in order, filed for the search. They are numbered from 0."""

    def __init__(self, variables: Sequence[Variable], boxes: Sequence[Box]) -> None:
        self.variables = variables
        self.boxes = boxes
        self.everything = (1 << len(boxes)) - 1
        self._shelves = self._file()
        # Whoever divides the boxes most is asked first: most guesses are done soon.
        self._sorted = sorted(self._shelves, key=lambda v: (self._shelves[v].free.bit_count(), v))

    def _file(self) -> dict[int, Shelf]:
        named: dict[int, list[tuple[int, int]]] = {}
        for number, box in enumerate(self.boxes):
            for variable, cells in box.items():
                named.setdefault(variable, []).append((number, cells))
        shelves: dict[int, Shelf] = {}
        for variable, pairs in named.items():
            full = self.variables[variable].full
            half = self.variables[variable].size // 2
            narrow = [(n, cells) for n, cells in pairs if cells.bit_count() <= half]
            shelf = Shelf(full, self.everything & ~make_bits([n for n, _ in narrow]))
            for number, cells in pairs:
                if cells.bit_count() <= half:
                    _note(shelf.allowed, number, cells)
                else:
                    _note(shelf.barred, number, full & ~cells)
            counts = [
                (len(shelf.allowed.get(cell, ())) - len(shelf.barred.get(cell, ())), cell)
                for cell in range(self.variables[variable].size)
            ]
            # Unknown comes last among equals: a lead of which more is known says more.
            unknown = self.variables[variable].unknown
            counts.sort(key=lambda pair: (pair[0], bool(unknown >> pair[1] & 1), pair[1]))
            shelf.order = [cell for _, cell in counts]
            shelves[variable] = shelf
        return shelves

    def find_point(
        self, within: Box, among: int | None = None
    ) -> tuple[dict[int, int] | None, set[int]]:
        """A point of `within` in none of the boxes `among` (bits; all by default), or None and the
        numbers of boxes that cover it all. Raises: UndecidedError.
        """
        search = _Search(self)
        point = search.run(dict(within), self.everything if among is None else among)
        return point, search.used

    def list_allowing(self, variable: int, cells: int) -> int:
        """Bits of the boxes that allow one of the cells of the variable."""
        shelf = self._shelves.get(variable)
        if shelf is None:
            return self.everything
        bits = 0
        for cell in iter_cells(cells):
            bits |= shelf.at(cell)
        return bits

    def list_touching(self, within: Box, among: int) -> list[Box]:
        """The boxes, of those among the bits, that share a point with `within`."""
        return [
            box
            for box in (self.boxes[number] for number in iter_cells(among))
            if all(cells & within.get(variable, cells) for variable, cells in box.items())
        ]

    def guess(self, within: Box, among: int) -> tuple[dict[int, int], int]:
        """A point, and the boxes among those given that hold it."""
        rest = among
        point: dict[int, int] = {}
        for variable in self._sorted:
            shelf = self._shelves[variable]
            cells = within.get(variable, shelf.full)
            if not rest:
                point[variable] = next(cell for cell in shelf.order if cells >> cell & 1)
                continue
            best, best_rest, least = -1, 0, -1
            for cell in _propose(cells, shelf):
                left = rest & shelf.at(cell)
                count = left.bit_count()
                if least < 0 or count < least:
                    best, best_rest, least = cell, left, count
                    if not count:
                        break
            point[variable], rest = best, best_rest
        return point, rest

    def complete(self, point: dict[int, int], within: Box) -> dict[int, int]:
        """The point with a cell for every variable."""
        for variable, one in enumerate(self.variables):
            if variable not in point:
                cells = within.get(variable, one.full)
                known = cells & ~one.unknown
                point[variable] = next(iter_cells(known or cells))
        return point


def _note(lists: dict[int, list[int]], number: int, cells: int) -> None:
    for cell in iter_cells(cells):
        lists.setdefault(cell, []).append(number)


def _propose(cells: int, shelf: Shelf) -> list[int]:
    if cells.bit_count() <= FEW_CELLS:
        return (
            [cell for cell in shelf.order if cells >> cell & 1]
            if len(shelf.order) <= 4 * FEW_CELLS
            else list(iter_cells(cells))
        )
    found = []
    for cell in shelf.order:
        if cells >> cell & 1:
            found.append(cell)
            if len(found) == FEW_CELLS:
                break
    return found


class _Search:
    """One question; `used` gathers the boxes that the answer “covered” rests on."""

    def __init__(self, cover: Cover) -> None:
        self._cover = cover
        self.used: set[int] = set()
        self._steps = 0

    def run(self, within: dict[int, int], among: int) -> dict[int, int] | None:
        # By hand instead of recursion: covers by many boxes can nest deeply.
        waiting: list[dict[int, int]] = [within]
        while waiting:
            here = waiting.pop()
            found = self._narrow(here, among)
            if isinstance(found, dict):
                return self._cover.complete(found, here)
            waiting.extend(found)
        return None

    def _narrow(self, here: dict[int, int], among: int) -> dict[int, int] | list[dict[int, int]]:
        """A free point, or the parts that are left to look at, the most promising last."""
        cover = self._cover
        while True:
            self._steps += 1
            if self._steps > MAX_STEPS:
                raise UndecidedError
            point, hits = cover.guess(here, among)
            if not hits:
                return point
            number, sides = self._choose(here, hits)
            self.used.add(number)
            if not sides:
                return []
            box = cover.boxes[number]
            if len(sides) == 1:
                here[sides[0]] = self._cells(here, sides[0]) & ~box[sides[0]]
                continue
            return self._split(here, box, sides)

    def _cells(self, here: Box, variable: int) -> int:
        return here.get(variable, self._cover.variables[variable].full)

    def _choose(self, here: Box, hits: int) -> tuple[int, list[int]]:
        """The box with the fewest sides on which it can be left, and these sides."""
        options = (
            (number, self._find_sides(here, number))
            for number in islice(iter_cells(hits), FEW_HITS)
        )
        best = next(options)
        for option in options:
            if len(best[1]) <= 1:
                break
            best = min(best, option, key=lambda one: len(one[1]))
        return best

    def _find_sides(self, here: Box, number: int) -> list[int]:
        box = self._cover.boxes[number]
        return [v for v, cells in box.items() if self._cells(here, v) & ~cells]

    def _split(self, here: dict[int, int], box: Box, sides: list[int]) -> list[dict[int, int]]:
        """Disjoint parts that together are all of `here` outside the box."""
        parts = []
        inside = dict(here)
        for variable in sides:
            cells = self._cells(inside, variable)
            parts.append({**inside, variable: cells & ~box[variable]})
            inside[variable] = cells & box[variable]
        return parts[::-1]
