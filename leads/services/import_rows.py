"""Rows of an uploaded file as deliveries: read without the database, then stored as one set."""

import hashlib
import json
import logging
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadrouter.common.sql import lock_keys
from leads.domain.cleansing import inspect
from leads.domain.draft import Problem
from leads.files.mapping import apply_mapping
from leads.models import ImportBatch, ImportRow, IntakeItem

logger = logging.getLogger(__name__)

DAMAGED = "damaged"
UNREADABLE = Problem("", "unreadable", "This row could not be read; please check its cells.")


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row as it will be stored. `problems` refuse it; then there is no payload and no key."""

    number: int
    values: tuple[str, ...]
    payload: dict[str, Any]
    key: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows became what."""

    accepted: int
    duplicate: int
    bad: int


def mapping_from_json(mapping: Mapping[str, str]) -> dict[int, str]:
    """Column index -> field; JSON has turned the indexes into text."""
    return {int(column): field for column, field in mapping.items()}


def read_rows(
    *, batch: ImportBatch, rows: Iterable[tuple[int, tuple[str, ...]]], damaged: Mapping[int, str]
) -> list[ReadRow]:
    """The rows mapped and checked by the very cleansing that their leads will go through.

    `damaged` is {row number: sentence} of rows that the file itself breaks.
    """
    mapping = mapping_from_json(batch.mapping)
    return [
        _read_row(batch, mapping, number, values, damaged.get(number, ""))
        for number, values in rows
    ]


def _read_row(
    batch: ImportBatch, mapping: dict[int, str], number: int, values: tuple[str, ...], damage: str
) -> ReadRow:
    mapped = apply_mapping(mapping, batch.headers, values)
    problems = _find_problems(mapped.fields, batch.default_country)
    if damage:
        problems = (Problem("", DAMAGED, damage), *problems)
    if problems:
        return ReadRow(number, values, {}, "", problems)
    payload = {
        "fields": mapped.fields,
        "touch": {},
        "extra": mapped.extra,
        # The country chosen for the file, which may differ from the source's own.
        "default_country": batch.default_country,
    }
    return ReadRow(number, values, payload, make_row_key(mapped.fields), ())


def _find_problems(fields: Mapping[str, str], default_country: str) -> tuple[Problem, ...]:
    try:
        return inspect(fields, default_country=default_country)[1]
    except Exception:  # one row must not stop the other 9,999; the log has what is ours to mend
        logger.exception("Cleansing a row failed.")
        return (UNREADABLE,)


def make_row_key(fields: Mapping[str, str]) -> str:
    """The same 64 hex digits for the same mapped values, however spaced or composed.

    Columns without a field do not count: an export that only adds a column is the same list.
    """
    plain = {
        name: unicodedata.normalize("NFC", " ".join(value.split()))
        for name, value in fields.items()
    }
    text = json.dumps(plain, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def store_rows(*, batch: ImportBatch, rows: Sequence[ReadRow], now: datetime) -> Tally:
    """Stores the rows and a delivery for each that is good and new.

    Runs inside the caller's transaction, with the batch locked by the caller.
    Locks: the endpoint's imports, since two files may bring the same rows in different order.
    Queries: a fixed number of statements, cut by the database's limit of parameters.
    """
    lock_keys([("import", str(batch.endpoint_id))])
    good = [row for row in rows if not row.problems]
    items = {row.number: _make_item(batch, row, now) for row in good}
    IntakeItem.objects.bulk_create(items.values(), ignore_conflicts=True)
    stored = {
        key: (pk, public_id)
        for key, pk, public_id in IntakeItem.objects.filter(
            endpoint_id=batch.endpoint_id, dedupe_key__in={row.key for row in good}
        ).values_list("dedupe_key", "pk", "public_id")
    }
    made = []
    for row in rows:
        pk, public_id = stored.get(row.key, (None, None))
        # An insert that met a conflict says nothing; whose id is stored tells who came first.
        is_new = pk is not None and items[row.number].public_id == public_id
        made.append(_make_row(batch, row, pk, is_new))
    ImportRow.objects.bulk_create(made)
    states = [row.state for row in made]
    return Tally(*(states.count(state) for state in ("ACCEPTED", "DUPLICATE", "BAD")))


def _make_item(batch: ImportBatch, row: ReadRow, now: datetime) -> IntakeItem:
    return IntakeItem(
        endpoint_id=batch.endpoint_id,
        dedupe_key=row.key,
        body_hash=row.key,
        payload=row.payload,
        received_at=now,
    )


def _make_row(batch: ImportBatch, row: ReadRow, item_id: int | None, is_new: bool) -> ImportRow:
    state = ImportRow.State.ACCEPTED if is_new else ImportRow.State.DUPLICATE
    return ImportRow(
        batch=batch,
        row_number=row.number,
        values=list(row.values),
        state=ImportRow.State.BAD if row.problems else state,
        problems=[
            {"field": each.field, "code": each.code, "message": each.message}
            for each in row.problems
        ],
        intake_item_id=item_id,
    )
