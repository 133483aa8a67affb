"""Excel files built for the tests, honest and crafted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl

SHEET_XML = "xl/worksheets/sheet1.xml"


def build_workbook(
    rows: Sequence[Sequence[Any]],
    *,
    before: Sequence[tuple[str, str, Sequence[Sequence[Any]]]] = (),
    name: str = "Leads",
) -> bytes:
    """An .xlsx with `rows` on sheet `name`; `before`: (name, state, rows) of earlier sheets."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title, state, content in [*before, (name, "visible", rows)]:
        sheet = workbook.create_sheet(title)
        sheet.sheet_state = state
        for row in content:
            sheet.append(list(row))
    output = io.BytesIO()
    workbook.save(output)
    return output.getvalue()


def patch_entry(content: bytes, entry: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same archive with one entry changed."""
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == entry else data)
    return output.getvalue()


def add_to_sheet(content: bytes, xml: bytes) -> bytes:
    """The workbook with raw XML after the last row of its first sheet."""
    return patch_entry(
        content, SHEET_XML, lambda data: data.replace(b"</sheetData>", xml + b"</sheetData>")
    )


def declare_bomb(total: int) -> bytes:
    """A small archive whose entries unpack to `total` zeros."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr(SHEET_XML, b"0" * total)
    return output.getvalue()


def encrypt_flag(content: bytes) -> bytes:
    """The archive with the bit set that says its entries are encrypted."""
    data = bytearray(content)
    position = data.find(b"PK\x01\x02")
    while position >= 0:
        data[position + 8] |= 1
        position = data.find(b"PK\x01\x02", position + 4)
    return bytes(data)
