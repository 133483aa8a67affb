"""The index finds exactly what trying every rule finds."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine.compiling import compile_plan
from routing.engine.conditions import compile_condition
from routing.engine.conditions.evaluating import normalise_facts
from routing.engine.conditions.nodes import All, Any, Not, Test, list_attributes
from routing.engine.indexing import LINEAR_BELOW, RuleIndex
from routing.engine.indexing.clauses import MAX_CLAUSES, find_clauses
from routing.engine.operators import Operator
from routing.engine.rules import Rule
from tests.routing.engine.draws import conditions, facts
from tests.routing.engine.naive import naive_holds

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def make_index(drawn) -> tuple[RuleIndex, frozenset[str]]:
    names = frozenset().union(*(list_attributes(condition) for condition in drawn))
    return RuleIndex(drawn, [compile_condition(condition) for condition in drawn]), names


@settings(max_examples=400)
@given(st.lists(conditions, min_size=1, max_size=30), st.lists(facts, min_size=1, max_size=5))
def test_index_equals_trying_every_rule(drawn, leads) -> None:
    index, names = make_index(drawn)
    for lead in leads:
        wanted = [n for n, condition in enumerate(drawn) if naive_holds(condition, lead)]
        normal = normalise_facts(lead, names)
        assert list(index.iter_matches(normal)) == wanted


def test_a_block_ends_and_the_next_goes_on(monkeypatch) -> None:
    monkeypatch.setattr("routing.engine.indexing.index.BLOCK_SIZE", 8)
    drawn = [
        Any((Test("employees", Operator.EQUALS, n), Test("score", Operator.AT_LEAST, 1000 - n)))
        for n in range(50)
    ]
    index, names = make_index(drawn)
    for employees in range(50):
        lead = {"employees": employees, "score": 0}
        assert list(index.iter_matches(normalise_facts(lead, names))) == [employees]


def test_many_distinct_limits_share_buckets_without_a_wrong_answer() -> None:
    drawn = [Test("employees", Operator.BETWEEN, (n, n + 7)) for n in range(0, 3000, 3)]
    index, names = make_index(drawn)
    for employees in range(0, 3100, 11):
        wanted = [n for n in range(1000) if 3 * n <= employees <= 3 * n + 7]
        assert list(index.iter_matches(normalise_facts({"employees": employees}, names))) == wanted


def test_a_plan_with_an_index_skips_rules_that_are_not_in_force() -> None:
    us = Test("country", Operator.EQUALS, "US")
    rules = [
        Rule(n, n, f"rule {n}", us, (), ends_at=NOW if n < LINEAR_BELOW else None)
        for n in range(LINEAR_BELOW + 2)
    ]
    plan = compile_plan(1, 1, rules, [], "UTC")
    assert plan.index is not None
    assert plan.match({"country": "us"}, NOW).id == LINEAR_BELOW
    assert plan.match({"country": "us"}, NOW - timedelta(seconds=1)).id == 0
    assert plan.match({"country": "DE"}, NOW) is None


def test_a_condition_of_countless_alternatives_is_filed_in_few_clauses() -> None:
    pairs = tuple(
        Any((Test("city", Operator.EQUALS, f"a{n}"), Test("industry", Operator.EQUALS, f"b{n}")))
        for n in range(12)
    )
    assert len(find_clauses(All(pairs))) <= MAX_CLAUSES
    assert len(find_clauses(Not(All(tuple(Not(pair) for pair in pairs))))) <= MAX_CLAUSES
