"""An index that follows the edits of rules equals one made anew, and leaves the old one alone."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.rule_tables import make_table
from routing.engine.compiling import compile_plan
from routing.engine.conditions.nodes import All, Not, Test
from routing.engine.indexing import index as indexing
from routing.engine.indexing import make_index, update_index, updating
from routing.engine.indexing.differences import find_changes
from routing.engine.operators import Operator
from routing.engine.rules import Rule
from tests.routing.engine.draws import conditions, facts
from tests.routing.engine.naive import naive_holds


def edit(rules: tuple, draw: random.Random, fresh: list) -> tuple:
    """One rule edited, inserted, deleted or moved."""
    changed = list(rules)
    at = draw.randrange(len(changed))
    match draw.choice(("edit", "insert", "delete", "move")):
        case "edit":
            changed[at] = draw.choice(fresh)
        case "insert":
            changed.insert(at, draw.choice(fresh))
        case "delete" if len(changed) > 20:
            del changed[at]
        case _:
            changed.insert(draw.randrange(len(changed)), changed.pop(at))
    return tuple(changed)


def find_all(index, leads) -> list[list[int]]:
    return [list(index.iter_matches(lead)) for lead in leads]


def test_hundreds_of_edits_end_where_a_fresh_index_does(monkeypatch) -> None:
    monkeypatch.setattr(indexing, "BLOCK_SIZE", 64)
    monkeypatch.setattr(updating, "FRESH_SHARE", 0)
    table = make_table(300, leads=20, seed=7, mixed_share=0.3)
    fresh = make_table(200, leads=1, seed=8, mixed_share=0.3).conditions
    draw = random.Random(20261125)
    rules = tuple(table.conditions)
    index = make_index(rules)
    for step in range(400):
        before = (index, rules, find_all(index, table.leads[:3]))
        rules = edit(rules, draw, fresh)
        index = update_index(index, rules)
        assert index.conditions == rules
        assert find_all(before[0], table.leads[:3]) == before[2]
        if step % 20 == 0:
            assert find_all(index, table.leads) == find_all(make_index(rules), table.leads)
            wanted = [
                [n for n, one in enumerate(rules) if naive_holds(one, lead)] for lead in table.leads
            ]
            assert find_all(index, table.leads) == wanted


def test_a_rule_behind_one_that_can_never_hold_keeps_its_number() -> None:
    always, never = All(), Not(All())
    plain = tuple(Test("score", Operator.AT_LEAST, n) for n in range(40))
    index = make_index((*plain, never))
    for rules in ((*plain, never, always), (*plain, always, never), (*plain, never)):
        index = update_index(index, rules)
        assert index.conditions == rules
        assert find_all(index, [{}]) == find_all(make_index(rules), [{}])


@settings(max_examples=150)
@given(
    st.lists(conditions, min_size=4, max_size=20),
    st.lists(conditions, min_size=1, max_size=4),
    st.lists(facts, min_size=1, max_size=4),
    st.randoms(use_true_random=False),
)
def test_any_condition_may_replace_any_other(drawn, fresh, leads, draw) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(updating, "FRESH_SHARE", 0)
        patch.setattr(indexing, "BLOCK_SIZE", 8)
        rules = tuple(drawn)
        index = make_index(rules)
        for _ in range(4):
            rules = edit(rules, draw, fresh)
            index = update_index(index, rules)
        wanted = [[n for n, one in enumerate(rules) if naive_holds(one, lead)] for lead in leads]
        assert find_all(index, leads) == wanted


def test_a_block_that_did_not_change_is_shared(monkeypatch) -> None:
    monkeypatch.setattr(indexing, "BLOCK_SIZE", 64)
    rules = tuple(make_table(300, leads=1, seed=7).conditions)
    old = make_index(rules)
    edited = (Test("score", Operator.AT_LEAST, 3), *rules[1:])
    new = update_index(old, edited)
    assert len(new.blocks) == len(old.blocks) > 3
    assert new.blocks[0] is not old.blocks[0]
    assert all(a is b for a, b in zip(new.blocks[1:], old.blocks[1:], strict=True))
    assert update_index(new, edited) is new


def test_codes_are_given_out_anew_after_many_changes() -> None:
    rules = tuple(make_table(160, leads=1, seed=7).conditions)
    index = make_index(rules)
    for n in range(20):
        rules = (*rules[:n], Test("score", Operator.AT_LEAST, n), *rules[n + 1 :])
        index = update_index(index, rules)
        assert index.changed == n + 1
    rules = (*rules[:50], Not(rules[50]), *rules[51:])
    assert update_index(index, rules).changed == 0


@given(st.lists(st.integers(0, 3), max_size=40), st.lists(st.integers(0, 3), max_size=40))
def test_differences_lead_from_one_to_the_other(old, new) -> None:
    changes = find_changes(tuple(old), tuple(new))
    if changes is None:
        return
    made = list(old)
    for change in reversed(changes):
        made[change.old_start : change.old_end] = new[change.new_start : change.new_end]
    assert made == new


def test_a_move_over_a_long_way_is_two_small_changes() -> None:
    old = tuple(All((Test("score", Operator.AT_LEAST, n),)) for n in range(20_000))
    new = (*old[:100], *old[101:15_000], old[100], *old[15_000:])
    assert [tuple(change) for change in find_changes(old, new) or ()] == [
        (100, 101, 100, 100),
        (15_000, 15_000, 14_999, 15_000),
    ]


def test_a_plan_made_from_another_shares_its_index_and_knows_its_own_rules() -> None:
    conditions = make_table(40, leads=1, seed=7).conditions
    old = compile_plan(1, 1, make_rules(conditions, first_id=1), [], "UTC")
    same = compile_plan(2, 2, make_rules(conditions, first_id=101), [], "UTC", previous=old)
    assert same.index is old.index
    conditions[3] = All()
    new = compile_plan(3, 3, make_rules(conditions, first_id=201), [], "UTC", previous=same)
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert new.match({}, now).id == 204
    assert old.match({}, now) is None


def make_rules(conditions, first_id: int) -> list[Rule]:
    return [Rule(first_id + n, n, f"rule {n}", one, ()) for n, one in enumerate(conditions)]
