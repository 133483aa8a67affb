"""A block with some of its clauses replaced. The old one stays as it is: it may still be in use.

What did not change is shared with the old block; one changed rule among 16,384 costs a copy of some
tables instead of filing them all again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from routing.engine.indexing.blocks import (
    Block,
    Filing,
    Placed,
    Table,
    arrange,
    group_by_facet,
    make_table,
    shorten_owners,
)
from routing.engine.indexing.lenses import Lens

Filings = Sequence[Sequence[Filing]]
"""By rule: what each of its clauses asks for."""


def replace_rules(
    block: Block,
    first: int,
    removed: Filings,
    added: Filings,
    certainty: bytes,
    lenses: Sequence[Lens],
) -> Block:
    """Rules from `first` on (counted within the block) make way for others, of any number.

    `certainty` is that of the added clauses. `lenses` are those of the block, more may follow them.
    """
    by_clause = block.owners[::-1]
    start = bisect_left(by_clause, first)
    end = bisect_left(by_clause, first + len(removed))
    cut = _Cut(
        lenses,
        [filing for found in removed for filing in found],
        [filing for found in added for filing in found],
        size=block.size,
        low=block.size - end,
    )
    owners = _replace_owners(block, by_clause, (start, end), first, len(removed), added)
    rule_count = block.rule_count - len(removed) + len(added)
    low, high = cut.low, cut.low + len(cut.removed)
    certainty = block.certainty[:low] + certainty[::-1] + block.certainty[high:]
    return arrange(rule_count, owners, certainty, cut.iter_tables(block), lenses)


def _replace_owners(
    block: Block,
    by_clause: Sequence[int],
    span: tuple[int, int],
    first: int,
    removed: int,
    added: Filings,
) -> Sequence[int]:
    start, end = span
    # A range alone does not say so: rules without a clause may stand behind those it counts.
    has_one_each = isinstance(block.owners, range) and block.size == block.rule_count
    if has_one_each and all(len(found) == 1 for found in added):
        return range(block.size - removed + len(added) - 1, -1, -1)
    shift = len(added) - removed
    return shorten_owners(
        [
            *by_clause[:start],
            *(first + number for number, found in enumerate(added) for _ in found),
            *(owner + shift for owner in by_clause[end:]),
        ]
    )


class _Cut:
    """Where clauses are taken out and others put in; `low` clauses come behind them."""

    def __init__(
        self,
        lenses: Sequence[Lens],
        removed: Sequence[Filing],
        added: Sequence[Filing],
        *,
        size: int,
        low: int,
    ) -> None:
        self.lenses = lenses
        self.removed, self.added = removed, added
        self.size, self.low = size, low
        self.before, self.after = group_by_facet(removed), group_by_facet(added)

    def iter_tables(self, block: Block) -> Iterator[Placed]:
        """The tables of the block in their order, then those of facets that are new to it."""
        seen = set()
        for place, table in (*block.tables, *block.many, *block.strict):
            seen.add(place)
            yield place, self._change(table, self.lenses[place])
        for place, lens in enumerate(self.lenses):
            if place not in seen and lens.facet in self.after:
                yield place, self._change([(1 << self.size) - 1] * lens.coder.size, lens)

    def _change(self, table: Table, lens: Lens) -> Table:
        if len(self.removed) == len(self.added):
            return self._turn(table, lens)
        new = make_table(self.after.get(lens.facet, ()), lens, len(self.added))
        cut = self.low + len(self.removed)
        lower = (1 << self.low) - 1
        upper = ((1 << self.size) - 1) ^ ((1 << cut) - 1)
        moved = len(self.added) - len(self.removed)
        if moved == 1 and not self.removed:
            # Adding what is above to the whole shifts it by one: half the work of the general way.
            bit = 1 << self.low
            return [
                bits + (bits & upper) + bit if put else bits + (bits & upper)
                for bits, put in zip(table, new, strict=True)
            ]
        result = []
        for bits, put in zip(table, new, strict=True):
            high = bits & upper
            high = high << moved if moved > 0 else high >> -moved
            rest = bits & lower
            result.append(high | rest | (put << self.low) if put else high | rest)
        return result

    def _turn(self, table: Table, lens: Lens) -> Table:
        """As many clauses as before: only the bits that differ are turned, nothing moves."""
        facet = lens.facet
        if facet not in self.before and facet not in self.after:
            return table
        old = make_table(self.before.get(facet, ()), lens, len(self.removed))
        new = make_table(self.after.get(facet, ()), lens, len(self.added))
        return [
            bits if was == put else bits ^ ((was ^ put) << self.low)
            for bits, was, put in zip(table, old, new, strict=True)
        ]
