"""Clauses that the codes tell exactly: found without asking the rule, and never wrongly."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine.conditions.nodes import All, Any, Not, Test
from routing.engine.indexing import coders, find_first_of_each, make_index, update_index
from routing.engine.indexing.certainty import SURE, SURE_IF_DIGITS, SURE_IF_PLAIN, UNSURE
from routing.engine.operators import Operator
from tests.routing.engine.naive import naive_holds

US = Test("country", Operator.EQUALS, "US")
BIG = Test("employees", Operator.AT_LEAST, 50)
SWISS = Test("postal_code", Operator.STARTS_WITH, ("80", "K1A"))
RANGE = Test("postal_code", Operator.WITHIN_POSTAL_RANGE, ("10000", "19999"))


@pytest.mark.parametrize(
    ("condition", "certainty"),
    [
        (US, SURE),
        (All((US, BIG)), SURE),
        (All(()), SURE),
        (All((US, SWISS)), SURE_IF_PLAIN),
        (RANGE, SURE_IF_DIGITS + 5),
        (All((BIG, Test("employees", Operator.AT_MOST, 90))), UNSURE),
        (Not(US), UNSURE),
        (Any((US,)), UNSURE),
        (All((US, Any((BIG, SWISS)))), UNSURE),
        (Test("products", Operator.CONTAINS, ("Rockets", "Wheels")), SURE),
        (Test("products", Operator.CONTAINS_ALL, ("Rockets", "Wheels")), UNSURE),
        (Test("postal_code", Operator.STARTS_WITH, "SW1A 1"), UNSURE),
        (Test("postal_code", Operator.WITHIN_POSTAL_RANGE, ("K1A", "K9Z")), UNSURE),
        (Test("employees", Operator.AT_LEAST, 2**53), UNSURE),
    ],
)
def test_plain_conjunctions_are_sure(condition, certainty) -> None:
    block = make_index([condition]).blocks[0]
    assert set(block.certainty) == {certainty}


def test_keys_that_share_codes_are_confirmed(monkeypatch) -> None:
    monkeypatch.setattr(coders, "MAX_CODES", 8)
    rules = [Test("email_domain", Operator.EQUALS, f"c{n}.example") for n in range(50)]
    index = make_index(rules)
    assert UNSURE in index.blocks[0].certainty
    for n in range(60):
        lead = {"email_domain": f"c{n}.example"}
        assert index.find_first(lead) == (n if n < 50 else None)


def test_a_key_first_named_by_an_edit_is_confirmed() -> None:
    rules = tuple(Test("country", Operator.EQUALS, f"{a}{b}") for a in "ABCD" for b in "ABCDEFGH")
    edited = (*rules[:3], Test("country", Operator.EQUALS, "ZZ"), *rules[4:])
    index = update_index(make_index(rules), edited)
    assert index.find_first({"country": "ZZ"}) == 3
    assert index.find_first({"country": "ZY"}) is None
    assert index.find_first({"country": "AD"}) is None
    assert index.blocks[0].certainty.count(UNSURE) == 1


def near(test: Test) -> st.SearchStrategy[object]:
    """Facts about the limits of a test: a little more, a little less, written otherwise."""
    value = test.value[0] if isinstance(test.value, tuple) else test.value
    if isinstance(value, (int, float)):
        steps = [value, value + 1, value - 1, math.nextafter(value, math.inf), float(value), True]
        return st.sampled_from([*steps, -math.inf, None, str(value), frozenset({str(value)})])
    text = str(value)
    forms = [text, text.lower(), f" {text} ", f"{text} 1", f"{text}1", f"{text}11", text[:-1]]
    forms += [f"{text[:1]} {text[1:]}", f"{text}ß", f"{text}-1234", "", "ﬁ" + text]
    if test.attribute == "products":
        return st.one_of(st.frozensets(st.sampled_from(forms), max_size=3), st.sampled_from(forms))
    return st.one_of(st.sampled_from([*forms, None, True]), st.just(frozenset({text})))


POSTAL = st.sampled_from(["8", "80", "80331", "K1A", "k1a 0b1", "10", "ß1"])
plain_tests = st.one_of(
    st.builds(Test, st.just("country"), st.just(Operator.IN), st.sampled_from([("US", "DE")])),
    st.builds(Test, st.just("city"), st.just(Operator.EQUALS), st.sampled_from(["Bonn", "Straße"])),
    st.builds(Test, st.just("postal_code"), st.just(Operator.STARTS_WITH), POSTAL),
    st.builds(
        Test,
        st.just("postal_code"),
        st.just(Operator.WITHIN_POSTAL_RANGE),
        st.sampled_from([("10000", "19999"), ("80331", "80339"), ("8000", "8999")]),
    ),
    st.builds(
        Test,
        st.just("employees"),
        st.sampled_from([Operator.AT_LEAST, Operator.AT_MOST, Operator.EQUALS]),
        st.sampled_from([0, 1, 5, 2**53, 2**60, 7.5]),
    ),
    st.builds(
        Test, st.just("products"), st.just(Operator.CONTAINS), st.just(("Rockets", "Wheels"))
    ),
)


@st.composite
def rules_and_leads(draw: st.DrawFn):
    rules = draw(
        st.lists(
            st.lists(plain_tests, min_size=1, max_size=3).map(lambda found: All(tuple(found))),
            min_size=1,
            max_size=6,
        )
    )
    leads = []
    for _ in range(draw(st.integers(1, 5))):
        wanted = draw(st.sampled_from(rules))
        leads.append({test.attribute: draw(near(test)) for test in wanted.conditions})
    return rules, leads


@settings(max_examples=600)
@given(rules_and_leads())
def test_what_is_sure_holds_for_facts_about_every_limit(drawn) -> None:
    rules, leads = drawn
    index = make_index(rules)
    wanted = [[n for n, one in enumerate(rules) if naive_holds(one, lead)] for lead in leads]
    assert [list(index.iter_matches(lead)) for lead in leads] == wanted
    firsts = [found[0] if found else None for found in wanted]
    assert [index.find_first(lead) for lead in leads] == firsts
    assert find_first_of_each(index, leads) == firsts
