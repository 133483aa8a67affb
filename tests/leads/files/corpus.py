"""Ugly files as they come back from trade shows, each with what must be read or refused."""

from __future__ import annotations

import codecs
import datetime
import io
import zipfile
from typing import NamedTuple

from leads.files.limits import MAX_FILE_BYTES
from tests.leads.files.workbook_files import (
    add_to_sheet,
    build_workbook,
    declare_bomb,
    encrypt_flag,
)

PLAIN = "First name,Last name,Email\nAnn,Lee,ann@acme.test\nJosé,Peña,jose@acme.test\n"
HEADERS = ("First name", "Last name", "Email")
ROWS: list[tuple[int, tuple[str, ...]]] = [
    (2, ("Ann", "Lee", "ann@acme.test")),
    (3, ("José", "Peña", "jose@acme.test")),
]
TABLE = [
    ["First name", "Last name", "Email"],
    ["Ann", "Lee", "ann@acme.test"],
    ["José", "Peña", "jose@acme.test"],
]


class Readable(NamedTuple):
    """A file and the table it holds; `says` must occur in a warning, "" means no warning at all."""

    name: str
    content: bytes
    file_name: str = "leads.csv"
    headers: tuple[str, ...] = HEADERS
    rows: list[tuple[int, tuple[str, ...]]] = ROWS
    says: str = ""


class Refusable(NamedTuple):
    """A file that cannot be imported at all and the code of the refusal."""

    name: str
    content: bytes
    code: str
    file_name: str = "leads.csv"


def shifted(by: int) -> list[tuple[int, tuple[str, ...]]]:
    return [(number + by, row) for number, row in ROWS]


def utf8(text: str) -> bytes:
    return text.encode()


