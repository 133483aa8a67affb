"""Values of an organisation's own fields, as people and programs send them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.custom_fields import (
    FieldDefinition,
    FieldKind,
    FieldType,
    find_field,
    read_custom,
)

BUDGET = FieldDefinition("budget", "Budget", FieldType.NUMBER, unit="EUR")
PLAN = FieldDefinition("plan", "Plan", FieldType.CHOICE, choices=("Basic", "Pro"))
URGENT = FieldDefinition("is_urgent", "Urgent", FieldType.BOOLEAN)
TOOLS = FieldDefinition("tools", "Tools in use", FieldType.SET)
NOTE = FieldDefinition("note", "Note", FieldType.TEXT)
PETS = FieldDefinition("pets", "Pets", FieldType.TEXT, FieldKind.ANSWER)
GONE = FieldDefinition("gone", "Gone", FieldType.NUMBER, is_active=False)
ALL = (BUDGET, PLAN, URGENT, TOOLS, NOTE, PETS, GONE)


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        (BUDGET, "50000", 50_000),
        (BUDGET, "50,000", 50_000),
        (BUDGET, "€ 1.250,50", 1250.5),
        (BUDGET, "$1,250.50", 1250.5),
        (BUDGET, "1 250 EUR", 1250),
        (BUDGET, "10k", 10_000),
        (BUDGET, "1,5 Mio", 1_500_000),
        (BUDGET, "-3 %", -3),
        (BUDGET, "12.5", 12.5),
        (BUDGET, 7, 7),
        (BUDGET, 7.0, 7),
        (BUDGET, 7.25, 7.25),
        (PLAN, " pro ", "Pro"),
        (URGENT, "yes", True),
        (URGENT, "Nein", False),
        (URGENT, True, True),
        (TOOLS, "Jira, Trello;jira", ["Jira", "Trello"]),
        (TOOLS, ["Jira", "Trello"], ["Jira", "Trello"]),
        (NOTE, "  two\tlines\n", "two lines"),
        (NOTE, 12, "12"),
    ],
)
def test_values_are_brought_to_the_type_of_the_field(
    field: FieldDefinition, raw: Any, value: Any
) -> None:
    values, warnings = read_custom({field.slug: raw}, ALL)
    assert values == {field.key: value}
    assert type(values[field.key]) is type(value)
    assert warnings == ()


@pytest.mark.parametrize(
    ("field", "raw", "sentence"),
    [
        (BUDGET, "a lot", "Budget “a lot” is not a number."),
        (BUDGET, "10 or 20", "Budget “10 or 20” is not a number."),
        (BUDGET, "1.2.3", "Budget “1.2.3” is not a number."),
        (BUDGET, "1e400", "is not a number"),
        (BUDGET, True, "is not a number"),
        (BUDGET, 10**20, "is not a number that can be kept"),
        (PLAN, "Gold", "Plan “Gold” is not one of Basic, Pro."),
        (URGENT, "perhaps", "Urgent “perhaps” is neither yes nor no."),
        (TOOLS, {"a": 1}, "is not a list"),
        (NOTE, ["x"], "is not text"),
    ],
)
def test_what_cannot_be_read_is_kept_as_it_came_with_a_warning(
    field: FieldDefinition, raw: Any, sentence: str
) -> None:
    values, (warning,) = read_custom({field.slug: raw}, ALL)
    assert values == {field.key: raw}
    assert (warning.field, warning.code) == (field.attribute, "custom_unread")
    assert sentence in warning.message


@pytest.mark.parametrize("name", ["budget", "Budget", "BUDGET:", "custom.budget", "Custom Budget"])
def test_a_field_is_known_by_its_names_however_they_are_spelled(name: str) -> None:
    assert read_custom({name: "5"}, ALL)[0] == {"budget": 5}
    assert find_field(name, ALL) == BUDGET


def test_answers_have_a_key_of_their_own_and_the_rest_stays_as_it_is() -> None:
    extra = {"answer.pets": "two cats", "gone": "7", "Shoe size": 44, "budget": " "}
    values, warnings = read_custom(extra, ALL)
    assert values == {"answer.pets": "two cats", "gone": "7", "Shoe size": 44}
    assert warnings == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([one.slug for one in ALL]) | st.text(), json_values))
def test_no_value_breaks_the_reading_and_what_is_kept_can_be_stored(extra: dict[str, Any]) -> None:
    values, _ = read_custom(extra, ALL)
    json.dumps(values)
    again, _ = read_custom(values, ALL)
    for field in ALL:
        if field.type is FieldType.NUMBER and field.is_active:
            assert again.get(field.key) == values.get(field.key)
