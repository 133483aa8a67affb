"""The index finds exactly what trying every rule finds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine.conditions import compile_condition
from routing.engine.conditions.evaluating import normalise_facts
from routing.engine.conditions.nodes import All, Any, Not, Test, list_attributes
from routing.engine.indexing import RuleIndex
from routing.engine.indexing.clauses import MAX_CLAUSES, find_clauses
from routing.engine.operators import Operator
from tests.routing.engine.draws import conditions, facts
from tests.routing.engine.naive import naive_holds


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
        first = index.find_first(normal, before=len(drawn), is_open=lambda _: True)
        assert first == (wanted[0] if wanted else None)


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


def test_a_closed_rule_is_passed_over_and_a_bound_is_kept() -> None:
    index, names = make_index([All(()), Test("country", Operator.EQUALS, "US"), All(())])
    normal = normalise_facts({"country": "US"}, names)
    assert index.find_first(normal, before=3, is_open=lambda n: n != 0) == 1
    assert index.find_first(normal, before=1, is_open=lambda n: n != 0) is None


def test_a_condition_of_countless_alternatives_is_filed_in_few_clauses() -> None:
    pairs = tuple(
        Any((Test("city", Operator.EQUALS, f"a{n}"), Test("industry", Operator.EQUALS, f"b{n}")))
        for n in range(12)
    )
    assert len(find_clauses(All(pairs))) <= MAX_CLAUSES
    assert len(find_clauses(Not(All(tuple(Not(pair) for pair in pairs))))) <= MAX_CLAUSES
