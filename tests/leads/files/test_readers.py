from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.files.readers import FileRefused, Table, open_table
from leads.files.sniffing import ENCODINGS
from tests.leads.files.corpus import (
    EXCEL_FILES,
    HEADERS,
    PLAIN,
    REFUSED_FILES,
    ROWS,
    TABLE,
    TEXT_FILES,
    Readable,
    Refusable,
)
from tests.leads.files.workbook_files import build_workbook

READABLE = [*TEXT_FILES, *EXCEL_FILES]


def name_of(case: Readable | Refusable) -> str:
    return case.name


@pytest.mark.parametrize("case", READABLE, ids=name_of)
def test_an_ugly_file_is_read_as_its_maker_meant_it(case: Readable) -> None:
    table = open_table(case.content, case.file_name)
    assert table.headers == case.headers
    assert list(table.rows()) == case.rows
    assert list(table.rows()) == case.rows, "a second reading gives the same"
    assert table.count_rows() == len(case.rows)
    if case.says:
        assert case.says in " | ".join(table.warnings)
    else:
        assert table.warnings == ()


@pytest.mark.parametrize("case", REFUSED_FILES, ids=name_of)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(case: Refusable) -> None:
    with pytest.raises(FileRefused) as refusal:
        open_table(case.content, case.file_name)
    assert refusal.value.code == case.code
    message = refusal.value.message
    assert message.endswith(".")
    assert message[0].isupper()
    assert refusal.value.fields == {"file": message}


def test_the_corpus_has_at_least_forty_files_of_each_kind_together() -> None:
    assert len(READABLE) >= 40
    assert len(READABLE) + len(REFUSED_FILES) >= 70


def check_shape(table: Table) -> None:
    rows = list(table.rows())
    numbers = [number for number, _ in rows]
    assert len(rows) == table.count_rows() >= 1
    assert numbers == sorted(set(numbers))
    assert numbers[0] > table.header_row
    assert set(table.damaged) <= set(numbers)
    assert len({name.casefold() for name in table.headers}) == len(table.headers)
    for _, cells in rows:
        assert len(cells) >= len(table.headers)
        assert any(cell.strip() for cell in cells)
        assert all(isinstance(cell, str) and "\0" not in cell for cell in cells)


def open_or_refuse(content: bytes, file_name: str, **choices: str) -> None:
    try:
        table = open_table(content, file_name, **choices)
    except FileRefused as refusal:
        assert refusal.message.endswith(".")  # noqa: PT017 -- either outcome is right, others raise
        return
    check_shape(table)


@given(st.binary(max_size=400))
@settings(max_examples=400, deadline=None)
def test_any_bytes_named_csv_are_read_or_refused(content: bytes) -> None:
    open_or_refuse(content, "leads.csv")


@given(st.text(st.sampled_from("aZ é@.;,|\t\"\n\r'=0+<\ufeff\x01"), max_size=120))
@settings(max_examples=400, deadline=None)
def test_any_text_with_quotes_and_delimiters_is_read_or_refused(text: str) -> None:
    open_or_refuse(text.encode(), "leads.csv")


@given(
    st.binary(min_size=1, max_size=200),
    st.sampled_from([*ENCODINGS, "rot13", "zip", "x\0y", ""]),
    st.sampled_from([",", ";", "\t", "|", "", "::", "\n"]),
)
@settings(max_examples=200, deadline=None)
def test_any_chosen_encoding_and_delimiter_are_used_or_refused(
    content: bytes, encoding: str, delimiter: str
) -> None:
    open_or_refuse(content, "leads.csv", encoding=encoding, delimiter=delimiter)


WORKBOOK = build_workbook(TABLE)


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
)
@settings(max_examples=40, deadline=None)
def test_any_bytes_named_xlsx_are_read_or_refused(content: bytes, magic: bytes) -> None:
    open_or_refuse(magic + content, "leads.xlsx")


@given(
    st.integers(0, len(WORKBOOK) - 1),
    st.binary(min_size=1, max_size=8),
    st.text(st.characters(), max_size=5),
)
@settings(max_examples=40, deadline=None)
def test_a_workbook_with_any_bytes_overwritten_is_read_or_refused(
    position: int, garbage: bytes, sheet_name: str
) -> None:
    damaged = WORKBOOK[:position] + garbage + WORKBOOK[position + len(garbage) :]
    open_or_refuse(damaged, "leads.xlsx", sheet_name=sheet_name)


