"""An uploaded file as one table of text, whatever its kind: `open_table` and nothing else to know.

Opening reads the file once from end to end, so that doubts can be shown and rows counted before
anything is imported; `Table.rows()` streams it again as often as wanted.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Literal

from leads.files.columns import recognise
from leads.files.delimited import (
    DELIMITERS,
    Record,
    find_separator_hint,
    read_records,
    read_well_formed,
    split_by_other_delimiter,
)
from leads.files.header_rows import (
    SEARCH_ROWS,
    Recognise,
    find_header_row,
    guess_delimiter,
    is_blank,
    name_columns,
)
from leads.files.limits import MAX_CELL_CHARS, MAX_COLUMNS, MAX_FILE_BYTES, MAX_ROWS, FileRefused
from leads.files.sniffing import sniff_kind, sniff_text
from leads.files.workbooks import Sheet, read_sheet

__all__ = ["MAX_FILE_BYTES", "FileRefused", "Table", "open_table"]

_TOO_MANY_ROWS = f"The file has more than {MAX_ROWS:,} rows; split it and upload the parts."
_PROTECTED = re.compile(r"'+[=+\-@\t\r]")


@dataclass(frozen=True)
class _Source:
    """Where lines come from: text in memory or a converted sheet on disk; opened anew each time."""

    content: bytes
    sheet: Sheet | None
    encoding: str
    delimiter: str = ","
    hinted: bool = False

    def open_lines(self) -> IO[str]:
        """Lines ending in \\n, whether the file uses CR, LF or both."""
        if self.sheet is not None:
            return self.sheet.file.path.open(encoding="utf-8", newline="\n")
        return io.TextIOWrapper(io.BytesIO(self.content), self.encoding, errors="replace")

    def records(self) -> Iterator[tuple[int, Record]]:
        """Rows with their number as a spreadsheet program shows it: a note of three lines is one
        row, a blank line is one too."""
        with self.open_lines() as lines:
            if self.hinted:
                next(lines)
            read = read_records if self.sheet is None else read_well_formed
            for number, record in enumerate(read(lines, self.delimiter), start=1 + self.hinted):
                if number > MAX_ROWS:
                    raise FileRefused("too_many_rows", _TOO_MANY_ROWS)
                yield number, record


@dataclass(frozen=True)
class Table:
    """One header and the rows under it. `header_row` is 1-based, 0 when the file has no header.

    `damaged` names the rows that could not be read as they were meant, with a sentence each.
    """

    headers: tuple[str, ...]
    header_row: int
    encoding: str
    delimiter: str
    kind: Literal["csv", "xlsx"]
    sheet_name: str
    sheet_names: tuple[str, ...]
    warnings: tuple[str, ...]
    damaged: Mapping[int, str]
    _row_count: int
    _source: _Source = field(repr=False)

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """(row number, cells) of every row that is not blank, streaming.

        At least one cell per header; more only where the row has text beyond the last header.
        """
        for number, cells, _ in _read_rows(self._source, self.header_row, len(self.headers)):
            yield number, cells

    def count_rows(self) -> int:
        """How many rows `rows` gives."""
        return self._row_count


def open_table(
    content: bytes,
    file_name: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet_name: str | None = None,
    known: Recognise = recognise,
) -> Table:
    """The table in an uploaded CSV, TSV, TXT, XLSX or XLS file; the content decides, not the name.

    encoding, delimiter and sheet_name are a person's correction of a wrong guess. `known` tells
    the headers of the file's own kind, by which the header row and the delimiter are found.
    Raises: FileRefused, and nothing else whatever the bytes are.
    """
    if delimiter is not None and delimiter not in DELIMITERS:
        raise FileRefused("unknown_delimiter", "The delimiter is a comma, semicolon, tab or bar.")
    kind, warnings = sniff_kind(content, file_name)
    if kind == "csv":
        text = sniff_text(content, encoding)
        source = _Source(content[text.skip_bytes :], None, text.encoding)
        source = _with_delimiter(source, delimiter, known)
        return _survey(source, "csv", [*warnings, *text.warnings], known)
    sheet = read_sheet(content, kind, sheet_name)
    source = _Source(b"", sheet, "utf-8")
    return _survey(source, "xlsx", [*warnings, *_say_sheets(sheet, sheet_name)], known)


def _with_delimiter(source: _Source, chosen: str | None, known: Recognise) -> _Source:
    with source.open_lines() as lines:
        # 64 KB of lines are plenty, and bound the work when the file is one line of 20 MB.
        first = [line.replace("\0", "") for line in islice(lines, 2 * SEARCH_ROWS)]
    hint = find_separator_hint(first[0]) if first else None
    delimiter = chosen or hint or guess_delimiter([line[:65_536] for line in first], known)
    return _Source(source.content, None, source.encoding, delimiter, hint is not None)


def _say_sheets(sheet: Sheet, wanted: str | None) -> Iterator[str]:
    if len(sheet.names) > 1 and not wanted:
        yield f"The workbook has {len(sheet.names)} sheets; “{sheet.name}” was read."
    if sheet.hidden:
        yield f"Hidden sheets were left out: {', '.join(sheet.hidden[:5])}."


def _survey(
    source: _Source, kind: Literal["csv", "xlsx"], warnings: list[str], known: Recognise
) -> Table:
    """Finds the header, then reads every row once for its count and its damage."""
    first = list(islice(source.records(), SEARCH_ROWS))
    found = find_header_row([record.cells[:MAX_COLUMNS] for _, record in first], known)
    header_row = 0 if found is None else first[found][0]
    cells = [] if found is None else first[found][1].cells
    if found is None:
        warnings.append("The file has no header row; columns are named by their position.")
    width = _find_width(source, header_row, cells)
    headers, repairs = name_columns(cells, width)
    warnings += repairs if cells else []
    count, damaged, doubts = _count_and_check(source, header_row, width)
    if not count:
        raise _refuse_without_rows(headers)
    sheet = source.sheet
    return Table(
        headers=headers,
        header_row=header_row,
        encoding=source.encoding,
        delimiter=source.delimiter,
        kind=kind,
        sheet_name=sheet.name if sheet else "",
        sheet_names=sheet.names if sheet else (),
        warnings=(*warnings, *doubts),
        damaged=damaged,
        _row_count=count,
        _source=source,
    )


def _refuse_without_rows(headers: tuple[str, ...]) -> FileRefused:
    if headers:
        return FileRefused("no_rows", "The file has a header but no rows under it.")
    return FileRefused("empty", "The file is empty.")


def _find_width(source: _Source, header_row: int, header: list[str]) -> int:
    """Columns in use: named ones, and unnamed ones that some row fills.

    A CSV header of fixed width says how many columns there are; a sheet has no such promise, so a
    filled cell beyond the header is one more column there, and damage in a CSV.
    """
    named = max((index + 1 for index, cell in enumerate(header) if cell.strip()), default=0)
    limit = len(header) if header and source.sheet is None else MAX_COLUMNS + 1
    width = named
    if width < limit:
        for _, record in _data_records(source, header_row):
            if len(record.cells) > width:
                filled = record.cells[width:limit]
                used = (i for i in range(len(filled), 0, -1) if filled[i - 1].strip())
                width += next(used, 0)
    if width > MAX_COLUMNS:
        raise FileRefused("too_many_columns", f"The file has more than {MAX_COLUMNS} columns.")
    return width


def _data_records(source: _Source, header_row: int) -> Iterator[tuple[int, Record]]:
    return islice(source.records(), max(0, header_row - source.hinted), None)


def _read_rows(
    source: _Source, header_row: int, width: int
) -> Iterator[tuple[int, tuple[str, ...], str]]:
    """(number, cells, what is wrong or "") of each row that is not blank."""
    for number, record in _data_records(source, header_row):
        cells, damage = record
        if len(cells) == 1 and width > 1:
            cells = split_by_other_delimiter(cells, source.delimiter, width) or cells
        row = [_plain(cell) for cell in cells[:MAX_COLUMNS]]
        while len(row) > width and not row[-1].strip():
            row.pop()
        if len(row) > width and not damage:
            damage = (
                f"The row has {len(row)} cells, but there are only {width} columns: join or remove "
                "the extra cells."
            )
        if not is_blank(row):
            row += [""] * (width - len(row))
            yield number, tuple(row), damage


def _plain(cell: str) -> str:
    """The cell cut to size, without the apostrophe by which exports defuse formulas."""
    if cell.startswith("'") and _PROTECTED.match(cell):
        cell = cell[1:]
    return cell[:MAX_CELL_CHARS] if len(cell) > MAX_CELL_CHARS else cell


def _count_and_check(
    source: _Source, header_row: int, width: int
) -> tuple[int, dict[int, str], list[str]]:
    count = 0
    damaged: dict[int, str] = {}
    cut: list[int] = []
    lost: list[int] = []
    for number, row, damage in _read_rows(source, header_row, width):
        count += 1
        if damage:
            damaged[number] = damage
        if any(len(cell) == MAX_CELL_CHARS for cell in row):
            cut.append(number)
        if "\ufffd" in "".join(row):
            lost.append(number)
    doubts = []
    if damaged:
        doubts.append(_name_rows("Damaged rows", list(damaged)))
    if cut:
        doubts.append(_name_rows(f"Rows with text cut at {MAX_CELL_CHARS:,} characters", cut))
    if b"\0" in source.content and source.encoding not in ("utf-16-le", "utf-16-be"):
        doubts.append("The file holds NUL characters; they were left out.")
    if lost:
        doubts.append(_name_rows("Rows with unreadable characters, shown as “\ufffd”", lost))
    return count, damaged, doubts


def _name_rows(words: str, numbers: list[int]) -> str:
    named = ", ".join(map(str, numbers[:5]))
    return f"{words}: {named}" + (f" and {len(numbers) - 5} more." if len(numbers) > 5 else ".")
