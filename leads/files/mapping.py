"""A confirmed choice of a field for each column, checked and applied to rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from leads.domain.draft import FIELD_LABELS, FIELDS
from leads.files.columns import Guess, is_own_column

NO_OWN_FIELDS: Mapping[str, str] = {}


class MappingProblem(NamedTuple):
    """Why a mapping cannot be used; `column` is the index it is about, None for the whole."""

    column: int | None
    code: str
    message: str


class MappedRow(NamedTuple):
    """Raw text per field, and what the unmapped columns hold by their header; no empty values."""

    fields: dict[str, str]
    extra: dict[str, str]


def mapping_of(guesses: Sequence[Guess]) -> dict[int, str]:
    """Column index -> field, for the columns that have a guess."""
    return {guess.column_index: guess.field for guess in guesses if guess.field}


def validate_mapping(
    mapping: Mapping[int, str],
    headers: Sequence[str],
    own_labels: Mapping[str, str] = NO_OWN_FIELDS,
) -> list[MappingProblem]:
    """Everything wrong with the mapping, in column order; an empty list means it can be used.

    `own_labels` are {name in rules: label} of the organisation's own fields.
    """
    labels = {**FIELD_LABELS, **own_labels}
    problems: list[MappingProblem] = []
    first: dict[str, int] = {}
    for column, field in sorted(mapping.items()):
        if not 0 <= column < len(headers):
            message = f"The file has no column {column + 1}."
            problems.append(MappingProblem(column, "no_such_column", message))
        elif field not in labels:
            message = f"“{headers[column]}” is mapped to “{field}”, which is not a field of a lead."
            problems.append(MappingProblem(column, "no_such_field", message))
        elif field in first:
            message = (
                f"{labels[field]} is chosen for both “{headers[first[field]]}” "
                f"and “{headers[column]}”."
            )
            problems.append(MappingProblem(column, "field_twice", message))
        else:
            first[field] = column
    if not first.keys() & {"email", "phone"}:
        message = "Choose the column with the e-mail address or the phone number."
        problems.append(MappingProblem(None, "needs_email_or_phone", message))
    return problems


def apply_mapping(
    mapping: Mapping[int, str], headers: Sequence[str], row: Sequence[str]
) -> MappedRow:
    """The row by field, with unmapped values kept by header; cells beyond the last header are
    kept as “Column 12”. Own fields are among what is kept, by their name in rules."""
    fields: dict[str, str] = {}
    extra: dict[str, str] = {}
    for index, value in enumerate(row):
        if not value.strip():
            continue
        if index in mapping:
            kept = fields if mapping[index] in FIELDS else extra
            kept[mapping[index]] = value
            continue
        header = headers[index] if index < len(headers) else f"Column {index + 1}"
        if not is_own_column(header):
            extra[header] = value
    return MappedRow(fields, extra)
