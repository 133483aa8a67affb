"""The first rows as they would be imported, before anything is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from leads.domain.draft import Draft, Problem
from leads.files.mapping import apply_mapping
from leads.files.readers import Table

Inspect = Callable[[Mapping[str, str]], tuple[Draft, Sequence[Problem]]]
"""leads.domain.cleansing.inspect with the country of the upload already given."""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row of the preview. `problems` refuse the row; `warnings` do not. Both are sentences."""

    number: int
    values: tuple[str, ...]
    fields: Mapping[str, str]
    extra: Mapping[str, str]
    draft: Draft
    problems: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def is_accepted(self) -> bool:
        return not self.problems


def preview(
    table: Table, mapping: Mapping[int, str], inspect: Inspect, limit: int = 20
) -> list[PreviewRow]:
    """The first `limit` rows with what cleansing says about each; reads no further."""
    return [
        _preview_row(table, mapping, inspect, number, values)
        for number, values in islice(table.rows(), limit)
    ]


def _preview_row(
    table: Table,
    mapping: Mapping[int, str],
    inspect: Inspect,
    number: int,
    values: tuple[str, ...],
) -> PreviewRow:
    fields, extra = apply_mapping(mapping, table.headers, values)
    draft, problems = inspect(fields)
    damage = table.damaged.get(number)
    sentences = [problem.message for problem in problems]
    return PreviewRow(
        number=number,
        values=values,
        fields=fields,
        extra=extra,
        draft=draft,
        problems=(*([damage] if damage else []), *sentences),
        warnings=tuple(warning.message for warning in draft.warnings),
    )
