"""Excel files, checked before and converted to CSV in a child process.

A workbook of 5 KB with one cell in the last row and column makes the parser ask for 512 GB and
*abort the process*, so parsing inside a web server or worker is out of the question. The child has
a limit on memory and time; whatever happens to it becomes one refusal here.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import weakref
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

from leads.files.limits import FileRefused
from leads.files.sniffing import Kind

MAX_UNPACKED_BYTES = 100_000_000
MAX_RATIO = 100
MAX_ENTRIES = 10_000
TIMEOUT_SECONDS = 20
_CONVERTER = Path(__file__).with_name("sheet_to_csv.py")
_REFUSALS = {
    "encrypted": "The workbook is protected by a password; remove it and upload again.",
    "corrupt": "The workbook is damaged and cannot be opened; save it again in Excel or as CSV.",
    "too_large": "The workbook is too large once opened; delete empty rows and columns or use CSV.",
    "empty": "The workbook has no visible sheet with rows in it.",
    "no_such_sheet": "The workbook has no visible sheet of that name.",
}


class TemporaryFile:
    """A file on disk for as long as someone holds the object, readable by many at once."""

    def __init__(self) -> None:
        handle, name = tempfile.mkstemp(prefix="leadrouter-", suffix=".csv")
        os.close(handle)
        self.path = Path(name)
        weakref.finalize(self, self.path.unlink, missing_ok=True)


class Sheet(NamedTuple):
    """One sheet as UTF-8 CSV in a file that vanishes with the object."""

    file: TemporaryFile
    name: str
    names: tuple[str, ...]
    hidden: tuple[str, ...]


def refuse(code: str) -> FileRefused:
    return FileRefused(code, _REFUSALS[code])


def read_sheet(content: bytes, kind: Kind, sheet_name: str | None) -> Sheet:
    """The named sheet, else the first visible one with a table on it. Raises: FileRefused."""
    if kind == "xlsx":
        check_archive(content)
    elif "EncryptedPackage".encode("utf-16-le") in content:
        raise refuse("encrypted")
    output = TemporaryFile()
    try:
        done = _convert(content, output.path, sheet_name or "")
    except subprocess.TimeoutExpired as error:
        raise refuse("too_large") from error
    answer = _last_line(done.stderr) if done.returncode == 0 else {}
    if "error" in answer:
        raise refuse(str(answer["error"]))
    if "sheet" not in answer:
        # An abort or a kill is the memory or time limit; any other exit is a file it cannot read.
        raise refuse("too_large" if done.returncode < 0 else "corrupt")
    return Sheet(output, str(answer["sheet"]), tuple(answer["sheets"]), tuple(answer["hidden"]))


def _convert(content: bytes, output: Path, sheet_name: str) -> subprocess.CompletedProcess[bytes]:
    with output.open("wb") as file:
        return subprocess.run(  # noqa: S603 -- our own script; the sheet name is ASCII JSON
            [sys.executable, "-I", str(_CONVERTER), json.dumps(sheet_name)],
            input=content,
            stdout=file,
            stderr=subprocess.PIPE,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )


def _last_line(stderr: bytes) -> dict[str, Any]:
    lines = stderr.decode("utf-8", "replace").splitlines()
    return json.loads(lines[-1]) if lines else {}


def check_archive(content: bytes) -> None:
    """Refuse what is no workbook, encrypted, or unpacks to far more than it is; reads no entry.

    Raises: FileRefused.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except Exception as error:  # zipfile raises a dozen types on crafted archives
        raise refuse("corrupt") from error
    unpacked = sum(entry.file_size for entry in entries)
    is_bomb = unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * len(content)
    if is_bomb or len(entries) > MAX_ENTRIES:
        raise FileRefused("zip_bomb", "The workbook unpacks to far too much data; save it as CSV.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise refuse("encrypted")
    if not any(entry.filename.lower().startswith("xl/workbook.") for entry in entries):
        raise FileRefused("not_a_table", "The file is an archive, not an Excel workbook.")
