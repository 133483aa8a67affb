import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.engine.conditions import (
    MAX_DEPTH,
    MAX_NODES,
    All,
    Any,
    ConditionError,
    Not,
    Test,
    condition_to_json,
    describe,
    find_constant,
    first_failure,
    holds,
    is_always,
    list_attributes,
    parse_condition,
)
from routing.engine.conditions.evaluating import holds_once, normalise_facts
from routing.engine.operators import Operator
from tests.routing.engine import draws
from tests.routing.engine.naive import naive_holds

ALWAYS = {"all": []}


def make_test(attribute, operator, value=None):
    return parse_condition({"test": {"attribute": attribute, "operator": operator, "value": value}})


def read(data):
    try:
        return parse_condition(data), []
    except ConditionError as error:
        return None, error.errors


def read_errors(data):
    with pytest.raises(ConditionError) as caught:
        parse_condition(data)
    return caught.value.errors


@given(draws.conditions)
def test_a_condition_survives_being_stored_and_read(condition):
    stored = json.loads(json.dumps(condition_to_json(condition)))
    assert parse_condition(stored) == condition


@given(draws.conditions, draws.facts)
def test_holds_agrees_with_the_naive_evaluator_on_any_facts(condition, facts):
    assert holds(condition, facts) is naive_holds(condition, facts)
    normal = normalise_facts(facts, list_attributes(condition))
    assert holds_once(condition, normal) is naive_holds(condition, facts)


@given(draws.conditions, draws.facts)
def test_exactly_the_conditions_that_fail_have_a_failure_with_a_sentence(condition, facts):
    failure = first_failure(condition, facts)
    assert (failure is None) is holds(condition, facts)
    if failure is not None:
        assert failure.sentence()


@given(draws.conditions, draws.facts)
def test_the_path_of_a_failure_leads_to_its_part(condition, facts):
    failure = first_failure(condition, facts)
    if failure is None or failure.test is None:
        return
    node = condition_to_json(condition)
    for step in filter(None, failure.path.split(".")):
        kind, _, number = step.partition("[")
        node = node[kind]
        if number:
            node = node[int(number.rstrip("]"))]
    assert parse_condition(node) == failure.test


@given(draws.conditions, draws.facts)
def test_what_is_constant_by_shape_is_so_for_every_lead(condition, facts):
    constant = find_constant(condition)
    if constant is not None:
        assert holds(condition, facts) is constant


