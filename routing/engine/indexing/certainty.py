"""Which clauses the codes tell exactly, so that what is found by them need not be confirmed.

That is so for a plain conjunction of one test per attribute whose keys all have codes of their own.
Postal beginnings are compared without blanks here and with them by a rule: there it also takes a
value that has none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from routing.engine.conditions.nodes import All, Condition, Test
from routing.engine.facts import Facts
from routing.engine.indexing.blocks import Filing
from routing.engine.indexing.lenses import Lens
from routing.engine.indexing.reaches import Facet, Kind, Reach
from routing.engine.operators import Operator, as_tuple
from routing.engine.postal import compact_postal, is_digits
from routing.engine.territories import cover_range

UNSURE, SURE, SURE_IF_PLAIN, SURE_IF_DIGITS = 0, 1, 2, 16
"""SURE_IF_PLAIN: when the facts asked by their beginning are letters and digits only.
SURE_IF_DIGITS + n: when they are n digits, as both ends of a postal range are."""
MAX_DIGITS = 12

_EXACT = {
    Kind.VALUE: frozenset({Operator.EQUALS, Operator.IN}),
    Kind.NUMBER: frozenset(
        {Operator.EQUALS, Operator.BETWEEN, Operator.AT_LEAST, Operator.AT_MOST}
    ),
    Kind.MEMBER: frozenset({Operator.CONTAINS}),
    Kind.HEAD: frozenset({Operator.STARTS_WITH, Operator.WITHIN_POSTAL_RANGE}),
}

LensesByFacet = Mapping[Facet, Sequence[Lens]]


def group_lenses(lenses: Sequence[Lens]) -> dict[Facet, list[Lens]]:
    grouped: dict[Facet, list[Lens]] = {}
    for lens in lenses:
        grouped.setdefault(lens.facet, []).append(lens)
    return grouped


def judge(condition: Condition, filings: Sequence[Filing], lenses: LensesByFacet) -> bytes:
    """The certainty of each clause of a condition."""
    if len(filings) != 1:
        return bytes(len(filings))
    return bytes([_judge_only(condition, filings[0], lenses)])


def _judge_only(condition: Condition, filing: Filing, lenses: LensesByFacet) -> int:
    tests = condition.conditions if isinstance(condition, All) else (condition,)
    # Two tests of one attribute may have been filed by one of them only.
    if len(tests) != len(filing):
        return UNSURE
    by_name = {facet[0]: (facet, reach) for facet, reach in filing.items()}
    result = SURE
    for test in tests:
        if not isinstance(test, Test) or test.attribute not in by_name:
            return UNSURE
        certainty = _judge_test(test, *by_name[test.attribute], lenses)
        if certainty == UNSURE:
            return UNSURE
        # Digits are plain too. Two widths at once are not worth telling apart.
        if min(result, certainty) > SURE_IF_DIGITS and result != certainty:
            return UNSURE
        result = max(result, certainty)
    return result


def _judge_test(test: Test, facet: Facet, reach: Reach, lenses: LensesByFacet) -> int:
    kind = facet[1]
    if test.operator not in _EXACT.get(kind, ()):
        return UNSURE
    if not any(lens.coder.tells_exactly(reach) for lens in lenses.get(facet, ())):
        return UNSURE
    if kind is not Kind.HEAD:
        return SURE
    items = as_tuple(test.value)
    if test.operator is Operator.STARTS_WITH:
        return SURE_IF_PLAIN if all(map(is_plain, items)) else UNSURE
    low, high = (compact_postal(str(item)) for item in items)
    if not (is_digits(low) and is_digits(high) and len(low) <= MAX_DIGITS):
        return UNSURE
    is_covered = reach.keys == frozenset(cover_range(low, high))
    return SURE_IF_DIGITS + len(low) if is_covered else UNSURE


def is_plain(text: Any) -> bool:
    """Whether a text is the same with and without blanks, and its letters the same in both cases."""
    return isinstance(text, str) and text.isascii() and text.isalnum()


def list_head_names(lenses: Sequence[Lens]) -> tuple[str, ...]:
    """The attributes asked by their beginning."""
    return tuple({lens.facet[0]: None for lens in lenses if lens.facet[1] is Kind.HEAD})


def is_sure_of(certainty: int, facts: Facts, names: Sequence[str]) -> bool:
    """Whether a clause of this certainty, once found, holds for these facts. `names`: as
    `list_head_names`."""
    if certainty < SURE_IF_PLAIN:
        return certainty == SURE
    width = certainty - SURE_IF_DIGITS
    for name in names:
        fact = facts.get(name)
        if fact is None:
            continue
        if not is_plain(fact) or (width > 0 and not (len(fact) == width and fact.isdigit())):  # type: ignore[union-attr, arg-type]
            return False
    return True
