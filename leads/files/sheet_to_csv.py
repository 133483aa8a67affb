"""Child process: a workbook on standard input, one sheet as UTF-8 CSV on standard output.

Run as a script by `workbooks.read_sheet`, never imported; it stands alone so that it starts fast.
The last line of standard error is JSON: {"sheet", "sheets", "hidden"} or {"error": code}.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

MAX_MEMORY_BYTES = 1024**3
MAX_CPU_SECONDS = 30
MAX_TEXT_CHARS = 200_000_000
MAX_CELL_CHARS = 40_000


class RefusedError(Exception):
    """Ends the conversion; its argument is a code of workbooks._REFUSALS."""


def limit_resources() -> None:
    """Bound memory and time, where the platform can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


def say_cell(value: object) -> str:
    """A cell as a person would type it: 2134.0 is 2134, a day is 2026-03-01, yes is TRUE."""
    if isinstance(value, str):
        plain = value.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
        return plain.replace("\0", "")[:MAX_CELL_CHARS]
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, datetime):
        midnight = value.time() == time(0)
        return value.date().isoformat() if midnight else value.isoformat(timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value)


def say_rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    """Rows from the first row of the sheet on, without empty cells at the end of each."""
    for row in sheet.iter_rows():
        cells = [say_cell(value) for value in row]
        while cells and not cells[-1].strip():
            cells.pop()
        yield cells


def choose_sheet(workbook: CalamineWorkbook, names: list[str], wanted: str) -> CalamineSheet:
    """The wanted sheet, else the first with a table, else the first with anything on it."""
    if wanted:
        if wanted not in names:
            raise RefusedError("no_such_sheet")
        return workbook.get_sheet_by_name(wanted)
    filled = None
    for name in names:
        sheet = workbook.get_sheet_by_name(name)
        wide = sum(1 for row in islice(say_rows(sheet), 60) if sum(map(bool, row)) > 1)
        if wide > 1:
            return sheet
        if filled is None and sheet.start is not None:
            filled = sheet
    if filled is None:
        raise RefusedError("empty")
    return filled


def convert(content: bytes, wanted: str) -> dict[str, object]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    sheets = [meta for meta in workbook.sheets_metadata if meta.typ == SheetTypeEnum.WorkSheet]
    names = [meta.name for meta in sheets if meta.visible == SheetVisibleEnum.Visible]
    hidden = [meta.name for meta in sheets if meta.visible != SheetVisibleEnum.Visible]
    sheet = choose_sheet(workbook, names, wanted)
    output = io.TextIOWrapper(sys.stdout.buffer, "utf-8", errors="replace", newline="")
    writer = csv.writer(output, lineterminator="\n")
    written = 0
    for cells in say_rows(sheet):
        written += sum(map(len, cells)) + len(cells) + 1
        if written > MAX_TEXT_CHARS:
            raise RefusedError("too_large")
        writer.writerow(cells)
    output.flush()
    return {"sheet": sheet.name, "sheets": names, "hidden": hidden}


def main() -> int:
    content = sys.stdin.buffer.read()
    limit_resources()
    try:
        answer = convert(content, json.loads(sys.argv[1]))
    except RefusedError as error:
        answer = {"error": error.args[0]}
    except PasswordError:
        answer = {"error": "encrypted"}
    except MemoryError:
        answer = {"error": "too_large"}
    except CalamineError as error:
        answer = {"error": "encrypted" if "password" in str(error).lower() else "corrupt"}
    sys.stderr.write("\n" + json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
