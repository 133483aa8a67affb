"""The sample files of the documentation stay what their page says."""

from __future__ import annotations

import re
from pathlib import Path

from leads.files.columns import guess_mapping
from leads.files.mapping import mapping_of, validate_mapping
from leads.files.readers import Table, open_table

SAMPLES = Path(__file__).parents[3] / "docs" / "samples"


def open_sample(name: str) -> Table:
    return open_table((SAMPLES / name).read_bytes(), name)


def described_rows(title: str) -> list[int]:
    """The row numbers in the table under a heading of the page, without those said to be skipped."""
    section = (SAMPLES / "README.md").read_text(encoding="utf-8").split(f"## {title}")[1]
    lines = re.findall(r"^\| (\d+) \| (.*) \|$", section.split("\n## ")[0], re.MULTILINE)
    return [int(number) for number, words in lines if "skipped" not in words]


def test_the_messy_csv_is_read_row_by_row_as_described() -> None:
    table = open_sample("trade_show_messy.csv")
    assert (table.header_row, table.encoding, table.delimiter) == (4, "cp1252", ";")
    assert [number for number, _ in table.rows()] == described_rows("trade_show_messy.csv")
    assert table.count_rows() == 60
    assert len(table.damaged) == 2
    assert any("“Schröder”" in warning for warning in table.warnings)


def test_the_workbook_is_read_from_its_visible_list_as_described() -> None:
    table = open_sample("trade_show.xlsx")
    assert (table.header_row, table.sheet_name, table.kind) == (3, "Leads", "xlsx")
    assert [number for number, _ in table.rows()] == described_rows("trade_show.xlsx")
    assert any("Hidden sheets were left out: Codes" in warning for warning in table.warnings)


def test_the_columns_of_both_samples_are_guessed_without_help() -> None:
    for name, unmapped in (("trade_show_messy.csv", ["Lead Rating"]), ("trade_show.xlsx", [])):
        table = open_sample(name)
        guesses = guess_mapping(table.headers, [cells for _, cells in table.rows()])
        assert [guess.header for guess in guesses if not guess.field] == unmapped
        assert validate_mapping(mapping_of(guesses), table.headers) == []
