"""The first rule of each of many leads at once: the same answers as one by one, in less time.

The leads' codes are looked up column by column, so that a value that several share is brought to its
code once, and each table of a block is asked for all leads in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import and_, or_

from routing.engine.conditions.evaluating import LazyFacts
from routing.engine.facts import Facts, FactValue
from routing.engine.indexing.blocks import Block, Table
from routing.engine.indexing.index import RuleIndex
from routing.engine.indexing.lenses import Code, Lens

CHUNK = 256
"""Leads taken together: their bit sets of one block then stay in the processor's cache."""
Column = Sequence[Code]
"""One facet's codes, lead by lead."""


class _Codes(dict[FactValue, Code]):
    """Codes of facts as they were spelled, each found on first use."""

    def __init__(self, lens: Lens) -> None:
        super().__init__(lens.known)
        self._encode = lens.encode

    def __missing__(self, fact: FactValue) -> Code:
        code = self[fact] = self._encode(fact)
        return code


def encode_columns(index: RuleIndex, leads: Sequence[Facts]) -> list[Column]:
    """The codes of all leads by facet. They fit this index only, and those updated from it as long
    as `changed` grows; they may be kept for leads that are looked at again."""
    return [_encode_column(lens, leads) for lens in index.lenses]


def _encode_column(lens: Lens, leads: Sequence[Facts]) -> Column:
    name, _ = lens.facet
    codes, encode = _Codes(lens), lens.encode
    # 1 and True are the same key, but not the same fact.
    return [
        encode(fact) if fact.__class__ is bool else codes[fact]
        for fact in [lead.get(name) for lead in leads]
    ]


def find_first_of_each(
    index: RuleIndex,
    leads: Sequence[Facts],
    is_open: Callable[[int, int], bool] | None = None,
    columns: Sequence[Column] | None = None,
) -> list[int | None]:
    """For each lead the number of the first condition that holds.

    `is_open(number, place)` false passes over a rule for the lead at that place. `columns` are those
    of `encode_columns`, if the caller has them.
    """
    columns = encode_columns(index, leads) if columns is None else columns
    found: list[int | None] = [None] * len(leads)
    for start in range(0, len(leads), CHUNK):
        chunk = range(start, min(start + CHUNK, len(leads)))
        for place, number in _find_in_chunk(index, leads, chunk, columns, is_open):
            found[place] = number
    return found


def _find_in_chunk(
    index: RuleIndex,
    leads: Sequence[Facts],
    chunk: Sequence[int],
    columns: Sequence[Column],
    is_open: Callable[[int, int], bool] | None,
) -> Iterator[tuple[int, int]]:
    waiting = list(chunk)
    base = 0
    for block in index.blocks:
        left = []
        for place, bits in zip(waiting, _find_bits(block, columns, waiting), strict=True):
            found = False
            for number in index.confirm(block, base, bits, LazyFacts(leads[place])) if bits else ():
                if is_open is None or is_open(number, place):
                    yield place, number
                    found = True
                    break
            if not found:
                left.append(place)
        waiting = left
        base += block.rule_count


def _find_bits(block: Block, columns: Sequence[Column], places: Sequence[int]) -> list[int]:
    """Bits of the clauses that each lead may meet, as `Block.find` gives them for one."""
    found = [block.every] * len(places)
    for facet, table in block.tables:
        codes = map(columns[facet].__getitem__, places)
        found = list(map(and_, found, map(table.__getitem__, codes)))  # type: ignore[arg-type]
    for facet, table in block.many:
        column = columns[facet]
        found = [
            bits and bits & _join(table, column[place])
            for bits, place in zip(found, places, strict=True)
        ]
    for facet, table in block.strict:
        column = columns[facet]
        found = [
            bits and reduce(and_, map(table.__getitem__, column[place]), bits)  # type: ignore[arg-type]
            for bits, place in zip(found, places, strict=True)
        ]
    return found


def _join(table: Table, codes: Code) -> int:
    return reduce(or_, map(table.__getitem__, codes))  # type: ignore[arg-type]
