"""Rows of a file as wishes: what each territory named in it should be."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from leads.files.limits import MAX_CELL_CHARS, FileRefused
from leads.files.readers import Table
from routing.territory_files import cells
from routing.territory_files.columns import (
    FIELDS,
    HEADERS,
    OWNER_HEADERS,
    OWNER_PARTS,
    ROLES,
    is_owner_file,
    recognise_column,
    recognise_owner_column,
)
from routing.territory_files.current import Current, State
from routing.territory_files.values import LISTS, OwnerPeriod, find_period_fault

_SLUG = re.compile(r"[-a-zA-Z0-9_]+")
_CUT = "The text is cut off at 32,767 characters; let the list go on in “{}_2”."
Row = tuple[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be applied: the column as the file calls it, and a sentence."""

    row: int
    slug: str
    field: str
    reason: str


@dataclass(slots=True)
class Wish:
    """What one territory should be: only the fields that the file has. `row` is its (first) row."""

    row: int
    slug: str
    fields: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, column: str, error: ValidationError | str) -> None:
        reason = error if isinstance(error, str) else " ".join(error.messages)
        self.problems.append(Problem(self.row, self.slug, column, reason))


@dataclass(frozen=True, slots=True)
class Wishes:
    """A whole file. A file of owners names territories that exist, and says nothing of others."""

    rows: list[Wish]
    is_of_owners: bool
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of the file is which, by index, and what is odd about them."""

    names: dict[int, str]
    is_of_owners: bool
    warnings: list[str]


def find_columns(table: Table) -> Columns:
    """Raises: FileRefused when the columns cannot be told."""
    if is_owner_file(table.headers):
        return Columns(*_find_columns(table, recognise_owner_column, OWNER_HEADERS, True))
    columns = Columns(*_find_columns(table, recognise_column, HEADERS, False))
    if "slug" not in columns.names.values():
        raise FileRefused(
            "no_slug", "The file has no column “slug”, which says which territory a row is about."
        )
    columns.warnings.extend(_find_lost_owner_columns(set(columns.names.values())))
    return columns


def read_wishes(table: Table, current: Current, today: date) -> Wishes:
    """Reads every row. Raises: FileRefused when the columns cannot be told."""
    columns = find_columns(table)
    rows = list(_rows_of(table, columns.names))
    is_day_first = find_order(rows)
    if columns.is_of_owners:
        wishes = _read_owner_rows(table, rows, current, is_day_first)
    else:
        reader = _RowReader(current, today, is_day_first)
        wishes = list(_read_territory_rows(table, rows, reader))
    return Wishes(wishes, columns.is_of_owners, columns.warnings)


def _find_columns(
    table: Table,
    recognise: Callable[[str], str | None],
    wanted: Sequence[str],
    is_of_owners: bool,
) -> tuple[dict[int, str], bool, list[str]]:
    found: dict[int, str] = {}
    ignored = []
    for index, header in enumerate(table.headers):
        name = recognise(header)
        if name is None:
            ignored.append(f"“{header}”")
        elif name in found.values():
            raise FileRefused("column_twice", f"The column “{name}” is there twice.")
        else:
            found[index] = name
    warnings = list(table.warnings)
    if ignored:
        warnings.append(
            f"Columns that were left out: {', '.join(ignored[:8])}. Known: {', '.join(wanted)}."
        )
    return found, is_of_owners, warnings


def _find_lost_owner_columns(names: set[str]) -> list[str]:
    return [
        f"“{part}” was left out, because there is no column “{who}”."
        for who, *parts in OWNER_PARTS.values()
        for part in parts
        if part in names and who not in names
    ]


def _rows_of(table: Table, columns: Mapping[int, str]) -> Iterator[Row]:
    for number, row in table.rows():
        yield number, {name: row[index] for index, name in columns.items()}


def find_order(rows: Sequence[Row]) -> bool | None:
    """Whether days come before months in this file, if its dates tell."""
    names = [name for parts in OWNER_PARTS.values() for name in parts[1:]] + ["from", "until"]
    return cells.find_day_order(
        part for _, row in rows for name in names for part in cells.split_parts(row.get(name, ""))
    )


def _read_territory_rows(table: Table, rows: Sequence[Row], reader: "_RowReader") -> Iterator[Wish]:
    first: dict[str, int] = {}
    for number, row in rows:
        slug = row["slug"].strip()
        wish = Wish(number, slug)
        if number in table.damaged:
            wish.refuse("", table.damaged[number])
        elif not _SLUG.fullmatch(slug) or len(slug) > 100:
            wish.refuse(
                "slug", f"“{slug}” is not a slug: letters, digits, - and _ only, at most 100."
            )
        elif slug in first:
            wish.refuse("slug", f"“{slug}” is in row {first[slug]} as well.")
        else:
            reader.read(wish, row)
        first.setdefault(slug, number)
        yield wish


@dataclass(frozen=True)
class _RowReader:
    current: Current
    today: date
    is_day_first: bool | None

    def read(self, wish: Wish, row: Mapping[str, str]) -> None:
        """Fills the wish. A cell that says what is there already is never looked at more closely."""
        now = self.current.states.get(wish.slug)
        for name in FIELDS:
            if name in row:
                self._read_field(wish, row, name, now)
        for role in ROLES:
            if OWNER_PARTS[role][0] in row:
                self._read_owners(wish, row, role, now or self.current.defaults)
        if now is None and not wish.fields.get("name") and not _has_problem(wish, "name"):
            wish.refuse("name", "A new territory needs a name.")

    def _read_field(self, wish: Wish, row: Mapping[str, str], name: str, now: State | None) -> None:
        text = _join(row, name) if name in LISTS else row[name]
        if now is not None and text == _write(name, now[name]):
            wish.fields[name] = now[name]
            return
        if any(len(row[part]) >= MAX_CELL_CHARS for part in _parts(row, name)):
            wish.refuse(name, _CUT.format(name))
            return
        try:
            value = _READ[name](text)
        except ValidationError as error:
            wish.refuse(name, error)
            return
        is_same_list = name in LISTS and now is not None and _as_set(value) == _as_set(now[name])
        wish.fields[name] = now[name] if is_same_list and now is not None else value

    def _read_owners(self, wish: Wish, row: Mapping[str, str], role: str, now: State) -> None:
        who, *parts = OWNER_PARTS[role]
        texts = [row[who], *(row.get(part, "") for part in parts)]
        if texts == list(cells.write_owners(now[role])):
            wish.fields[role] = now[role]
            return
        try:
            periods = self._periods(texts, now[role], OWNER_PARTS[role])
        except _CellError as error:
            wish.refuse(error.column, error.reason)
            return
        named = [period._replace(rep=self.current.reps.name(period.rep)) for period in periods]
        if fault := find_period_fault(named, role):
            wish.refuse(who, fault)
            return
        wish.fields[role] = tuple(sorted(periods, key=lambda period: period.starts_on))

    def _periods(
        self, texts: Sequence[str], now: Sequence[OwnerPeriod], names: Sequence[str]
    ) -> list[OwnerPeriod]:
        who, starts, ends = (cells.split_parts(text) for text in texts)
        reps = [_cell(names[0], self.current.reps.find, text) for text in who]
        if len(reps) == 1 and not starts and not ends:
            return hand_over(now, reps[0], self.today)
        for name, parts, word in ((names[1], starts, "first"), (names[2], ends, "last")):
            if (parts and len(parts) != len(reps)) or (word == "first" and not parts and reps):
                raise _CellError(
                    name, f"{len(reps)} reps and {len(parts)} {word} days: one for each."
                )
        days = [_cell(names[1], self._day, text) for text in starts]
        if None in days:
            raise _CellError(names[1], "Say from which day each rep owns it.")
        untils = [_cell(names[2], self._day, text) for text in ends] or [None] * len(reps)
        return [OwnerPeriod(*each) for each in zip(reps, days, untils, strict=True)]

    def _day(self, text: str) -> date | None:
        return cells.read_day(text, self.is_day_first)


class _CellError(Exception):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def _cell(column: str, read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except ValidationError as error:
        raise _CellError(column, " ".join(error.messages)) from error


def hand_over(now: Sequence[OwnerPeriod], rep: str, today: date) -> list[OwnerPeriod]:
    """A rep named without a day owns it from today on; whoever did until now is kept as the past."""
    on_duty = [
        one for one in now if one.starts_on <= today and not (one.ends_on and one.ends_on <= today)
    ]
    if any(one.rep == rep and one.ends_on is None for one in on_duty):
        return list(now)
    past = [
        one if one.ends_on and one.ends_on <= today else one._replace(ends_on=today)
        for one in now
        if one.starts_on < today
    ]
    return [*past, OwnerPeriod(rep, today)]


def _read_owner_rows(
    table: Table, rows: Sequence[Row], current: Current, is_day_first: bool | None
) -> list[Wish]:
    wishes: dict[str, Wish] = {}
    periods: dict[tuple[str, str], list[OwnerPeriod]] = defaultdict(list)
    for number, row in rows:
        slug = row["territory"].strip()
        wish = wishes.setdefault(slug, Wish(number, slug))
        try:
            _check_row(table, number, slug, current)
            role = _cell("role", _read_role, row["role"])
            periods[slug, role] += _read_owner(row, current, is_day_first)
        except _CellError as error:
            wish.problems.append(Problem(number, slug, error.column, error.reason))
    for (slug, role), found in periods.items():
        named = [period._replace(rep=current.reps.name(period.rep)) for period in found]
        if fault := find_period_fault(named, role):
            wishes[slug].refuse("from", fault)
        wishes[slug].fields[role] = tuple(sorted(found, key=lambda period: period.starts_on))
    return list(wishes.values())


def _check_row(table: Table, number: int, slug: str, current: Current) -> None:
    if number in table.damaged:
        raise _CellError("", table.damaged[number])
    if slug not in current.states:
        raise _CellError("territory", f"“{slug}” is not the slug of a territory.")


def _read_role(text: str) -> str:
    word = text.strip().upper()
    if word not in ROLES:
        raise ValidationError(f"“{text}” is not a role: write one of {', '.join(ROLES)}.")
    return word


def _read_owner(
    row: Mapping[str, str], current: Current, is_day_first: bool | None
) -> list[OwnerPeriod]:
    """Nobody in a row means that nobody owns the territory in that role."""
    rep = row["rep"].strip()
    if not rep:
        return []
    days = [
        _cell(name, lambda text: cells.read_day(text, is_day_first), row.get(name, ""))
        for name in ("from", "until")
    ]
    if days[0] is None:
        raise _CellError("from", "Say from which day the rep owns it.")
    return [OwnerPeriod(_cell("rep", current.reps.find, rep), *days)]


def _has_problem(wish: Wish, column: str) -> bool:
    return any(problem.field == column for problem in wish.problems)


def _parts(row: Mapping[str, str], name: str) -> list[str]:
    """A column with those that go on after it: named_domains, named_domains_2 …"""
    found = [name]
    while f"{name}_{len(found) + 1}" in row:
        found.append(f"{name}_{len(found) + 1}")
    return found


def _join(row: Mapping[str, str], name: str) -> str:
    return ", ".join(text for part in _parts(row, name) if (text := row[part]))


def _write(name: str, value: Any) -> str:
    return ", ".join(cells.write_list(value)) if name in LISTS else cells.write_plain(value)


def _as_set(values: Sequence[Any]) -> set[str]:
    return {str(value) for value in values}


def _read_name(text: str) -> str:
    name = text.strip()
    if not name:
        raise ValidationError("The name is missing.")
    if len(name) > 100:
        raise ValidationError("A name has at most 100 characters.")
    return name


_READ: dict[str, Callable[[str], Any]] = {
    "name": _read_name,
    "parent": str.strip,
    "priority": lambda text: cells.read_whole(text, -32_768, 32_767) or 0,
    "employees_min": lambda text: cells.read_whole(text, 0, cells.MOST_EMPLOYEES),
    "employees_max": lambda text: cells.read_whole(text, 0, cells.MOST_EMPLOYEES),
    "is_active": cells.read_switch,
    **cells.READ_LIST,
}
