"""Refused rows as a CSV file that opens in Excel, can be corrected there and uploaded again.

Formula injection: a cell that a spreadsheet program would run as a formula gets an apostrophe in
front (OWASP ASVS 1.2.10). `readers` takes it off again, and one more is added to text that already
has one, so what is uploaded again is exactly what was exported. Plain numbers and phone numbers
stay as they are, except a phone like +49-170-1234 that Excel would work out as a sum.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence

from leads.files.columns import is_own_column
from leads.files.synonyms import EXTRA_COLUMN, REASON_COLUMN, ROW_COLUMN

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as the local code page."""

_RISKY = re.compile(r"'*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
_PHONE = re.compile(r"\+\d(?=.*[ (])[\d ()./-]*|\+\d+")

BadRow = tuple[int, Sequence[str], Sequence[str]]
"""Row number in the file as uploaded, its cells, and a sentence for each reason."""


class _Line:
    """The file object csv.writer needs, holding one written line."""

    text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)


def protect_cell(value: str) -> str:
    """The value so that no spreadsheet program runs it."""
    if not _RISKY.match(value) or _NUMBER.fullmatch(value) or _PHONE.fullmatch(value):
        return value
    return f"'{value}"


def write_csv(rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """CSV lines, streaming, with every cell protected; a byte order mark comes first."""
    line = _Line()
    writer = csv.writer(line)
    mark = BYTE_ORDER_MARK
    for cells in rows:
        writer.writerow([protect_cell(cell) for cell in cells])
        yield mark + line.text
        mark = ""


def write_bad_rows_csv(
    rows: Iterable[BadRow], headers: Sequence[str], *, extra_cells: int = 0
) -> Iterator[str]:
    """CSV lines, streaming: the columns as uploaded, then “Row” and “What is wrong”.

    Cells beyond the last header follow as “Extra 1”, “Extra 2” …; `extra_cells` is how many the widest
    row has, which must be known before the first row is read. A corrected file that is refused
    again keeps one pair of these columns, with the newest row numbers and reasons.
    """
    kept = [index for index, header in enumerate(headers) if not is_own_column(header)]
    extra = [f"{EXTRA_COLUMN} {number}" for number in range(1, extra_cells + 1)]

    def list_rows() -> Iterator[list[str]]:
        yield [*(headers[i] for i in kept), ROW_COLUMN, REASON_COLUMN, *extra]
        for number, values, reasons in rows:
            cells = [values[i] if i < len(values) else "" for i in kept]
            yield [*cells, str(number), " ".join(reasons), *values[len(headers) :]]

    return write_csv(list_rows())
