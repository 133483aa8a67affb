"""Ways to reach a person, found in what the person wrote."""

import time

import pytest

from leads.channels.conversations import find_contact
from leads.channels.documents import Warnings


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to Ada.Example+x@mail.example.com, please", {"email": "Ada.Example+x@mail.example.com"}),
        ("my mail:ada@example.com.", {"email": "ada@example.com"}),
        ("+49 (30) 12345-67 or later", {"phone": "+49 (30) 12345-67"}),
        ("ada@example.com +15550100001", {"email": "ada@example.com", "phone": "+15550100001"}),
        ("order 0049301234567 of 2026", {}),
        ("ada@localhost", {}),
        ("@ada and bob@", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_an_address_and_an_international_number_are_found_and_nothing_else(
    text: str, found: dict[str, str]
) -> None:
    warnings: Warnings = []
    assert find_contact(text, warnings) == found
    assert [one["field"] for one in warnings] == list(found)
    assert all(one["code"] == "contact_from_text" for one in warnings)


@pytest.mark.parametrize("text", ["a" * 20_000, "a@" * 10_000, "+1 " * 7_000, "a@a." * 5_000])
def test_no_text_keeps_the_search_busy(text: str) -> None:
    begun = time.perf_counter()
    find_contact(text, [])
    assert time.perf_counter() - begun < 0.5
