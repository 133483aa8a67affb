"""The published schema of conditions says the same as the rules' own reader."""

from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from routing.engine.conditions import ConditionError, parse_condition
from routing.selectors.attributes import get_draft_registry
from tests.factories import CustomFieldFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/rule-sets/condition-schema/"


def ask(attribute: str, value: Any) -> dict[str, Any]:
    return {"test": {"attribute": attribute, "operator": "AT_LEAST", "value": value}}


def test_fields_of_ones_own_are_in_the_published_schema(manager_client: Client) -> None:
    CustomFieldFactory(slug="budget")
    validator = Draft202012Validator(manager_client.get(URL).json())
    for condition in (
        ask("employees", 5),
        ask("custom.budget", 5),
        ask("custom.budget", "five"),
        ask("custom.nowhere", 5),
        {"all": []},
        {"any": []},
    ):
        try:
            parse_condition(condition, get_draft_registry())
            is_readable = True
        except ConditionError:
            is_readable = False
        assert validator.is_valid(condition) == is_readable, condition


def test_only_managers_and_administrators_read_it(
    administrator_client: Client, marketing_client: Client, rep_client: Client, client: Client
) -> None:
    asked = (administrator_client, marketing_client, rep_client, client)
    assert [one.get(URL).status_code for one in asked] == [200, 403, 403, 401]
