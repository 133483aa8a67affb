"""An index for rules that differ a little from those of another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from routing.engine.conditions.evaluating import Matcher
from routing.engine.conditions.nodes import Condition
from routing.engine.indexing.blocks import Block, Filing
from routing.engine.indexing.coders import MAX_OWN
from routing.engine.indexing.differences import Change, find_changes
from routing.engine.indexing.index import (
    RuleIndex,
    count_keys,
    file_condition,
    judge_all,
    make_index,
)
from routing.engine.indexing.lenses import Lens, make_lenses
from routing.engine.indexing.reaches import GRAM_LENGTH, Kind
from routing.engine.indexing.splicing import Filings, replace_rules

FRESH_SHARE = 8
"""When an eighth of the rules has changed since codes were given out, they are given out anew."""


def update_index(old: RuleIndex, conditions: tuple[Condition, ...]) -> RuleIndex:
    """The index of these conditions; the old one is not changed, and what stayed is shared.

    Conditions that are the same objects as before are recognised in no time, equal ones soon.
    """
    changes = find_changes(old.conditions, conditions)
    if changes == []:
        return old
    if changes is None:
        return make_index(conditions)
    count = old.changed + sum(change.size for change in changes)
    if count * FRESH_SHARE > len(conditions):
        return make_index(conditions)
    added = [_file_all(conditions[change.new_start : change.new_end]) for change in changes]
    lenses = _add_lenses(old, [filing for found in added for one in found for filing in one])
    if lenses is None:
        return make_index(conditions)
    certainty = [
        judge_all(conditions[change.new_start : change.new_end], found, lenses)
        for change, found in zip(changes, added, strict=True)
    ]
    blocks = tuple(_replace_blocks(old, changes, added, certainty, lenses))
    return RuleIndex(conditions, _carry_over(old.matchers, changes), lenses, blocks, count)


def _file_all(conditions: Sequence[Condition]) -> list[list[Filing]]:
    return [file_condition(condition) for condition in conditions]


def _carry_over(matchers: list[Matcher | None], changes: Sequence[Change]) -> list[Matcher | None]:
    carried = list(matchers)
    for change in reversed(changes):
        carried[change.old_start : change.old_end] = [None] * (change.new_end - change.new_start)
    return carried


def _add_lenses(old: RuleIndex, filings: Sequence[Filing]) -> tuple[Lens, ...] | None:
    """The lenses, and more for facets that nobody named before; None when one must be made anew."""
    known = {lens.facet for lens in old.lenses}
    keys = count_keys(filings)
    for (_, kind), found in keys.items():
        # What a text opens was settled by how long the pieces were that rules named then.
        if kind is Kind.GRAM and any(len(key) != GRAM_LENGTH for key in found):
            return None
    new = sorted(facet for facet in keys if facet not in known)
    return (
        *old.lenses,
        *(lens for facet in new for lens in make_lenses(facet, keys[facet], MAX_OWN)),
    )


def _replace_blocks(
    old: RuleIndex,
    changes: Sequence[Change],
    added: Sequence[Filings],
    certainty: Sequence[bytes],
    lenses: Sequence[Lens],
) -> Iterator[Block]:
    todo = list(zip(changes, added, certainty, strict=True))[::-1]
    base = 0
    for number, block in enumerate(old.blocks):
        end = base + block.rule_count
        is_last = number == len(old.blocks) - 1
        here: list[tuple[int, Sequence[Condition], Filings, bytes]] = []
        while todo and (todo[-1][0].old_start < end or is_last):
            change, filings, sure = todo.pop()
            until = min(change.old_end, end)
            here.append(
                (change.old_start - base, old.conditions[change.old_start : until], filings, sure)
            )
            if until < change.old_end:
                # What is left to take out lies in the next block.
                todo.append((change._replace(old_start=until), [], b""))
        # From behind, so that the places before stay what they were.
        for first, removed, filings, sure in reversed(here):
            block = replace_rules(  # noqa: PLW2901
                block, first, _file_all(removed), filings, sure, lenses
            )
        if block.rule_count:
            yield block
        base = end
