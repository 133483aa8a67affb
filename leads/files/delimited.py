"""Rows of delimited text, with damage kept to the row it is in.

The csv module alone lets one forgotten quotation mark swallow the rest of a file into one cell,
without a word. Here such a line is read as it stands, reported, and reading goes on after it.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from leads.files.limits import MAX_FILE_BYTES

DELIMITERS = (",", ";", "\t", "|")
MAX_LINES_PER_ROW = 200
MAX_CELLS_PER_LINE = 20_000
"""More than Excel has columns. Without it 20 MB of commas become 340 MB of empty cells."""
UNCLOSED_QUOTE = "A quotation mark is never closed; the line was read as it stands."

# Process-wide; the file limit is the true bound. The default of 128 KiB raises on long notes.
csv.field_size_limit(MAX_FILE_BYTES)

_SEPARATOR_HINT = re.compile(r"sep=([,;\t|])\s*$", re.IGNORECASE)


class Record(NamedTuple):
    """The cells of one row of the file ([] for a blank line) and what is wrong with it, or ""."""

    cells: list[str]
    damage: str


class _RunawayRowError(Exception):
    """A quoted cell runs over more lines than any note does."""


class _Lines:
    """Physical lines that remember those of the row being read, so that they can be read again."""

    def __init__(self, source: Iterable[str], delimiter: str) -> None:
        self._delimiter = delimiter
        self._source = iter(source)
        self._again: deque[str] = deque()
        self._taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._taken) >= MAX_LINES_PER_ROW:
            raise _RunawayRowError
        line = self._again.popleft() if self._again else self._next_new()
        self._taken.append(line)
        return line

    def _next_new(self) -> str:
        line = next(self._source).replace("\0", "")
        if len(line) > MAX_CELLS_PER_LINE and line.count(self._delimiter) >= MAX_CELLS_PER_LINE:
            cells = line.split(self._delimiter, MAX_CELLS_PER_LINE)[:MAX_CELLS_PER_LINE]
            return self._delimiter.join(cells) + "\n"
        return line

    def take(self) -> list[str]:
        taken, self._taken = self._taken, []
        return taken

    def give_back(self, lines: list[str]) -> None:
        self._again.extendleft(reversed(lines))


def read_records(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Every row in order, blank ones included, streaming; never raises for bad quoting."""
    source = _Lines(lines, delimiter)
    while True:
        try:
            for cells in csv.reader(source, delimiter=delimiter):
                taken = source.take()
                if _may_be_torn(taken) and not _is_well_quoted(taken, delimiter):
                    yield _as_it_stands(source, taken, delimiter)
                    break
                yield Record(cells, "")
            else:
                return
        except (_RunawayRowError, csv.Error):
            yield _as_it_stands(source, source.take(), delimiter)


def read_well_formed(lines: Iterable[str], delimiter: str) -> Iterator[Record]:
    """Every row of text that our own converter wrote, however many lines a cell has."""
    return (Record(cells, "") for cells in csv.reader(lines, delimiter=delimiter))


def _may_be_torn(taken: list[str]) -> bool:
    return len(taken) > 1 or (bool(taken) and taken[0].count('"') % 2 == 1)


def _is_well_quoted(taken: list[str], delimiter: str) -> bool:
    try:
        return len(list(csv.reader(taken, delimiter=delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _as_it_stands(source: _Lines, taken: list[str], delimiter: str) -> Record:
    """The first line cut at each delimiter; the others are read again as rows of their own."""
    source.give_back(taken[1:])
    line = taken[0].rstrip("\n") if taken else ""
    return Record([cell.strip('"') for cell in line.split(delimiter)], UNCLOSED_QUOTE)


def find_separator_hint(first_line: str) -> str | None:
    """The delimiter from Excel's own first line “sep=;”, or None."""
    match = _SEPARATOR_HINT.match(first_line)
    return match.group(1) if match else None


def split_by_other_delimiter(cells: list[str], delimiter: str, width: int) -> list[str] | None:
    """A one-cell row cut by another delimiter when that gives exactly the width of the table."""
    if width < 2 or len(cells) != 1:
        return None
    for other in DELIMITERS:
        if other != delimiter and cells[0].count(other) == width - 1:
            return [cell.strip().strip('"') for cell in cells[0].split(other)]
    return None
