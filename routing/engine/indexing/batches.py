"""The first rule of each of many leads at once: the same answers as one by one, in less time.

The leads' codes are looked up column by column, so that a value that several share is brought to its
code once, and each table of a block is asked for all leads in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import reduce
from operator import and_, itemgetter, or_

from routing.engine.conditions.evaluating import LazyFacts
from routing.engine.facts import Facts, FactValue
from routing.engine.indexing.blocks import Block, Table
from routing.engine.indexing.certainty import SURE
from routing.engine.indexing.index import RuleIndex
from routing.engine.indexing.lenses import SETS, Code, Lens

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
    names = list(dict.fromkeys(lens.facet[0] for lens in index.lenses))
    facts = dict(zip(names, _list_columns(leads, names), strict=True))
    return [_encode_column(lens, facts[lens.facet[0]]) for lens in index.lenses]


def _list_columns(leads: Sequence[Facts], names: Sequence[str]) -> Iterable[Sequence[FactValue]]:
    """The leads' facts by name; a fact that is missing is None."""
    if len(names) > 1 and leads:
        try:
            # All facts of a lead in one step, and the table turned on its side in another.
            return zip(*map(itemgetter(*names), leads), strict=True)
        except KeyError:
            pass
    return [[lead.get(name) for lead in leads] for name in names]


def _encode_column(lens: Lens, facts: Sequence[FactValue]) -> Column:
    encode = lens.encode
    if lens.facet[1] in SETS:
        # Few leads have the very same set, and what its members mean is remembered already.
        return list(map(encode, facts))
    codes = _Codes(lens)
    # 1 and True are the same key, but not the same fact.
    if bool in set(map(type, facts)):
        return [encode(fact) if fact.__class__ is bool else codes[fact] for fact in facts]
    return list(map(codes.__getitem__, facts))


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
    chunk: range,
    columns: Sequence[Column],
    is_open: Callable[[int, int], bool] | None,
) -> Iterator[tuple[int, int]]:
    waiting: Sequence[int] = chunk
    base = 0
    for block in index.blocks:
        left = []
        owners, certainty = block.owners, block.certainty
        for place, bits in zip(waiting, _find_bits(block, columns, waiting), strict=True):
            if bits and is_open is None and certainty[top := bits.bit_length() - 1] == SURE:
                yield place, base + owners[top]
                continue
            number = _find_open(index, block, base, bits, leads[place], place, is_open)
            if number is None:
                left.append(place)
            else:
                yield place, number
        waiting = left
        base += block.rule_count


def _find_open(
    index: RuleIndex,
    block: Block,
    base: int,
    bits: int,
    facts: Facts,
    place: int,
    is_open: Callable[[int, int], bool] | None,
) -> int | None:
    if not bits:
        return None
    for number in index.confirm(block, base, bits, facts, LazyFacts(facts)):
        if is_open is None or is_open(number, place):
            return number
    return None


def _find_bits(block: Block, columns: Sequence[Column], places: Sequence[int]) -> list[int]:
    """Bits of the clauses that each lead may meet, as `Block.find` gives them for one."""
    found: list[int] = []
    for facet, table in block.tables:
        bits = map(table.__getitem__, _pick(columns[facet], places))  # type: ignore[arg-type]
        found = list(map(and_, found, bits)) if found else list(bits)
    found = found or [block.every] * len(places)
    for facet, table in block.many:
        found = [
            bits and bits & _join(table, code)
            for bits, code in zip(found, _pick(columns[facet], places), strict=True)
        ]
    for facet, table in block.strict:
        found = [
            bits and reduce(and_, map(table.__getitem__, code), bits)  # type: ignore[arg-type]
            for bits, code in zip(found, _pick(columns[facet], places), strict=True)
        ]
    return found


def _pick(column: Column, places: Sequence[int]) -> Iterable[Code]:
    # In the first block all leads still wait, and a slice is the quickest way to take them.
    if isinstance(places, range):
        return column[places.start : places.stop]
    return map(column.__getitem__, places)


def _join(table: Table, codes: Code) -> int:
    return reduce(or_, map(table.__getitem__, codes))  # type: ignore[arg-type]
