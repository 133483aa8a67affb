"""The first rows as they would be imported, before anything is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from leads.domain.draft import Draft, FieldWarning, Problem
from leads.files.mapping import apply_mapping

Inspect = Callable[[Mapping[str, str]], tuple[Draft, Sequence[Problem]]]
"""leads.domain.cleansing.inspect with the country of the upload already given."""

ReadExtra = Callable[[Mapping[str, Any]], tuple[Mapping[str, Any], tuple[FieldWarning, ...]]]
"""leads.domain.custom_fields.read_custom with the organisation's fields already given."""

SampleRow = tuple[int, Sequence[str], str]
"""Row number as a spreadsheet program shows it, cells, and what is wrong with the row or ""."""


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """One mapped cell: as read, as it will be stored when that differs, and what is said of it."""

    column: int
    field: str
    value: str
    becomes: str
    problems: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of the preview. `problems` refuse the row; `warnings` do not. Both are sentences.

    `cells` are the mapped columns in the order of the file.
    """

    number: int
    cells: tuple[PreviewCell, ...]
    extra: Mapping[str, str]
    draft: Draft
    problems: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def is_accepted(self) -> bool:
        return not self.problems


def preview(
    *,
    headers: Sequence[str],
    rows: Iterable[SampleRow],
    mapping: Mapping[int, str],
    inspect: Inspect,
    read_extra: ReadExtra = lambda extra: (dict(extra), ()),
) -> list[PreviewRow]:
    """The rows with what cleansing says about each, row by row and cell by cell.

    `read_extra` does the same for the organisation's own fields.
    """
    return [_preview_row(headers, mapping, inspect, read_extra, *row) for row in rows]


def _preview_row(
    headers: Sequence[str],
    mapping: Mapping[int, str],
    inspect: Inspect,
    read_extra: ReadExtra,
    number: int,
    values: Sequence[str],
    damage: str,
) -> PreviewRow:
    fields, extra = apply_mapping(mapping, headers, values)
    draft, problems = inspect(fields)
    _, doubts = read_extra(extra)
    if doubts:
        draft = replace(draft, warnings=(*draft.warnings, *doubts))
    cells = tuple(
        _preview_cell(column, field, values, draft, problems)
        for column, field in sorted(mapping.items())
        if column < len(headers)
    )
    return PreviewRow(
        number=number,
        cells=cells,
        extra=extra,
        draft=draft,
        problems=(*([damage] if damage else []), *(problem.message for problem in problems)),
        warnings=tuple(warning.message for warning in draft.warnings),
    )


def _preview_cell(
    column: int, field: str, values: Sequence[str], draft: Draft, problems: Sequence[Problem]
) -> PreviewCell:
    value = values[column].strip() if column < len(values) else ""
    after = [change.after for change in draft.changes if change.field == field]
    if after and field == "occurred_at":
        after = [after[-1].replace("T", " ")[:16]]  # to the minute, as a person writes it
    return PreviewCell(
        column=column,
        field=field,
        value=value,
        becomes=after[-1] if after and after[-1] != value else "",
        problems=tuple(each.message for each in problems if each.field == field),
        warnings=tuple(each.message for each in draft.warnings if each.field == field),
    )
