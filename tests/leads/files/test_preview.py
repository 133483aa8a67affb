from __future__ import annotations

from collections.abc import Mapping, Sequence

from leads.domain.draft import Draft, FieldWarning, Problem
from leads.files.preview import preview
from leads.files.readers import open_table


def inspect(fields: Mapping[str, str]) -> tuple[Draft, Sequence[Problem]]:
    """A cleansing of one rule each: an address needs an @, a lower-case name is doubtful."""
    email = fields.get("email", "")
    problems = [] if "@" in email else [Problem("email", "invalid", f"“{email}” is no address.")]
    name = fields.get("full_name", "")
    doubts = () if name.istitle() else (FieldWarning("full_name", "case", "The name is odd."),)
    return Draft(full_name=name, email=email, warnings=doubts), problems


TABLE = open_table(
    b'Show\nName,Email,Size\nAnn,a@acme.test,38\nbo,nothing,\nCy,c@acme.test,"torn\nDi,d@acme.test,1\n',
    "leads.csv",
)
MAPPING = {0: "full_name", 1: "email"}


def test_each_row_shows_its_values_problems_and_warnings() -> None:
    first, second, third, fourth = preview(TABLE, MAPPING, inspect)
    assert (first.number, first.values) == (3, ("Ann", "a@acme.test", "38"))
    assert (first.is_accepted, first.problems, first.warnings) == (True, (), ())
    assert first.extra == {"Size": "38"}
    assert first.draft.email == "a@acme.test"
    assert second.problems == ("“nothing” is no address.",)
    assert second.warnings == ("The name is odd.",)
    assert not second.is_accepted
    assert not third.is_accepted
    assert "never closed" in third.problems[0]
    assert fourth.is_accepted


def test_a_preview_stops_at_its_limit() -> None:
    seen: list[str] = []

    def watch(fields: Mapping[str, str]) -> tuple[Draft, Sequence[Problem]]:
        seen.append(fields["full_name"])
        return inspect(fields)

    assert len(preview(TABLE, MAPPING, watch, limit=2)) == 2
    assert seen == ["Ann", "bo"]