@given(draws.conditions)
def test_every_condition_can_be_described(condition):
    assert describe(condition)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["all", "any", "not", "test", "attribute", "operator", "value", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_reading_any_json_gives_a_condition_or_errors_with_paths(data):
    condition, errors = read(data)
    assert (condition is None) is bool(errors)
    assert all(isinstance(path, str) and message for path, message in errors)
    if condition is not None:
        assert parse_condition(condition_to_json(condition)) == condition


@given(draws.tests(), json_values)
def test_a_test_with_any_value_is_read_or_refused(test, value):
    data = condition_to_json(test)
    data["test"]["value"] = value
    condition, errors = read(data)
    assert (condition is None) is bool(errors)
    if condition is not None:
        assert condition_to_json(condition)["test"].get("value") == data["test"]["value"]


def test_all_errors_are_reported_at_once_with_their_places():
    errors = read_errors(
        {
            "all": [
                {"test": {"attribute": "colour", "operator": "EQUALS", "value": "red"}},
                {
                    "any": [
                        {"test": {"attribute": "employees", "operator": "AT_LEAST", "value": "9"}},
                        {"test": {"attribute": "city", "operator": "AT_LEAST", "value": 1}},
                        {"test": {"attribute": "country", "operator": "IN", "value": ["US", 1]}},
                    ]
                },
                {"not": {"all": [], "any": []}},
            ]
        }
    )
    assert [path for path, _ in errors] == [
        "all[0].attribute",
        "all[1].any[0].value",
        "all[1].any[1].operator",
        "all[1].any[2].value[1]",
        "all[2].not",
    ]


@pytest.mark.parametrize(
    ("attribute", "operator", "value", "place"),
    [
        ("employees", "AT_LEAST", True, "value"),
        ("employees", "AT_LEAST", float("nan"), "value"),
        ("employees", "AT_LEAST", 10**400, "value"),
        ("employees", "AT_LEAST", -1, "value"),
        ("employees", "BETWEEN", [10, 5], "value"),
        ("employees", "BETWEEN", [5], "value"),
        ("arrival_hour", "EQUALS", 24, "value"),
        ("is_free_mail", "EQUALS", 1, "value"),
        ("country", "EQUALS", "USA", "value"),
        ("country", "IN", [], "value"),
        ("country", "IN", "US", "value"),
        ("stage", "EQUALS", "FRESH", "value"),
        ("city", "EQUALS", "  ", "value"),
        ("city", "IS_KNOWN", "yes", "value"),
        ("email_domain", "MATCHES_DOMAIN", "https://example.com", "value"),
        ("postal_code", "WITHIN_POSTAL_RANGE", ["1000", "19999"], "value"),
        ("postal_code", "WITHIN_POSTAL_RANGE", ["20000", "19999"], "value"),
        ("products", "EQUALS", "x", "operator"),
        ("city", "equals", "x", "operator"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(attribute, operator, value, place):
    data = {"test": {"attribute": attribute, "operator": operator, "value": value}}
    assert [path for path, _ in read_errors(data)] == [place]


def test_unknown_keys_and_huge_names_are_refused_briefly():
    data = {"test": {"attribute": "x" * 10_000, "operator": ["deep"], "value": 1, "note": 2}}
    errors = read_errors(data)
    assert [path for path, _ in errors] == ["note", "attribute", "operator"]
    assert all(len(message) < 120 for _, message in errors)


def nest(levels):
    data = ALWAYS
    for _ in range(levels - 1):
        data = {"not": data}
    return data


def test_nesting_stops_at_the_limit():
    assert parse_condition(nest(MAX_DEPTH))
    assert len(read_errors(nest(MAX_DEPTH + 1))) == 1
    assert len(read_errors(nest(5_000))) == 1


def test_the_number_of_parts_stops_at_the_limit():
    assert parse_condition({"all": [ALWAYS] * (MAX_NODES - 1)})
    assert len(read_errors({"all": [ALWAYS] * MAX_NODES})) == 1
    assert len(read_errors({"any": [{"all": [ALWAYS] * 100}] * 1_000})) == 1


def test_choices_are_stored_in_their_own_spelling():
    assert make_test("arrival_weekday", "IN", ["mon", "Tue"]).value == ("MON", "TUE")


@given(draws.tests(), st.sampled_from([None, "", "  ", frozenset(), float("nan")]))
def test_an_unknown_fact_makes_every_test_false_except_is_unknown(test, unknown):
    is_expected = test.operator is Operator.IS_UNKNOWN
    assert holds(test, {test.attribute: unknown}) is is_expected
    assert holds(test, {}) is is_expected


def test_a_test_of_an_attribute_that_no_longer_exists_is_false_and_says_unknown():
    test = Test("abolished", Operator.EQUALS, "x")
    assert not holds(test, {"abolished": "x"})
    assert first_failure(test, {"abolished": "x"}).sentence() == "abolished is unknown"


@pytest.mark.parametrize(
    ("condition", "facts", "sentence"),
    [
        (("country", "IN", ["US", "CA"]), {"country": "DE"}, "country is DE, not one of US, CA"),
        (("employees", "AT_LEAST", 200), {}, "employees is unknown"),
        (
            ("employees", "BETWEEN", [200, 999]),
            {"employees": 50},
            "employees is 50, not between 200 and 999",
        ),
        (
            ("is_free_mail", "EQUALS", False),
            {"is_free_mail": True},
            "free mail address is yes, not no",
        ),
        (("city", "IS_UNKNOWN", None), {"city": "Bonn"}, "city is Bonn, not unknown"),
        (
            ("products", "CONTAINS", ["crm", "erp"]),
            {"products": frozenset({"b", "a"})},
            "product interest is a, b, not containing any of crm, erp",
        ),
        (
            ("postal_code", "WITHIN_POSTAL_RANGE", ["10000", "19999"]),
            {"postal_code": "80331"},
            "postal code is 80331, not within 10000–19999",
        ),
    ],
)
def test_a_failure_reads_as_a_sentence(condition, facts, sentence):
    assert first_failure(make_test(*condition), facts).sentence() == sentence


def test_an_exclusion_says_what_this_rule_excludes():
    country = make_test("country", "EQUALS", "US")
    failure = first_failure(All((All(), Not(country))), {"country": "us"})
    assert failure.path == "all[1].not"
    assert failure.sentence() == "country is us, which this rule excludes"
    both = Not(All((country, make_test("employees", "AT_LEAST", 200))))
    failure = first_failure(both, {"country": "US", "employees": 300})
    wanted = "country is US and employees at least 200, which this rule excludes"
    assert failure.sentence() == wanted
    failure = first_failure(Not(Not(country)), {"country": "DE"})
    assert failure.sentence() == "country is DE, not US"


def test_of_alternatives_the_one_with_fewest_failing_tests_is_reported():
    us, large = make_test("country", "EQUALS", "US"), make_test("employees", "AT_LEAST", 200)
    known = make_test("city", "IS_KNOWN")
    choice = Any((All((us, large)), All((known, large))))
    failure = first_failure(choice, {"country": "DE", "city": "Bonn", "employees": 5})
    assert failure.path == "any[1].all[1]"


def test_descriptions_read_like_the_rule_was_meant():
    us = make_test("country", "IN", ["US", "CA"])
    large = make_test("employees", "AT_LEAST", 200)
    assert describe(All((us, large))) == "country is one of US, CA and employees at least 200"
    assert describe(Any((All((us, large)), Not(us)))) == (
        "(country is one of US, CA and employees at least 200) or country is none of US, CA"
    )
    assert describe(All()) == "every lead"
    assert describe(Not(Any((us, large)))) == (
        "not (country is one of US, CA or employees at least 200)"
    )
    many = make_test("city", "IN", [f"c{number}" for number in range(20)])
    assert describe(many).endswith("c7 and 12 more")


def test_only_a_condition_without_any_test_that_counts_is_a_catch_all():
    us = make_test("country", "EQUALS", "US")
    assert is_always(All())
    assert is_always(Any((us, All())))
    assert is_always(Not(Any()))
    assert not is_always(us)
    assert not is_always(All((us,)))
    assert not is_always(Any((us, Not(us))))  # always true, but not by its shape