def swallow(text: str) -> Table:
    return open_table(text.encode(), "leads.csv")


@given(st.lists(st.sampled_from(["plain", "torn", "quoted", "noted"]), min_size=1, max_size=40))
@settings(max_examples=150, deadline=None)
def test_one_torn_row_costs_no_other_row(kinds: list[str]) -> None:
    """However quotation marks are torn, every address of the file is still in a row of its own."""
    shapes: dict[str, Callable[[int], str]] = {
        "plain": lambda n: f"p{n}@acme.test,x",
        "torn": lambda n: f'p{n}@acme.test,"x',
        "quoted": lambda n: f'"p{n}@acme.test","x, y"',
        "noted": lambda n: f'p{n}@acme.test,"one\ntwo"',
    }
    lines = [shapes[kind](n) for n, kind in enumerate(kinds)]
    table = swallow("Email,Notes\n" + "\n".join(lines) + "\n")
    found = [cells[0] for _, cells in table.rows()]
    for number, kind in enumerate(kinds):
        assert any(f"p{number}@acme.test" in cell for cell in found), (kind, found)
    assert bool(table.damaged) == ("torn" in kinds)


def test_a_person_can_correct_the_encoding_and_the_delimiter() -> None:
    content = "Name;E-mail\nŘehoř, Žižka;r@acme.test\n".encode("cp1250")
    table = open_table(content, "leads.csv", encoding="cp1250", delimiter=";")
    assert list(table.rows()) == [(2, ("Řehoř, Žižka", "r@acme.test"))]
    assert (table.encoding, table.delimiter) == ("cp1250", ";")


def test_bytes_that_the_chosen_encoding_cannot_read_are_shown_and_named() -> None:
    table = open_table("Email,Name\na@acme.test,Peña\n".encode("cp1252"), "a.csv", encoding="utf-8")
    assert list(table.rows()) == [(2, ("a@acme.test", "Pe\ufffda"))]
    assert "Rows with unreadable characters, shown as “\ufffd”: 2." in " ".join(table.warnings)


def test_another_sheet_of_the_workbook_can_be_chosen() -> None:
    other = [["Email"], ["z@acme.test"]]
    content = build_workbook(TABLE, before=[("Day 2", "visible", other)])
    assert open_table(content, "a.xlsx").sheet_names == ("Day 2", "Leads")
    table = open_table(content, "a.xlsx", sheet_name="Day 2")
    assert list(table.rows()) == [(2, ("z@acme.test",))]
    assert table.sheet_name == "Day 2"
    with pytest.raises(FileRefused, match="no visible sheet of that name"):
        open_table(content, "a.xlsx", sheet_name="Day 3")


def test_an_unknown_encoding_or_delimiter_is_refused() -> None:
    with pytest.raises(FileRefused, match="encoding"):
        open_table(PLAIN.encode(), "a.csv", encoding="rot13")
    with pytest.raises(FileRefused, match="delimiter"):
        open_table(PLAIN.encode(), "a.csv", delimiter="a")


def test_a_torn_row_says_what_happened_to_it() -> None:
    table = swallow('Email,Notes\na@acme.test,"oops\nb@acme.test,fine\n')
    assert list(table.damaged) == [2]
    assert "never closed" in table.damaged[2]


def test_a_table_does_not_change_while_two_readers_stream_it() -> None:
    for table in (swallow(PLAIN), open_table(WORKBOOK, "a.xlsx")):
        one, two = table.rows(), table.rows()
        assert [next(one), next(two), next(one), next(two)] == [ROWS[0], ROWS[0], ROWS[1], ROWS[1]]
        assert table.headers == HEADERS


def test_a_file_of_fifty_thousand_rows_is_streamed() -> None:
    line = "Ann,Lee,ann{}@acme.test\n"
    content = ("First name,Last name,Email\n" + "".join(map(line.format, range(50_000)))).encode()
    tracemalloc.start()
    try:
        table = open_table(content, "leads.csv")
        assert sum(1 for _ in table.rows()) == table.count_rows() == 50_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000
