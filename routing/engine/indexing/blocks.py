"""Bits of some thousand clauses, filed by the codes of every facet that any of them names.

Whole numbers of Python serve as bit sets: two of 16,384 bits are combined in a tenth of a
microsecond. The first clause has the highest bit, because finding the highest bit of a number costs
nothing and finding the lowest a microsecond.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from routing.engine.indexing.coders import UNKNOWN, Span
from routing.engine.indexing.lenses import MANY, Code, Lens
from routing.engine.indexing.reaches import Facet, Kind, Reach

Table = Sequence[int]
"""By code: the bits of the clauses that may accept a value of this code."""
Placed = tuple[int, Table]
"""A table with the place of its facet among the lenses, and so among a lead's codes."""
Filing = Mapping[Facet, Reach]
"""What one clause asks for."""


@dataclass(frozen=True, slots=True)
class Block:
    """`owners[bit]` is the rule of a clause, counted from the block's first. `tables` stand in the
    order in which they leave the fewest; `many` are those where a lead has several codes, of which
    any will do, and `strict` those where each must. `certainty[bit]`: see `certainty`."""

    rule_count: int
    size: int
    every: int
    owners: Sequence[int]
    certainty: bytes
    tables: tuple[Placed, ...]
    many: tuple[Placed, ...] = ()
    strict: tuple[Placed, ...] = ()

    def find(self, codes: Sequence[Code]) -> int:
        """Bits of the clauses that the lead may meet."""
        bits = self.every
        for place, table in self.tables:
            bits &= table[codes[place]]  # type: ignore[index]
            if not bits:
                return 0
        if self.many or self.strict:
            bits &= self.find_many(codes)
        return bits

    def find_many(self, codes: Sequence[Code]) -> int:
        """Those that the lead may meet by the facets of several codes."""
        bits = self.every
        for place, table in self.many:
            found = 0
            for code in codes[place]:  # type: ignore[union-attr]
                found |= table[code]
            bits &= found
        for place, table in self.strict:
            for code in codes[place]:  # type: ignore[union-attr]
                bits &= table[code]
        return bits


def make_block(
    filings: Sequence[Filing],
    owners: Sequence[int],
    certainty: bytes,
    rule_count: int,
    lenses: Sequence[Lens],
) -> Block:
    """The clauses in order, with the rule and the certainty of each. Facets that no lens sees are left
    to the rule."""
    size = len(filings)
    named = group_by_facet(filings)
    # What most clauses name sorts out most.
    order = sorted(
        (place for place, lens in enumerate(lenses) if lens.facet in named),
        key=lambda place: (-len(named[lenses[place].facet]), place),
    )
    tables = [
        (place, make_table(named[lenses[place].facet], lenses[place], size)) for place in order
    ]
    return arrange(rule_count, shorten_owners(owners), certainty[::-1], tables, lenses)


def arrange(
    rule_count: int,
    owners: Sequence[int],
    certainty: bytes,
    tables: Iterable[Placed],
    lenses: Sequence[Lens],
) -> Block:
    """A block with these tables in this order, each among those of its sort."""
    single: list[Placed] = []
    many: list[Placed] = []
    strict: list[Placed] = []
    for place, table in tables:
        kind = lenses[place].facet[1]
        sort = strict if kind is Kind.WITHOUT else many if kind in MANY else single
        sort.append((place, table))
    size = len(owners)
    every = (1 << size) - 1
    return Block(
        rule_count, size, every, owners, certainty, tuple(single), tuple(many), tuple(strict)
    )


def group_by_facet(filings: Sequence[Filing]) -> dict[Facet, list[tuple[int, Reach]]]:
    """Bit and reach of each clause that names a facet."""
    named: dict[Facet, list[tuple[int, Reach]]] = {}
    for bit, filing in enumerate(reversed(filings)):
        for facet, reach in filing.items():
            named.setdefault(facet, []).append((bit, reach))
    return named


def shorten_owners(owners: Sequence[int]) -> Sequence[int]:
    """By bit instead of by clause; a range, which takes no space, where each rule has one clause."""
    size = len(owners)
    if list(owners) == list(range(size)):
        return range(size - 1, -1, -1)
    return array("I", reversed(owners))


def make_table(named: Sequence[tuple[int, Reach]], lens: Lens, size: int) -> list[int]:
    """One walk over the codes: a bit is turned where a span begins and again behind its end."""
    turns: list[list[int]] = [[] for _ in range(lens.coder.size + 1)]
    for bit, reach in named:
        for first, last in list_spans(lens, reach):
            turns[first].append(bit)
            turns[last + 1].append(bit)
    # Whoever does not name the facet accepts every code.
    bits = _turn((1 << size) - 1, [bit for bit, _ in named], size)
    table = []
    for found in turns[:-1]:
        if found:
            bits = _turn(bits, found, size)
        table.append(bits)
    return table


def list_spans(lens: Lens, reach: Reach) -> list[Span]:
    """The codes, as a lens gives them out, of what a reach accepts."""
    spans = lens.coder.list_spans(reach) if reach.is_known_accepted else []
    return [(UNKNOWN, UNKNOWN), *spans] if reach.is_unknown_accepted else spans


def _turn(bits: int, numbers: Sequence[int], size: int) -> int:
    if len(numbers) == 1:
        return bits ^ (1 << numbers[0])
    buffer = bytearray(size // 8 + 1)
    for number in numbers:
        # Turned, not set: one span may end where the next begins.
        buffer[number >> 3] ^= 1 << (number & 7)
    return bits ^ int.from_bytes(buffer, "little")
