"""The first of very many rules that a lead meets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.engine.conditions.evaluating import Matcher, NormalFacts
from routing.engine.conditions.nodes import Condition
from routing.engine.indexing.clauses import Clause, Literal, find_clauses
from routing.engine.indexing.reaches import Reach, find_reach
from routing.engine.indexing.tables import Lookup, make_lookup

BLOCK_SIZE = 16_384
"""Clauses of one block. Blocks are searched in order, so an early match leaves the later ones alone."""
LINEAR_BELOW = 16
"""With fewer rules than this, trying one after another is faster."""


@dataclass(frozen=True, slots=True)
class Block:
    """`tables` in the order in which they leave the fewest; `owners[n]` is the rule of clause n."""

    all_bits: int
    tables: tuple[tuple[str, Lookup], ...]
    owners: Sequence[int]

    def find(self, facts: NormalFacts) -> int:
        """Bits of the clauses that the lead may meet."""
        bits = self.all_bits
        for name, lookup in self.tables:
            bits &= lookup(facts[name])
            if not bits:
                break
        return bits


class RuleIndex:
    """Made once for a sequence of conditions; never changes."""

    def __init__(self, conditions: Sequence[Condition], matchers: Sequence[Matcher]) -> None:
        self._matchers = matchers
        self._blocks = tuple(_make_blocks(conditions))

    def __len__(self) -> int:
        return len(self._matchers)

    def iter_matches(self, facts: NormalFacts) -> Iterator[int]:
        """The numbers of all conditions that hold, in order.

        Whatever is filed too generously is sorted out here, by the rule's own compiled form.
        """
        matchers = self._matchers
        tested = -1
        for block in self._blocks:
            bits = block.find(facts)
            owners = block.owners
            while bits:
                lowest = bits & -bits
                number = owners[lowest.bit_length() - 1]
                bits ^= lowest
                # Several clauses of one rule stand side by side.
                if number != tested:
                    tested = number
                    if matchers[number](facts):
                        yield number


def _make_blocks(conditions: Sequence[Condition]) -> Iterator[Block]:
    clauses: list[Clause] = []
    owners: list[int] = []
    for number, condition in enumerate(conditions):
        found = find_clauses(condition)
        if owners and len(owners) + len(found) > BLOCK_SIZE:
            yield _make_block(clauses, owners)
            clauses, owners = [], []
        clauses += found
        owners += [number] * len(found)
    if owners:
        yield _make_block(clauses, owners)


def _make_block(clauses: Sequence[Clause], owners: Sequence[int]) -> Block:
    reaches: dict[str, dict[int, Reach]] = defaultdict(dict)
    impossible = 0
    for number, clause in enumerate(clauses):
        for name, literals in _by_attribute(clause).items():
            reach = find_reach(literals)
            if reach is None:
                impossible |= 1 << number
            else:
                reaches[name][number] = reach
    size = len(clauses)
    # Whoever is asked about most often sorts out most.
    names = sorted(reaches, key=lambda name: (-len(reaches[name]), name))
    return Block(
        all_bits=((1 << size) - 1) & ~impossible,
        tables=tuple((name, make_lookup(reaches[name], size)) for name in names),
        owners=owners,
    )


def _by_attribute(clause: Clause) -> dict[str, list[Literal]]:
    by_name: dict[str, list[Literal]] = defaultdict(list)
    for literal in clause:
        by_name[literal.test.attribute].append(literal)
    return by_name
