"""Facts as words."""

import pytest

from routing.admin.fact_words import say_fact


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("source_kind", "WEBSITE", "Website"),
        ("arrival_weekday", "SUN", "Sunday"),
        ("stage", "MARKETING_QUALIFIED", "Marketing qualified"),
        ("channel", "WEB_FORM", "Web form"),
        ("company", "SUN", "SUN"),
        ("country", None, "unknown"),
        ("employees", 12, "12"),
    ],
)
def test_codes_are_said_in_words(name: str, value: object, said: str) -> None:
    assert say_fact(name, value) == said  # type: ignore[arg-type]


def test_a_country_is_said_with_its_name_and_code() -> None:
    assert "Germany" in say_fact("country", "DE")
    assert "DE" in say_fact("country", "DE")
