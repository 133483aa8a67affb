"""The index finds exactly what trying every rule finds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine.compiling import compile_plan
from routing.engine.conditions.nodes import All, Any, Not, Test
from routing.engine.deciding import look, look_at_many
from routing.engine.indexing import batches, coders, make_index
from routing.engine.indexing import index as indexing
from routing.engine.indexing.clauses import MAX_CLAUSES, find_clauses
from routing.engine.operators import Operator
from routing.engine.rules import Rule
from tests.routing.engine.draws import conditions, facts
from tests.routing.engine.naive import naive_holds

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def assert_equal_to_trying_each(drawn, leads) -> None:
    index = make_index(drawn)
    for lead in leads:
        wanted = [n for n, condition in enumerate(drawn) if naive_holds(condition, lead)]
        assert list(index.iter_matches(lead)) == wanted


@settings(max_examples=400)
@given(st.lists(conditions, min_size=1, max_size=30), st.lists(facts, min_size=1, max_size=5))
def test_index_equals_trying_every_rule(drawn, leads) -> None:
    assert_equal_to_trying_each(drawn, leads)


@settings(max_examples=200)
@given(st.lists(conditions, min_size=5, max_size=40), st.lists(facts, min_size=1, max_size=5))
def test_few_codes_for_many_values_leave_the_answers_as_they_are(drawn, leads) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coders, "MAX_CODES", 8)
        patch.setattr(coders, "MAX_LIMITS", 3)
        assert_equal_to_trying_each(drawn, leads)


def test_rare_domains_and_long_postal_codes_share_codes_without_a_wrong_answer() -> None:
    drawn = [
        All(
            (
                Test("email_domain", Operator.IN, (f"a{n}.example", f"b{n}.example")),
                Test("postal_code", Operator.STARTS_WITH, f"{n:04}"),
            )
        )
        for n in range(2_000)
    ]
    index = make_index(drawn)
    assert all(lens.coder.size <= coders.MAX_CODES for lens in index.lenses)
    for n in range(0, 2_000, 7):
        lead = {"email_domain": f"B{n}.example", "postal_code": f"{n:04}5"}
        assert list(index.iter_matches(lead)) == [n]
        assert list(index.iter_matches({**lead, "postal_code": f"{n + 1:04}5"})) == []


def test_a_block_ends_and_the_next_goes_on(monkeypatch) -> None:
    monkeypatch.setattr("routing.engine.indexing.index.BLOCK_SIZE", 8)
    drawn = [
        Any((Test("employees", Operator.EQUALS, n), Test("score", Operator.AT_LEAST, 1000 - n)))
        for n in range(50)
    ]
    index = make_index(drawn)
    for employees in range(50):
        lead = {"employees": employees, "score": 0}
        assert list(index.iter_matches(lead)) == [employees]


def test_many_distinct_limits_share_buckets_without_a_wrong_answer() -> None:
    drawn = [Test("employees", Operator.BETWEEN, (n, n + 7)) for n in range(0, 3000, 3)]
    index = make_index(drawn)
    for employees in range(0, 3100, 11):
        wanted = [n for n in range(1000) if 3 * n <= employees <= 3 * n + 7]
        assert list(index.iter_matches({"employees": employees})) == wanted


def test_a_plan_with_an_index_skips_rules_that_are_not_in_force() -> None:
    us = Test("country", Operator.EQUALS, "US")
    rules = [Rule(n, n, f"rule {n}", us, (), ends_at=NOW if n < 5 else None) for n in range(7)]
    plan = compile_plan(1, 1, rules, [], "UTC")
    assert plan.match({"country": "us"}, NOW).id == 5
    assert plan.match({"country": "us"}, NOW - timedelta(seconds=1)).id == 0
    assert plan.match({"country": "DE"}, NOW) is None


def test_a_condition_of_countless_alternatives_is_filed_in_few_clauses() -> None:
    pairs = tuple(
        Any((Test("city", Operator.EQUALS, f"a{n}"), Test("industry", Operator.EQUALS, f"b{n}")))
        for n in range(12)
    )
    assert len(find_clauses(All(pairs))) <= MAX_CLAUSES
    assert len(find_clauses(Not(All(tuple(Not(pair) for pair in pairs))))) <= MAX_CLAUSES


@settings(max_examples=200)
@given(st.lists(conditions, min_size=16, max_size=30), st.lists(facts, min_size=1, max_size=8))
def test_many_leads_at_once_meet_what_each_meets_alone(drawn, leads) -> None:
    limits = [{"ends_at": NOW} if n % 3 == 0 else {} for n in range(len(drawn))]
    rules = [
        Rule(n, n, f"rule {n}", one, (), **limit)
        for n, (one, limit) in enumerate(zip(drawn, limits, strict=True))
    ]
    plan = compile_plan(1, 1, rules, [], "UTC")
    for now in (NOW, NOW - timedelta(seconds=1)):
        assert plan.match_many(leads, now) == [plan.match(lead, now) for lead in leads]


def test_leads_beyond_one_chunk_keep_their_order_and_search_every_block(monkeypatch) -> None:
    monkeypatch.setattr(indexing, "BLOCK_SIZE", 8)
    monkeypatch.setattr(batches, "CHUNK", 10)
    rules = [Rule(n, n, f"rule {n}", Test("employees", Operator.EQUALS, n), ()) for n in range(50)]
    plan = compile_plan(1, 1, rules, [], "UTC")
    leads = [{"employees": n * 7 % 60} for n in range(95)]
    assert plan.match_many(leads, NOW) == [plan.match(lead, NOW) for lead in leads]
    looked = look_at_many(plan, leads, NOW)
    assert looked == [look(plan, lead, NOW) for lead in leads]
