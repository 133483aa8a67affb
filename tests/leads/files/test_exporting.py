from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.files.columns import guess_mapping, header_fingerprint
from leads.files.exporting import BYTE_ORDER_MARK, protect_cell, write_bad_rows_csv
from leads.files.mapping import mapping_of
from leads.files.readers import open_table

HEADERS = ("Name", "Email", "Phone")


def export(rows: Sequence[tuple[int, tuple[str, ...], tuple[str, ...]]]) -> bytes:
    return "".join(write_bad_rows_csv(rows, HEADERS)).encode()


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-", "+", "=",
     "'=1", "''@x", "+49-170-1234", "-1;=2", "+1 (2)+A1"],
)  # fmt: skip
def test_a_cell_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert protect_cell(cell) == "'" + cell


@pytest.mark.parametrize(
    "cell",
    ["+49 170 1234567", "+491701234567", "+1 (555) 123-4567", "-12", "+3", "-1.234,56", "-0.5",
     "Ann", "", "'quoted'", "a=b", "x@y.test", "'"],
)  # fmt: skip
def test_plain_numbers_phones_and_words_stay_as_they_are(cell: str) -> None:
    assert protect_cell(cell) == cell


def test_the_file_opens_in_excel_and_names_row_and_reason() -> None:
    content = export([(7, ("Ann", "nothing", "+49 170 1"), ("No e-mail.", "Phone too short."))])
    text = content.decode()
    assert text.startswith(BYTE_ORDER_MARK)
    assert list(csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK)))) == [
        ["Name", "Email", "Phone", "Row", "What is wrong"],
        ["Ann", "nothing", "+49 170 1", "7", "No e-mail. Phone too short."],
    ]


def test_rows_are_written_one_at_a_time() -> None:
    asked: list[int] = []

    def rows() -> Iterator[tuple[int, tuple[str, ...], tuple[str, ...]]]:
        for number in (2, 3):
            asked.append(number)
            yield number, ("Ann",), ("Bad.",)

    lines = write_bad_rows_csv(rows(), HEADERS)
    next(lines)
    assert asked == []
    next(lines)
    assert asked == [2]


def test_a_corrected_file_is_mapped_like_the_file_it_comes_from() -> None:
    table = open_table(export([(7, ("Ann", "a@acme.test", ""), ("Bad.",))]), "refused.csv")
    assert mapping_of(guess_mapping(table.headers, [])) == {0: "full_name", 1: "email", 2: "phone"}
    assert header_fingerprint(table.headers) == header_fingerprint(HEADERS)
    assert table.warnings == ()


def test_a_file_refused_twice_has_one_pair_of_extra_columns() -> None:
    first = open_table(export([(7, ("Ann", "bad", ""), ("Bad.",))]), "refused.csv")
    rows = [(number, cells, ("Still bad.",)) for number, cells in first.rows()]
    again = "".join(write_bad_rows_csv(rows, first.headers)).encode()
    table = open_table(again, "refused.csv")
    assert table.headers == (*HEADERS, "Row", "What is wrong")
    assert list(table.rows()) == [(2, ("Ann", "bad", "", "2", "Still bad."))]


def test_cells_beyond_the_headers_are_kept_under_headers_of_their_own() -> None:
    rows = [(2, ("Ann", "a@acme.test", "1", "beyond"), ("Too many cells.",))]
    content = "".join(write_bad_rows_csv(rows, HEADERS, extra_cells=1)).encode()
    table = open_table(content, "refused.csv")
    assert table.headers == (*HEADERS, "Row", "What is wrong", "Extra 1")
    assert [cells for _, cells in table.rows()] == [
        ("Ann", "a@acme.test", "1", "2", "Too many cells.", "beyond")
    ]
    assert table.damaged == {}
    assert header_fingerprint(table.headers) == header_fingerprint(HEADERS)


# NUL and lone CR cannot survive in a text file; lines end in LF on the way back.
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("=+-@'\t\n\",; 49("),
    max_size=20,
)


@given(st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=6))
@settings(deadline=None, max_examples=200)
def test_what_is_exported_comes_back_exactly(rows: list[tuple[str, str, str]]) -> None:
    bad = [(number, row, ("Bad.",)) for number, row in enumerate(rows, start=2)]
    table = open_table(export(bad), "refused.csv")
    assert [cells[:3] for _, cells in table.rows()] == rows
    assert table.damaged == {}


@given(texts)
def test_no_exported_cell_can_be_run(text: str) -> None:
    shown = protect_cell(text)
    assert shown == text or shown == "'" + text
    if shown[:1] in ("=", "@", "\t", "\r"):
        pytest.fail("a formula got through")
    if shown[:1] in ("+", "-"):
        assert set(shown) <= set("+-0123456789 ()./,") or shown[1:].strip("0123456789.,") == ""
