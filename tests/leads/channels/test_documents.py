"""Reading a sender's object: what is odd is warned of, and nothing of it is lost."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leads.channels.documents import JsonObject, read_moment

MOMENT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-05T09:30:00Z", "2026-01-05T10:30:00+0100", "2026-01-05T10:30:00+01:00",
        "2026-01-05T09:30:00.000000Z", "2026-01-05 09:30:00", "1767605400", 1767605400, 1767605400000,
    ],
)  # fmt: skip
def test_a_moment_is_read_however_it_is_written(written: Any) -> None:
    assert read_moment(written) == MOMENT


@pytest.mark.parametrize(
    "written",
    [None, "", True, "soon", 0, -1, 10**30, 1e308, float("nan"), "9" * 400, "1812-01-01", [], {},
     "2026-99-99T00:00:00Z", "2026-01-05T09:30:00+99:99", "²"],
)  # fmt: skip
def test_what_is_no_moment_is_none(written: Any) -> None:
    assert read_moment(written) is None


def test_what_nobody_asked_for_or_could_use_is_left_over_from_every_depth() -> None:
    said = JsonObject.of(
        {
            "id": 7, "name": ["Ada"], "at": "soon", "empty": None, "new": {"a": 1},
            "person": {"mail": "a@example.com", "age": 40, "tags": "x"},
            "list": [{"key": "k", "more": 1}, 9, {"key": "l"}],
        }
    )  # fmt: skip
    person = said.inner("person")
    assert (said.text("id"), said.text("name"), said.moment("at")) == ("7", "", None)
    assert (person.text("mail"), person.items("tags")) == ("a@example.com", [])
    assert [one.text("key") for one in said.objects("list")] == ["k", "l"]
    assert [said.text("absent"), said.inner("absent").text("x"), said.items("absent")] == [
        "",
        "",
        [],
    ]
    assert said.rest() == {
        "name": ["Ada"],
        "at": "soon",
        "new": {"a": 1},
        "person": {"age": 40, "tags": "x"},
        "list": [{"more": 1}],
    }
    assert [one["field"] for one in said.warnings] == ["name", "at", "person.tags", "list.1"]
    said.skip("new", "person", "list")
    assert set(said.rest()) == {"name", "at"}
