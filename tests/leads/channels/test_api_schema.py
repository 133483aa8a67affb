"""A posted object becomes the payload of an intake item."""

from typing import Any

import pytest

from leadrouter.common.errors import InvalidInput
from leads.channels.api.schema import ALIASES, canonical_name, read_lead
from leads.domain.draft import FIELDS

MAIL = {"email": "ada@example.com"}


def test_every_canonical_field_is_taken_by_its_name() -> None:
    body = dict.fromkeys(FIELDS, "yes") | MAIL
    payload, warnings = read_lead(body)
    assert payload["fields"] == body
    assert (payload["extra"], warnings) == ({}, [])


@pytest.mark.parametrize("name", sorted(ALIASES))
def test_every_alias_is_read_in_snake_case_camel_case_and_with_dashes(name: str) -> None:
    for alias in ALIASES[name]:
        first, *rest = alias.split("_")
        camel = first + "".join(word.title() for word in rest)
        for form in (alias, camel, alias.replace("_", "-"), alias.upper()):
            assert canonical_name(form) == name


def test_no_alias_means_two_fields() -> None:
    aliases = [alias for table in ALIASES.values() for alias in table]
    assert len(aliases) == len(set(aliases))
    assert not set(aliases) & set(FIELDS)


def test_unknown_fields_are_kept_and_named() -> None:
    payload, warnings = read_lead(MAIL | {"owner": "eve", "score": 99, "nested": {"a": [1]}})
    assert payload["extra"] == {"owner": "eve", "score": 99, "nested": {"a": [1]}}
    assert [warning["field"] for warning in warnings] == ["owner", "score", "nested"]
    assert {warning["code"] for warning in warnings} == {"unknown_field"}


def test_custom_fields_are_kept_without_a_warning() -> None:
    payload, warnings = read_lead(MAIL | {"custom": {"budget": "10k"}})
    assert (payload["extra"], warnings) == ({"budget": "10k"}, [])


def test_null_is_the_same_as_absent() -> None:
    assert read_lead(MAIL | {"phone": None, "custom": None, "x": None}) == read_lead(MAIL)


def test_the_visit_is_read_from_the_landing_address_and_what_is_said_aloud_wins() -> None:
    payload, _ = read_lead(
        MAIL
        | {
            "landing_url": "https://x.example/?utm_source=news&utm_medium=email&gclid=G1",
            "referer": "https://search.example/",
            "utm_medium": "banner",
            "fbclid": "F1",
        }
    )
    assert payload["touch"] == {
        "landing_url": "https://x.example/?utm_source=news&utm_medium=email&gclid=G1",
        "referrer": "https://search.example/",
        "utm": {"source": "news", "medium": "banner"},
        "click_ids": {"gclid": "G1", "fbclid": "F1"},
    }


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("employees", 120, "120"),
        ("postal_code", 80331, "80331"),
        ("phone", 15550100001, "15550100001"),
        ("external_id", 7, "7"),
        ("consent", True, "yes"),
        ("consent", False, "no"),
        ("products", ["Router", "Hub"], "Router, Hub"),
    ],
)
def test_values_that_can_only_mean_one_thing_become_text(name: str, value: Any, text: str) -> None:
    payload, _ = read_lead(MAIL | {name: value})
    assert payload["fields"][name] == text


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"email": 1, "phone": [], "first_name": {}, "x": 1}, {"email", "phone", "first_name"}),
        (MAIL | {"employees": True}, {"employees"}),
        (MAIL | {"employees": 1.5}, {"employees"}),
        (MAIL | {"products": ["a", 1]}, {"products"}),
        (MAIL | {"consent": 1}, {"consent"}),
        (MAIL | {"utm_source": 5, "landing_url": [], "custom": "x"},
         {"utm_source", "landing_url", "custom"}),
        (MAIL | {"company": "A", "company_name": "B"}, {"company_name"}),
        ({}, {"email", "phone"}),
        ({"first_name": "Ada"}, {"email", "phone"}),
        ({"email": "  ", "phone": "n/a"}, {"email", "phone"}),
    ],
)  # fmt: skip
def test_every_field_that_is_wrong_is_named(body: dict[str, Any], refused: set[str]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_lead(body)
    assert set(refusal.value.fields) == refused
    assert refusal.value.message.startswith(next(iter(refusal.value.fields)))


def test_the_same_value_under_two_names_is_no_contradiction() -> None:
    payload, _ = read_lead(MAIL | {"company": "A", "companyName": "A"})
    assert payload["fields"]["company"] == "A"


def test_an_unusable_e_mail_beside_a_phone_is_kept_with_a_warning() -> None:
    payload, warnings = read_lead({"email": "none", "phone": "+1 555 010 0001"})
    assert payload["fields"]["email"] == "none"
    assert [(warning["field"], warning["code"]) for warning in warnings] == [
        ("email", "email_unusable")
    ]


@pytest.mark.parametrize(
    "fields",
    [{"email": "a@localhost"}, {"phone": "12345"}, {"email": '"odd local"@x'}, {"email": "nope"}],
)
def test_what_could_only_become_a_dead_letter_is_refused_at_once(fields) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_lead(fields)
    assert set(refused.value.fields) == {"email", "phone"}


def test_a_name_longer_than_is_kept_is_doubted() -> None:
    _, warnings = read_lead({"email": "ada@example.com", "first_name": "x" * 3000})
    assert [(one["field"], one["code"]) for one in warnings] == [("first_name", "text_cut")]
