from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from leads.domain import cleansing
from leads.domain.draft import Draft, FieldWarning, Problem
from leads.files.preview import PreviewRow, preview
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
ROWS = [(number, cells, TABLE.damaged.get(number, "")) for number, cells in TABLE.rows()]


def look(mapping: dict[int, str]) -> list[PreviewRow]:
    return preview(headers=TABLE.headers, rows=ROWS, mapping=mapping, inspect=inspect)


def test_each_row_shows_its_problems_and_warnings() -> None:
    first, second, third, fourth = look({0: "full_name", 1: "email"})
    assert first.number == 3
    assert (first.is_accepted, first.problems, first.warnings) == (True, (), ())
    assert first.extra == {"Size": "38"}
    assert first.draft.email == "a@acme.test"
    assert second.problems == ("“nothing” is no address.",)
    assert second.warnings == ("The name is odd.",)
    assert not second.is_accepted
    assert not third.is_accepted
    assert "never closed" in third.problems[0]
    assert fourth.is_accepted


def test_each_cell_shows_what_is_said_of_its_field() -> None:
    _, second, *_ = look({1: "email", 0: "full_name"})
    name, email = second.cells
    assert (name.column, name.field, name.value) == (0, "full_name", "bo")
    assert (name.warnings, name.problems) == (("The name is odd.",), ())
    assert (email.column, email.problems) == (1, ("“nothing” is no address.",))


def test_a_cell_shows_what_it_will_become() -> None:
    rows = [(2, ["ANN@ACME.EXAMPLE", "030 5550100"], "")]
    german = partial(cleansing.inspect, default_country="DE")
    [row] = preview(
        headers=["E-mail", "Phone"], rows=rows, mapping={0: "email", 1: "phone"}, inspect=german
    )
    assert [cell.becomes for cell in row.cells] == ["ANN@acme.example", "+49305550100"]


def test_a_row_without_a_cell_and_a_mapping_without_a_column_are_shown_all_the_same() -> None:
    [row] = preview(
        headers=["E-mail"], rows=[(2, [], "")], mapping={0: "email", 7: "phone"}, inspect=inspect
    )
    assert [cell.value for cell in row.cells] == [""]