def build_archive(entries: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return output.getvalue()


NOTED = ("Email", "Notes")
WORKBOOK = build_workbook(TABLE)
TITLE = "Trade Show Berlin 2026;;\nExported by scanner 4;;\n;;\n"
SEMI = PLAIN.replace(",", ";")

TEXT_FILES = [
    Readable("plain utf-8", utf8(PLAIN)),
    Readable("utf-8 with byte-order mark", codecs.BOM_UTF8 + utf8(PLAIN)),
    Readable("utf-16 little endian", codecs.BOM_UTF16_LE + PLAIN.encode("utf-16-le")),
    Readable("utf-16 big endian", codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be")),
    Readable("utf-16 without mark", PLAIN.encode("utf-16-le"), says="nothing about its encoding"),
    Readable("utf-16 be without mark", PLAIN.encode("utf-16-be"), says="nothing about its"),
    Readable("windows-1252", PLAIN.encode("cp1252"), says="“José”, “Peña”"),
    Readable(
        "old macintosh",
        "Name;Firma\nSøren Ærø;Müller GmbH\nJosé Peña;Société Générale\n".encode("mac_roman"),
        headers=("Name", "Firma"),
        rows=[(2, ("Søren Ærø", "Müller GmbH")), (3, ("José Peña", "Société Générale"))],
        says="old Macintosh",
    ),
    Readable("semicolons", utf8(SEMI)),
    Readable("tabs", utf8(PLAIN.replace(",", "\t")), "leads.tsv"),
    Readable("tabs in .txt", utf8(PLAIN.replace(",", "\t")), "leads.txt"),
    Readable("bars", utf8(PLAIN.replace(",", "|"))),
    Readable("excel's separator line", utf8("sep=;\n" + SEMI), rows=shifted(1)),
    Readable("carriage returns only", utf8(PLAIN.replace("\n", "\r"))),
    Readable("windows line ends", utf8(PLAIN.replace("\n", "\r\n"))),
    Readable("no line end at the end", utf8(PLAIN.rstrip("\n"))),
    Readable("title block", utf8(TITLE + SEMI), rows=shifted(3)),
    Readable("title block without delimiters", utf8("Show\n\n" + PLAIN), rows=shifted(2)),
    Readable("blank rows at the end", utf8(PLAIN + "\n\n,,\n , ,\n")),
    Readable("NUL bytes", utf8(PLAIN.replace("Ann", "A\0nn")), says="NUL"),
    Readable(
        "quoted delimiter and line break",
        utf8('Email,Notes\na@acme.test,"first\nsecond, third"\nb@acme.test,"say ""hi"""\n'),
        headers=NOTED,
        rows=[
            (2, ("a@acme.test", "first\nsecond, third")),
            (3, ("b@acme.test", 'say "hi"')),
        ],
    ),
    Readable(
        "quotation mark never closed",
        utf8('Email,Notes\na@acme.test,"oops\nb@acme.test,fine\nc@acme.test,"good"\n'),
        headers=NOTED,
        rows=[
            (2, ("a@acme.test", "oops")),
            (3, ("b@acme.test", "fine")),
            (4, ("c@acme.test", "good")),
        ],
        says="Damaged rows: 2.",
    ),
    Readable(
        "quotation mark never closed on the last line",
        utf8('Email,Notes\na@acme.test,x\nb@acme.test,"oops'),
        headers=NOTED,
        rows=[(2, ("a@acme.test", "x")), (3, ("b@acme.test", "oops"))],
        says="Damaged rows: 3.",
    ),
    Readable(
        "inch mark inside a cell",
        utf8('Email,Notes\na@acme.test,5" pipe\nb@acme.test,6" pipe\n'),
        headers=NOTED,
        rows=[(2, ("a@acme.test", '5" pipe')), (3, ("b@acme.test", '6" pipe'))],
    ),
    Readable(
        "two rows with another delimiter",
        utf8(SEMI + "Bo,Li,bo@acme.test\nCy,Ng,cy@acme.test\n"),
        rows=[*ROWS, (4, ("Bo", "Li", "bo@acme.test")), (5, ("Cy", "Ng", "cy@acme.test"))],
    ),
    Readable(
        "duplicate headers",
        utf8("Email,Email,email\na@acme.test,b@acme.test,c@acme.test\n"),
        headers=("Email", "Email (2)", "email (3)"),
        rows=[(2, ("a@acme.test", "b@acme.test", "c@acme.test"))],
        says="“Email” occurs more than once",
    ),
    Readable(
        "empty headers over values",
        utf8("Email,,Name,\na@acme.test,x,Ann,y\n"),
        headers=("Email", "Column 2", "Name", "Column 4"),
        rows=[(2, ("a@acme.test", "x", "Ann", "y"))],
        says="2 columns have no header",
    ),
    Readable(
        "empty trailing columns",
        utf8("Email,Name,,,\na@acme.test,Ann,,,\n"),
        headers=("Email", "Name"),
        rows=[(2, ("a@acme.test", "Ann"))],
    ),
    Readable(
        "short rows",
        utf8("Email,Name,Phone\na@acme.test\nb@acme.test,Bo\n"),
        headers=("Email", "Name", "Phone"),
        rows=[(2, ("a@acme.test", "", "")), (3, ("b@acme.test", "Bo", ""))],
    ),
    Readable(
        "a row with too many cells",
        utf8("Email,Name\na@acme.test,Ann,extra\nb@acme.test,Bo,,,\n"),
        headers=("Email", "Name"),
        rows=[(2, ("a@acme.test", "Ann", "extra")), (3, ("b@acme.test", "Bo"))],
        says="Damaged rows: 2.",
    ),
    Readable(
        "a row of 100,000 cells",
        utf8("Email,Name\na@acme.test,Ann" + ",x" * 100_000 + "\nb@acme.test,Bo\n"),
        headers=("Email", "Name"),
        rows=[(2, ("a@acme.test", "Ann", *["x"] * 498)), (3, ("b@acme.test", "Bo"))],
        says="Damaged rows: 2.",
    ),
    Readable(
        "one column of addresses with a header",
        utf8("Email\na@acme.test\nb@acme.test\n"),
        headers=("Email",),
        rows=[(2, ("a@acme.test",)), (3, ("b@acme.test",))],
    ),
    Readable(
        "one column of addresses without a header",
        utf8("a@acme.test\nb@acme.test\n"),
        headers=("Column 1",),
        rows=[(1, ("a@acme.test",)), (2, ("b@acme.test",))],
        says="no header row",
    ),
    Readable(
        "a table without a header",
        utf8("Ann;Lee;a@acme.test\nBo;Li;b@acme.test\n"),
        headers=("Column 1", "Column 2", "Column 3"),
        rows=[(1, ("Ann", "Lee", "a@acme.test")), (2, ("Bo", "Li", "b@acme.test"))],
        says="no header row",
    ),
    Readable(
        "unknown headers",
        utf8("Alpha;Beta\nx;1\ny;2\n"),
        headers=("Alpha", "Beta"),
        rows=[(2, ("x", "1")), (3, ("y", "2"))],
    ),
    Readable(
        "formula-like text",
        utf8("Email,Notes\na@acme.test,=1+1\nb@acme.test,'=2+2\nc@acme.test,'quoted'\n"),
        headers=NOTED,
        rows=[
            (2, ("a@acme.test", "=1+1")),
            (3, ("b@acme.test", "=2+2")),
            (4, ("c@acme.test", "'quoted'")),
        ],
    ),
    Readable(
        "a cell of 10 MB",
        utf8("Email,Notes\na@acme.test," + "x" * 10_000_000 + "\nb@acme.test,y\n"),
        headers=NOTED,
        rows=[(2, ("a@acme.test", "x" * 32_767)), (3, ("b@acme.test", "y"))],
        says="Rows with text cut at 32,767 characters: 2.",
    ),
    Readable("named .xlsx but text", utf8(PLAIN), "leads.xlsx", says="was read as that"),
    Readable(
        "german headers with line breaks in them",
        utf8('Vorname;"Nach-\nname";E-Mail\nAnn;Lee;a@acme.test\n'),
        headers=("Vorname", "Nach- name", "E-Mail"),
        rows=[(2, ("Ann", "Lee", "a@acme.test"))],
    ),
]

EXCEL_FILES = [
    Readable("a workbook", WORKBOOK, "leads.xlsx"),
    Readable("a workbook named .csv", WORKBOOK, says="was read as that"),
    Readable("a workbook in capitals", WORKBOOK, "LEADS.XLSX"),
    Readable(
        "title rows in a workbook",
        build_workbook([["Show 2026"], [], *TABLE]),
        "leads.xlsx",
        rows=shifted(2),
    ),
    Readable(
        "hidden sheets before the table",
        build_workbook(TABLE, before=[("Codes", "hidden", TABLE), ("Deep", "veryHidden", TABLE)]),
        "leads.xlsx",
        says="Hidden sheets were left out: Codes, Deep",
    ),
    Readable(
        "instructions before the table",
        build_workbook(TABLE, before=[("Read me", "visible", [["Please scan every badge."]])]),
        "leads.xlsx",
        says="2 sheets; “Leads” was read",
    ),
    Readable(
        "numbers, dates and yes or no",
        build_workbook(
            [
                ["Email", "Phone", "Date", "Employees", "Consent"],
                ["a@acme.test", 14155552671.0, datetime.date(2026, 3, 1), 12.5, True],
                ["b@acme.test", 49, datetime.datetime(2026, 3, 1, 9, 30), 0.1 + 0.2, False],
                ["c@acme.test", "0049", datetime.time(9, 30), datetime.timedelta(hours=30), None],
            ]
        ),
        "leads.xlsx",
        headers=("Email", "Phone", "Date", "Employees", "Consent"),
        rows=[
            (2, ("a@acme.test", "14155552671", "2026-03-01", "12.5", "TRUE")),
            (3, ("b@acme.test", "49", "2026-03-01T09:30:00", "0.3", "FALSE")),
            (4, ("c@acme.test", "0049", "09:30:00", "30:00:00", "")),
        ],
    ),
    Readable(
        "a formula with its last result and text like a formula",
        add_to_sheet(
            build_workbook([["Email", "Notes"]]),
            b'<row r="2"><c r="A2" t="str"><f>LOWER("X")</f><v>a@acme.test</v></c>'
            b'<c r="B2" t="inlineStr"><is><t>=1+1</t></is></c></row>',
        ),
        "leads.xlsx",
        headers=NOTED,
        rows=[(2, ("a@acme.test", "=1+1"))],
    ),
    Readable(
        "line breaks in cells",
        build_workbook([["Email", "Notes"], ["a@acme.test", "one\r\ntwo\n" + "x\n" * 300 + "z"]]),
        "leads.xlsx",
        headers=NOTED,
        rows=[(2, ("a@acme.test", "one\ntwo\n" + "x\n" * 300 + "z"))],
    ),
    Readable(
        "a cell to the right of the headers",
        build_workbook([["Email", "Name"], ["a@acme.test", "Ann", None, "call her"]]),
        "leads.xlsx",
        headers=("Email", "Name", "Column 3", "Column 4"),
        rows=[(2, ("a@acme.test", "Ann", "", "call her"))],
        says="2 columns have no header",
    ),
]

REFUSED_FILES = [
    Refusable("no bytes", b"", "empty"),
    Refusable("only a byte-order mark", codecs.BOM_UTF8, "empty"),
    Refusable("only line ends", b"\r\n\r\n  \n", "empty"),
    Refusable("only delimiters", b",,,\n,,,\n", "empty"),
    Refusable("a header only", b"Email,Name\n\n", "no_rows"),
    Refusable("a header only in a workbook", build_workbook([TABLE[0]]), "no_rows", "a.xlsx"),
    Refusable("an empty workbook", build_workbook([]), "empty", "a.xlsx"),
    Refusable("more than 20 MB", b"Email\n" + b"a" * MAX_FILE_BYTES, "too_large"),
    Refusable(
        "10,000 columns",
        (",".join(f"h{n}" for n in range(10_000)) + "\n" + "x," * 9_999 + "x\n").encode(),
        "too_many_columns",
    ),
    Refusable(
        "10,000 columns in a workbook",
        build_workbook([[f"h{n}" for n in range(10_000)], ["x"] * 10_000]),
        "too_many_columns",
        "a.xlsx",
    ),
    Refusable("20 MB of cells", b"x," * (MAX_FILE_BYTES // 2), "too_many_columns"),
    Refusable("a million blank lines", b"Email\nx\n" + b"\n" * 1_048_576, "too_many_rows"),
    Refusable("a program called .exe", b"MZ\x90\0", "wrong_type", "setup.exe"),
    Refusable("a page called .html", b"<html>", "wrong_type", "a.html"),
    Refusable("a script after .csv", b"a,b\n1,2\n", "wrong_type", "../a.csv.php"),
    Refusable("no extension", b"a,b\n1,2\n", "wrong_type", "leads"),
    Refusable(
        "a program called .csv", b"MZ\x90\0\x03\0\0\0\x04" + bytes(range(256)) * 20, "not_a_table"
    ),
    Refusable(
        "a page called .xls", b"\n<table><tr><td>Email</td></tr></table>", "not_a_table", "a.xls"
    ),
    Refusable("a drawing called .csv", b"<svg onload=alert(1)></svg>", "not_a_table"),
    Refusable("a script called .csv", b"<?php system($_GET[0]);", "not_a_table"),
    Refusable("a PDF called .csv", b"%PDF-1.7\n%\xe2\xe3", "not_a_table"),
    Refusable("a picture called .xlsx", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "not_a_table", "a.xlsx"),
    Refusable(
        "an archive of something else", build_archive({"a.txt": b"x"}), "not_a_table", "a.xlsx"
    ),
    Refusable("the start of a workbook", WORKBOOK[: len(WORKBOOK) // 2], "corrupt", "a.xlsx"),
    Refusable(
        "a workbook without its parts",
        build_archive({"xl/workbook.xml": b"<a/>"}),
        "corrupt",
        "a.xlsx",
    ),
    Refusable(
        "a sheet of broken XML",
        add_to_sheet(WORKBOOK, b"<row r='9'><c r='A9'><v>"),
        "corrupt",
        "a.xlsx",
    ),
    Refusable(
        "an old workbook of zeros",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "corrupt",
        "a.xls",
    ),
    Refusable(
        "a workbook with a password",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
        "a.xlsx",
    ),
    Refusable("an archive with a password", encrypt_flag(WORKBOOK), "encrypted", "a.xlsx"),
    Refusable("a bomb by ratio", declare_bomb(20_000_000), "zip_bomb", "a.xlsx"),
    Refusable("a bomb by size", declare_bomb(100_000_001), "zip_bomb", "a.xlsx"),
    Refusable(
        "one cell in the last row and column",
        add_to_sheet(WORKBOOK, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        "too_large",
        "a.xlsx",
    ),
]
