"""Which row holds the headers, and a name for every column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from leads.files.columns import recognise
from leads.files.delimited import DELIMITERS, read_records

SEARCH_ROWS = 30
Recognise = Callable[[str], str | None]
"""The field a header stands for: those of a lead, unless the file is of something else."""

_LOOKS_LIKE_DATA = re.compile(r"\S+@\S+\.\S+|[+(]?\d[\d\s()./:-]*|https?://\S+")


def is_blank(cells: Iterable[str]) -> bool:
    """Whether a row has nothing but spaces."""
    return not any(cell.strip() for cell in cells)


def count_recognised(cells: Iterable[str], known: Recognise = recognise) -> int:
    """How many different fields the row names; 0 for a row that holds data such as an e-mail."""
    texts = [cell.strip() for cell in cells if cell.strip()]
    if any("@" in text and _LOOKS_LIKE_DATA.fullmatch(text) for text in texts):
        return 0
    return len({field for field in map(known, texts) if field})


def find_header_row(rows: Sequence[Sequence[str]], known: Recognise = recognise) -> int | None:
    """The index of the header among the first rows, or None when the file starts with data.

    A row that names two or more known fields wins, above any title block. Otherwise the first row
    about as wide as the table is the header, unless it holds numbers or addresses itself.
    """
    scores = [count_recognised(row, known) for row in rows[:SEARCH_ROWS]]
    if scores and max(scores) >= 2:
        return scores.index(max(scores))
    filled = [sum(1 for cell in row if cell.strip()) for row in rows[:SEARCH_ROWS]]
    usual = Counter(count for count in filled if count).most_common()
    if not usual:
        return None
    width = max(count for count, times in usual if times == usual[0][1])
    first = next(index for index, count in enumerate(filled) if count >= max(1, width * 0.6))
    data = any(_LOOKS_LIKE_DATA.fullmatch(cell.strip()) for cell in rows[first])
    return None if data else first


def guess_delimiter(lines: Sequence[str], known: Recognise = recognise) -> str:
    """Of comma, semicolon, tab and bar the one that shows the most known headers, then the most
    rows of equal width. Lines of one column (“;” nowhere) give the comma.

    csv.Sniffer answered with letters and clevercsv with “@” for such files: neither is asked.
    """
    return max(DELIMITERS, key=lambda delimiter: _suitability(lines, delimiter, known))


def _suitability(lines: Sequence[str], delimiter: str, known: Recognise) -> tuple[int, int, int]:
    rows = [record.cells for record in read_records(lines, delimiter) if record.cells]
    widths = Counter(len(row) for row in rows if len(row) > 1)
    width, times = widths.most_common(1)[0] if widths else (1, 0)
    named = max((count_recognised(row, known) for row in rows), default=0)
    return (named if named >= 2 else 0, times, width)


def name_columns(cells: Sequence[str], width: int) -> tuple[tuple[str, ...], list[str]]:
    """Unique names for `width` columns and a warning for each kind of repair.

    “Email”, “email” becomes “Email”, “email (2)”; a column without a header is “Column 3”.
    """
    names: list[str] = []
    seen: set[str] = set()
    doubled: list[str] = []
    unnamed = 0
    for index in range(width):
        text = " ".join(cells[index].split())[:200] if index < len(cells) else ""
        unnamed += not text
        wanted = text or f"Column {index + 1}"
        name, number = wanted, 1
        while name.casefold() in seen:
            number += 1
            name = f"{wanted} ({number})"
        if number > 1:
            doubled.append(wanted)
        seen.add(name.casefold())
        names.append(name)
    return tuple(names), _repairs(doubled, unnamed)


def _repairs(doubled: list[str], unnamed: int) -> list[str]:
    warnings = [f"The header “{name}” occurs more than once." for name in dict.fromkeys(doubled)]
    if unnamed == 1:
        warnings.append("One column has no header; it is named by its position.")
    elif unnamed:
        warnings.append(f"{unnamed} columns have no header; they are named by their position.")
    return warnings
