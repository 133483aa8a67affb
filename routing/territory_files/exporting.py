"""Territories as a file that opens in a spreadsheet program and comes back without a difference."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from leads.files.exporting import protect_cell, write_csv
from routing.territory_files import cells
from routing.territory_files.columns import FIELDS, HEADERS, OWNER_HEADERS, OWNER_PARTS, ROLES
from routing.territory_files.current import State
from routing.territory_files.values import LISTS

Row = Sequence[str]


def list_rows(states: Mapping[str, State]) -> Iterator[Row]:
    """A header and one row per territory. A list too long for a cell goes on in “…_2”."""
    counts = {name: _count_cells(states, name) for name in LISTS}
    yield list(chain.from_iterable(_spread(name, counts.get(name, 1)) for name in HEADERS))
    for slug, state in states.items():
        row = [slug]
        for name in FIELDS:
            if name in LISTS:
                texts = cells.write_list(state[name])
                row += [*texts, *[""] * (counts[name] - len(texts))]
            else:
                row.append(cells.write_plain(state[name]))
        for role in OWNER_PARTS:
            row += cells.write_owners(state[role])
        yield row


def _count_cells(states: Mapping[str, State], name: str) -> int:
    return max((len(cells.write_list(state[name])) for state in states.values()), default=1)


def _spread(name: str, count: int) -> list[str]:
    return [name, *(f"{name}_{number}" for number in range(2, count + 1))]


def list_owner_rows(states: Mapping[str, State]) -> Iterator[Row]:
    """A header and one row per owner."""
    yield list(OWNER_HEADERS)
    for slug, state in states.items():
        for role in ROLES:
            for one in state[role]:
                until = one.ends_on.isoformat() if one.ends_on else ""
                yield [slug, role, one.rep, one.starts_on.isoformat(), until]


def write_workbook(rows: Iterable[Row]) -> bytes:
    """The rows as an XLSX file in which every cell is text: 01067 keeps its zero, nothing is a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Territories")
    sheet.freeze_panes = "B2"
    for number, row in enumerate(rows):
        written = []
        for text in row:
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", protect_cell(text)))
            cell.data_type, cell.number_format = "s", "@"
            if number == 0:
                cell.font = Font(bold=True)
            written.append(cell)
        sheet.append(written)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def write_text(rows: Iterable[Row]) -> bytes:
    """The rows as CSV."""
    return "".join(write_csv(rows)).encode()


FORMATS: dict[str, tuple[str, Callable[[Iterable[Row]], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", write_text),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write_workbook,
    ),
}
"""Content type and writer by the ending of the file's name."""
