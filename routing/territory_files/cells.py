"""What a territory says as the text of a cell, and back.

A list has commas; a value that holds one itself stands in quotation marks. Ranges have a long dash,
which no spreadsheet program takes for a date. Owners of one role stand in three cells beside each
other (who, from, until), several over time with semicolons.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from leadrouter.common.admin_fields import MAX_VALUES, write_value
from routing.territory_files.values import LISTS, OwnerPeriod

MAX_CELL_CHARS = 30_000
"""A list longer than this goes on in another column: Excel cuts cells at 32,767 characters."""
OPEN = "open"
MOST_EMPLOYEES = 100_000_000

_NEEDS_QUOTES = re.compile(r'[,;"\n]|^\s|\s$')
_ITEM = re.compile(r'\s*("(?:[^"]|"")*"|[^,;\n]*?)\s*(?:[,;\n]|$)')
_WHOLE = re.compile(r"([+-]?\d+)(?:\.0+)?")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+")
_YES = {"yes", "y", "true", "1", "on", "x", "ja", "wahr", "oui", "vrai", "si", "sí", "sì", "sim"}
_NO = {"no", "n", "false", "0", "off", "nein", "falsch", "non", "faux", "nao", "não"}
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00)?)?")
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})")


def write_list(values: Iterable[Any]) -> list[str]:
    """The list as cells: one, unless it is too long for one."""
    cells, room = [""], MAX_CELL_CHARS
    for value in values:
        text = write_value(value)
        if _NEEDS_QUOTES.search(text):
            text = '"' + text.replace('"', '""') + '"'
        if cells[-1] and len(text) + 2 > room:
            cells, room = [*cells, ""], MAX_CELL_CHARS
        cells[-1] += f", {text}" if cells[-1] else text
        room -= len(text) + 2
    return cells


def split_list(text: str) -> list[str]:
    """The values of a list as written, without those that are empty."""
    found, position = [], 0
    while position < len(text):
        match = _ITEM.match(text, position)
        if match is None:  # pragma: no cover -- the pattern takes anything
            break
        part = match[1]
        if len(part) > 1 and part.startswith('"') and part.endswith('"'):
            part = part[1:-1].replace('""', '"')
        found.append(part)
        position = match.end()
    return [part for part in found if part]


def read_list(text: str, read: Callable[[str], Any]) -> list[Any]:
    """Each value once. Raises: ValidationError naming every wrong one."""
    values: list[Any] = []
    faults: list[str] = []
    seen = set()
    for part in split_list(text):
        try:
            value = read(part)
        except ValidationError as fault:
            faults += fault.messages
            continue
        if str(value) not in seen:
            seen.add(str(value))
            values.append(value)
    if len(values) > MAX_VALUES:
        faults.append(f"At most {MAX_VALUES:,} values are allowed here.")
    if faults:
        raise ValidationError(faults[:5])
    return values


def write_plain(value: Any) -> str:
    """A name, a number or a switch."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def read_switch(text: str) -> bool:
    """Empty is yes: a territory counts unless it is said that it does not."""
    word = text.strip().casefold()
    if not word or word in _YES:
        return True
    if word in _NO:
        return False
    raise ValidationError(f"“{text}” is neither yes nor no.")


def read_whole(text: str, low: int, high: int) -> int | None:
    """A whole number, None when empty."""
    plain = text.strip()
    if not plain:
        return None
    match = _WHOLE.fullmatch(plain.replace(",", "") if _GROUPED.fullmatch(plain) else plain)
    if not match or len(match[1]) > 12:
        raise ValidationError(f"“{text}” is not a whole number.")
    if not low <= (number := int(match[1])) <= high:
        raise ValidationError(f"{number:,} is not between {low:,} and {high:,}.")
    return number


def write_owners(periods: Sequence[OwnerPeriod]) -> tuple[str, str, str]:
    """Who, from when and until when, each in the order of time."""
    untils = [period.ends_on.isoformat() if period.ends_on else "" for period in periods]
    if len(periods) > 1:
        untils = [until or OPEN for until in untils]
    return (
        "; ".join(period.rep for period in periods),
        "; ".join(period.starts_on.isoformat() for period in periods),
        "; ".join(untils),
    )


def split_parts(text: str) -> list[str]:
    """“a; b” as [a, b]; empty parts keep their place, an empty cell has none."""
    parts = [part.strip() for part in re.split(r"[;\n]", text)]
    return parts if any(parts) else []


def find_day_order(texts: Iterable[str]) -> bool | None:
    """Whether a file writes 31/12/2026 (True) or 12/31/2026 (False); None when no date tells."""
    orders = set()
    for text in texts:
        match = _NUMERIC.fullmatch(text)
        if match and match[2] != "." and max(int(match[1]), int(match[3])) > 12:
            orders.add(int(match[1]) > 12)
    return orders.pop() if len(orders) == 1 else None


def read_day(text: str, is_day_first: bool | None) -> date | None:
    """A day as 2026-03-31, 31.3.2026 or in the order of the file; None when empty or “open”."""
    plain = text.strip()
    if plain.casefold() in {"", OPEN, "-", "–"}:
        return None
    try:
        if match := _ISO.fullmatch(plain):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := _NUMERIC.fullmatch(plain):
            return _read_numeric(match, is_day_first)
    except ValueError:
        raise ValidationError(f"“{text}” is a day that does not exist.") from None
    raise ValidationError(f"“{text}” is not a day such as 2026-03-31.")


def _read_numeric(match: re.Match[str], is_day_first: bool | None) -> date:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if match[2] == "." or first == second or is_day_first or first > 12:
        return date(year, second, first)
    if is_day_first is False or second > 12:
        return date(year, first, second)
    raise ValidationError(
        f"“{match[0]}” may be {date(year, second, first):%d %b} or {date(year, first, second):%d %b}; "
        f"write {year}-MM-DD."
    )


READ_LIST = {name: (lambda text, read=read: read_list(text, read)) for name, read in LISTS.items()}
