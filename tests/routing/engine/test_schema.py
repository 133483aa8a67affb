import json

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from routing.engine.attributes import ATTRIBUTES
from routing.engine.conditions import ConditionError, condition_to_json, parse_condition
from routing.engine.schema import JSON_SCHEMA
from tests.routing.engine import draws

VALIDATOR = Draft202012Validator(JSON_SCHEMA)


def test_the_schema_itself_is_valid_and_plain_json():
    Draft202012Validator.check_schema(JSON_SCHEMA)
    assert json.loads(json.dumps(JSON_SCHEMA)) == JSON_SCHEMA


def test_the_schema_offers_every_attribute_with_its_operators():
    offered = {
        item["properties"]["attribute"]["const"]: [
            one["properties"]["operator"]["const"] for one in item["oneOf"]
        ]
        for item in JSON_SCHEMA["$defs"]["test"]["oneOf"]
    }
    wanted = {name: list(attribute.operators) for name, attribute in ATTRIBUTES.items()}
    assert offered == wanted


@settings(max_examples=60)
@given(draws.conditions)
def test_every_stored_condition_follows_the_schema(condition):
    assert VALIDATOR.is_valid(condition_to_json(condition))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"all": {}},
        {"any": []},
        {"all": [], "any": [{"all": []}]},
        {"test": {"attribute": "colour", "operator": "EQUALS", "value": "red"}},
        {"test": {"attribute": "country", "operator": "EQUALS", "value": "USA"}},
        {"test": {"attribute": "country", "operator": "AT_LEAST", "value": 1}},
        {"test": {"attribute": "country", "operator": "IN", "value": []}},
        {"test": {"attribute": "employees", "operator": "AT_LEAST", "value": True}},
        {"test": {"attribute": "employees", "operator": "BETWEEN", "value": [1, 2, 3]}},
        {"test": {"attribute": "employees", "operator": "AT_LEAST"}},
        {"test": {"attribute": "city", "operator": "IS_KNOWN", "value": 1}},
        {"test": {"attribute": "city", "operator": "EQUALS", "value": "x", "note": 1}},
        {"not": []},
        [],
        None,
    ],
)
def test_schema_and_reader_refuse_the_same(data):
    assert not VALIDATOR.is_valid(data)
    with pytest.raises(ConditionError):
        parse_condition(data)
