"""What the bytes really are, whatever the file is called, and in which encoding its text is."""

from __future__ import annotations

import codecs
import re
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

from charset_normalizer import from_bytes

from leads.files.limits import MAX_FILE_BYTES, FileRefused

Kind = Literal["csv", "xlsx", "xls"]

TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls"})
ENCODINGS: dict[str, str] = {
    "utf-8": "Unicode (UTF-8)",
    "utf-16-le": "Unicode (UTF-16, little endian)",
    "utf-16-be": "Unicode (UTF-16, big endian)",
    "cp1252": "Western European (Windows-1252)",
    "cp1250": "Central European (Windows-1250)",
    "mac_roman": "Western European (old Macintosh)",
    "cp1251": "Cyrillic (Windows-1251)",
    "cp932": "Japanese (Shift JIS)",
}
"""What a person may choose when the guess was wrong: codec name -> label."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x7fELF", "a program"),
    (b"{\\rtf", "a rich-text document"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
)
_MARKUP = re.compile(rb"\s*<[!?a-zA-Z]")
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
_ACCENTED = re.compile(r"[^\W\d_]*[^\W\d_a-zA-Z][^\W\d_]*")
_LOOK = 64 * 1024
_CHAOS_MARGIN = 0.1


class Text(NamedTuple):
    """The codec of a text file, how many bytes of byte-order mark to skip, and doubts to show."""

    encoding: str
    skip_bytes: int
    warnings: tuple[str, ...]


def sniff_kind(content: bytes, file_name: str) -> tuple[Kind, tuple[str, ...]]:
    """The kind by magic bytes, with a warning when the name says otherwise. Raises: FileRefused."""
    if not content.strip(b"\0\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise FileRefused("empty", "The file is empty.")
    if len(content) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // 1024 // 1024
        raise FileRefused(
            "too_large", f"The file is larger than {limit} MB; split it and upload the parts."
        )
    suffix = PurePosixPath(file_name.replace("\\", "/").lower()).suffix
    if suffix not in TEXT_SUFFIXES | WORKBOOK_SUFFIXES:
        raise FileRefused("wrong_type", "Only CSV, TSV, TXT, XLSX and XLS files can be imported.")
    kind = _kind_of(content)
    if (kind == "csv") != (suffix in TEXT_SUFFIXES):
        was = "plain text" if kind == "csv" else "an Excel workbook"
        return kind, (f"The file is named “{suffix}” but is {was}; it was read as that.",)
    return kind, ()


def _kind_of(content: bytes) -> Kind:
    if content.startswith(b"PK\x03\x04"):
        return "xlsx"
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "xls"
    for magic, what in _FOREIGN:
        if content.startswith(magic):
            raise FileRefused("not_a_table", f"The file is {what}, not a table.")
    if _MARKUP.match(content.removeprefix(codecs.BOM_UTF8)):
        raise FileRefused(
            "not_a_table",
            "The file is a web page or XML, not a table; save it as XLSX or CSV first.",
        )
    return "csv"


def sniff_text(content: bytes, chosen: str | None) -> Text:
    """The encoding: as chosen, else by byte-order mark, UTF-16 pattern, strict UTF-8, likeliness.

    Raises: FileRefused for an encoding not offered and for bytes that are no text at all.
    """
    if chosen is not None and chosen not in ENCODINGS:
        raise FileRefused("unknown_encoding", f"The encoding “{chosen[:40]}” is not offered here.")
    text = _find_encoding(content, chosen)
    head = content[text.skip_bytes : text.skip_bytes + _LOOK].decode(text.encoding, "replace")
    blanks = head.count("\0")
    if len(_CONTROLS.findall(head)) > max(2, len(head) // 50) or blanks > max(8, len(head) // 3):
        raise FileRefused("not_a_table", "The file is not text, so it cannot be read as a table.")
    return text


def _find_encoding(content: bytes, chosen: str | None) -> Text:
    for mark, encoding in _BOMS:
        if content.startswith(mark) and chosen in (None, encoding):
            return Text(encoding, len(mark), ())
    if chosen is not None:
        return Text(chosen, 0, ())
    unmarked = _find_unmarked_utf16(content[:4096])
    if unmarked is not None:
        return Text(
            unmarked,
            0,
            (f"The file says nothing about its encoding; it was read as {ENCODINGS[unmarked]}.",),
        )
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        encoding = _guess_single_byte(content)
        return Text(encoding, 0, (_say_doubt(content, encoding),))
    return Text("utf-8", 0, ())


def _find_unmarked_utf16(head: bytes) -> str | None:
    """UTF-16 without a mark shows as NUL in every other byte of Western text."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    enough = len(head) // 2 * 0.4
    if odd > enough and even < odd / 4:
        return "utf-16-le"
    if even > enough and odd < even / 4:
        return "utf-16-be"
    return None


def _say_doubt(content: bytes, encoding: str) -> str:
    """Words with accents as they were read, for a person to see whether they are right."""
    words = _ACCENTED.findall(content[: 4 * _LOOK].decode(encoding, "replace"))
    shown = ", ".join(f"“{word[:40]}”" for word in list(dict.fromkeys(words))[:3])
    advice = f" Check these words: {shown}." if shown else ""
    return f"The file is not UTF-8; it was read as {ENCODINGS[encoding]}.{advice}"


def _guess_single_byte(content: bytes) -> str:
    """Windows-1252 unless another of the offered encodings reads clearly less like noise.

    Free guessing calls Danish names Central European; the lines with accents alone decide here.
    """
    accented = [line for line in content[: 16 * _LOOK].splitlines() if not line.isascii()]
    sample = b"\n".join(accented)[: 16 * 1024]
    matches = from_bytes(
        sample, cp_isolation=["cp1252", "cp1250", "mac_roman", "cp1251", "cp932"], threshold=1.0
    )
    chaos = {match.encoding: match.chaos for match in matches if match.encoding in ENCODINGS}
    if not chaos:
        return "cp1252"
    best = min(chaos, key=lambda encoding: (chaos[encoding], encoding))
    return "cp1252" if chaos.get("cp1252", 9.0) <= chaos[best] + _CHAOS_MARGIN else best
