"""Attributes of an organisation's own in the engine: parsed by a registry, evaluated without one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from routing.engine.attributes import (
    ATTRIBUTES,
    AttributeType,
    CustomName,
    get_attribute,
    make_custom_attribute,
    make_registry,
)
from routing.engine.conditions import (
    ConditionError,
    condition_to_json,
    describe,
    first_failure,
    holds,
    parse_condition,
)
from routing.engine.schema import make_schema
from tests.routing.engine.world import NOW, make_plan, queue, rule

OWN = tuple(
    make_custom_attribute(f"custom.{kind.lower()}", f"own {kind.lower()}", kind)
    for kind in AttributeType
)
CHOSEN = make_custom_attribute(
    "answer.size", "size", AttributeType.CHOICE, choices=("Small", "Large")
)
REGISTRY = make_registry((*OWN, CHOSEN))


def ask(attribute, operator, value=None):
    test = {"attribute": attribute, "operator": operator}
    return {"test": test if value is None else test | {"value": value}}


words = st.sampled_from(["red", "green", "blue", "Red wine"])
tests = st.one_of(
    st.builds(ask, st.sampled_from(["custom.text", "custom.choice"]), st.just("EQUALS"), words),
    st.builds(ask, st.just("custom.text"), st.sampled_from(["CONTAINS", "STARTS_WITH"]), words),
    st.builds(ask, st.just("custom.set"), st.sampled_from(["CONTAINS", "CONTAINS_ALL"]),
              st.lists(words, min_size=1, max_size=2)),
    st.builds(ask, st.just("custom.number"), st.sampled_from(["AT_LEAST", "AT_MOST", "EQUALS"]),
              st.integers(0, 9)),
    st.builds(ask, st.just("custom.boolean"), st.just("EQUALS"), st.booleans()),
    st.builds(ask, st.sampled_from([str(one.name) for one in OWN]),
              st.sampled_from(["IS_KNOWN", "IS_UNKNOWN"])),
)  # fmt: skip
conditions = st.recursive(
    tests,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)
facts = st.fixed_dictionaries(
    {},
    optional={
        "custom.text": words,
        "custom.choice": words,
        "custom.number": st.integers(0, 9),
        "custom.boolean": st.booleans(),
        "custom.set": st.frozensets(words),
    },
)


@given(st.lists(conditions, min_size=20, max_size=25), facts)
def test_the_index_finds_what_trying_each_rule_finds(stored, known):
    parsed = [parse_condition(one, REGISTRY) for one in stored]
    rules = [rule(number, one, queue()) for number, one in enumerate(parsed)]
    matched = make_plan(*rules, territories=()).match(known, NOW)
    expected = next((one for one in rules if holds(one.condition, known)), None)
    assert matched is expected


@given(conditions)
def test_a_condition_is_stored_as_plain_text_and_read_back_equal(stored):
    condition = parse_condition(stored, REGISTRY)
    text = json.dumps(condition_to_json(condition))
    assert parse_condition(json.loads(text), REGISTRY) == condition
    for item in _names(condition_to_json(condition)):
        assert type(item) is str


def _names(data):
    if isinstance(data, dict):
        yield from ([data["attribute"]] if "attribute" in data else ())
        for part in data.values():
            yield from _names(part)
    if isinstance(data, list):
        for part in data:
            yield from _names(part)


def test_without_the_registry_an_own_attribute_is_unknown():
    stored = ask("custom.number", "AT_LEAST", 5)
    with pytest.raises(ConditionError, match=r"no attribute called “custom\.number”"):
        parse_condition(stored)
    assert holds(parse_condition(stored, REGISTRY), {"custom.number": 7})
    assert not holds(parse_condition(stored, REGISTRY), {"custom.number": "7"})


def test_own_attributes_are_said_by_their_label_and_fail_with_their_value():
    condition = parse_condition(ask("custom.number", "AT_LEAST", 5), REGISTRY)
    assert describe(condition) == "own number at least 5"
    failure = first_failure(condition, {"custom.number": 3})
    assert failure.sentence() == "own number is 3, not at least 5"
    assert isinstance(condition.attribute, CustomName)
    assert get_attribute(condition.attribute).type is AttributeType.NUMBER


def test_choices_are_brought_to_their_own_spelling_and_others_refused():
    assert parse_condition(ask("answer.size", "EQUALS", "LARGE"), REGISTRY).value == "Large"
    with pytest.raises(ConditionError, match="“Huge” is not one of Small, Large"):
        parse_condition(ask("answer.size", "EQUALS", "Huge"), REGISTRY)


def test_nothing_replaces_a_built_in_attribute():
    fake = make_custom_attribute("country", "fake", AttributeType.NUMBER)
    assert make_registry([fake])["country"] is ATTRIBUTES["country"]


def test_the_schema_is_made_for_any_registry():
    validator = Draft202012Validator(make_schema(REGISTRY))
    assert validator.is_valid(ask("custom.set", "CONTAINS", ["a"]))
    assert validator.is_valid(ask("answer.size", "EQUALS", "Small"))
    assert not validator.is_valid(ask("answer.size", "EQUALS", "Huge"))
    assert not validator.is_valid(ask("custom.none", "IS_KNOWN"))
    json.dumps(make_schema(REGISTRY))
