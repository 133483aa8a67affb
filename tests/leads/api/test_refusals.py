"""Refusals that send nobody on a wrong way: the right status, in the one error shape."""

from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_the_schema_asks_strangers_to_sign_in_and_does_so_in_json(anonymous_client: Client) -> None:
    answer = anonymous_client.get("/api/v1/schema/")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/json")
    assert answer.json()["error"]["code"] == "not_authenticated"


def test_a_verb_that_there_is_not_is_no_matter_of_roles(manager_client: Client) -> None:
    answer = manager_client.put("/api/v1/leads/", "{}", content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")


def test_an_api_key_is_told_what_keys_may_do(anonymous_client: Client, api_key: Any) -> None:
    answer = anonymous_client.get(
        "/api/v1/leads/", headers={"Authorization": f"Bearer {api_key.plain}"}
    )
    assert answer.status_code == 403
    assert answer.json()["error"]["message"].startswith("An API key may post leads")
