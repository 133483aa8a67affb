"""The first of very many rules that a lead meets."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from routing.engine.conditions.evaluating import LazyFacts, Matcher, NormalFacts, compile_condition
from routing.engine.conditions.nodes import Condition
from routing.engine.facts import Facts
from routing.engine.indexing.blocks import Block, Filing, make_block
from routing.engine.indexing.certainty import SURE, group_lenses, is_sure_of, judge, list_head_names
from routing.engine.indexing.clauses import find_clauses
from routing.engine.indexing.coders import count_wanted, list_keys, share_out
from routing.engine.indexing.lenses import Code, Lens, make_lenses
from routing.engine.indexing.reaches import Facet, Key, find_reaches

BLOCK_SIZE = 16_384
"""Clauses of one block. Blocks are searched in order, so an early match leaves the later ones alone."""


class RuleIndex:
    """Never changes; what it keeps as it is used is the same for everybody."""

    __slots__ = (
        "_looks",
        "blocks",
        "by_facet",
        "changed",
        "conditions",
        "head_names",
        "lenses",
        "matchers",
    )

    def __init__(
        self,
        conditions: tuple[Condition, ...],
        matchers: list[Matcher | None],
        lenses: tuple[Lens, ...],
        blocks: tuple[Block, ...],
        changed: int = 0,
    ) -> None:
        self.conditions = conditions
        self.lenses = lenses
        self.blocks = blocks
        self.changed = changed
        """How many rules were changed since the codes were given out."""
        self.matchers = matchers
        self.by_facet = group_lenses(lenses)
        self.head_names = list_head_names(lenses)
        self._looks = tuple((lens.facet[0], lens.known, lens.encode) for lens in lenses)

    def __len__(self) -> int:
        return len(self.conditions)

    def find_first(self, facts: Facts) -> int | None:
        """The number of the first condition that holds."""
        codes = self.encode(facts)
        base = 0
        for block in self.blocks:
            bits = block.find(codes)
            if bits:
                top = bits.bit_length() - 1
                if self.is_sure(block, top, facts):
                    return base + block.owners[top]
                number = next(self.confirm(block, base, bits, facts, LazyFacts(facts)), None)
                if number is not None:
                    return number
            base += block.rule_count
        return None

    def is_sure(self, block: Block, bit: int, facts: Facts) -> bool:
        """Whether a clause that was found surely holds."""
        certainty = block.certainty[bit]
        return certainty == SURE or is_sure_of(certainty, facts, self.head_names)

    def iter_matches(self, facts: Facts) -> Iterator[int]:
        """The numbers of all conditions that hold, in order.

        Whatever is filed too generously is sorted out here, by the rule's own compiled form.
        """
        codes = self.encode(facts)
        normal = LazyFacts(facts)
        base = 0
        for block in self.blocks:
            bits = block.find(codes)
            if bits:
                yield from self.confirm(block, base, bits, facts, normal)
            base += block.rule_count

    def confirm(
        self, block: Block, base: int, bits: int, facts: Facts, normal: NormalFacts
    ) -> Iterator[int]:
        """The numbers of the conditions of these clauses that hold. `base`: the block's first;
        `normal`: the facts in normal form."""
        tested = -1
        while bits:
            top = bits.bit_length() - 1
            number = block.owners[top]
            # Several clauses of one rule stand side by side.
            if number != tested:
                tested = number
                is_sure = self.is_sure(block, top, facts)
                if is_sure or self.get_matcher(base + number)(normal):
                    yield base + number
            bits ^= 1 << top

    def encode(self, facts: Facts) -> list[Code]:
        """The lead's code of each facet."""
        get = facts.get
        codes = []
        for name, known, encode in self._looks:
            fact = get(name)
            code = known.get(fact)
            codes.append(encode(fact) if code is None else code)
        return codes

    def get_matcher(self, number: int) -> Matcher:
        """The compiled form of one rule."""
        matcher = self.matchers[number]
        if matcher is None:
            # On first use: most of very many rules are never asked.
            matcher = self.matchers[number] = compile_condition(self.conditions[number])
        return matcher


def make_index(conditions: Iterable[Condition]) -> RuleIndex:
    """Made anew, with codes for what these conditions name."""
    conditions = tuple(conditions)
    lenses = _make_lenses(conditions)
    return RuleIndex(
        conditions, [None] * len(conditions), lenses, tuple(_make_blocks(conditions, lenses))
    )


def _make_lenses(conditions: Sequence[Condition]) -> tuple[Lens, ...]:
    keys = count_keys(filing for condition in conditions for filing in file_condition(condition))
    shares = share_out({facet: count_wanted(facet[1], found) for facet, found in keys.items()})
    return tuple(
        lens for facet in sorted(keys) for lens in make_lenses(facet, keys[facet], shares[facet])
    )


def count_keys(filings: Iterable[Filing]) -> dict[Facet, Counter[Key]]:
    """How many clauses name each key of each facet."""
    keys: dict[Facet, Counter[Key]] = defaultdict(Counter)
    for filing in filings:
        for facet, reach in filing.items():
            keys[facet].update(list_keys(facet[1], reach))
    return keys


def file_condition(condition: Condition) -> list[Filing]:
    """What each clause of a condition asks for, without those that ask for the impossible."""
    filings = (find_reaches(clause) for clause in find_clauses(condition))
    return [filing for filing in filings if filing is not None]


def _make_blocks(conditions: Sequence[Condition], lenses: Sequence[Lens]) -> Iterator[Block]:
    by_facet = group_lenses(lenses)
    filings: list[Filing] = []
    owners: list[int] = []
    certainty = bytearray()
    first = 0
    for number, condition in enumerate(conditions):
        found = file_condition(condition)
        if filings and len(filings) + len(found) > BLOCK_SIZE:
            yield make_block(filings, owners, bytes(certainty), number - first, lenses)
            filings, owners, certainty, first = [], [], bytearray(), number
        filings += found
        owners += [number - first] * len(found)
        certainty += judge(condition, found, by_facet)
    if first < len(conditions):
        yield make_block(filings, owners, bytes(certainty), len(conditions) - first, lenses)


def judge_all(
    conditions: Sequence[Condition], filings: Sequence[Sequence[Filing]], lenses: Sequence[Lens]
) -> bytes:
    """The certainty of each clause of some conditions, filed as said."""
    by_facet = group_lenses(lenses)
    judged = zip(conditions, filings, strict=True)
    return b"".join(judge(condition, found, by_facet) for condition, found in judged)
