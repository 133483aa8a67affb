"""Rows of an uploaded file as deliveries: read without the database, then stored as one set."""

import hashlib
import json
import logging
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadrouter.common.sql import insert_all, insert_rows, lock_keys
from leads.domain.cleansing import check
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
        return check(fields, default_country=default_country)
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
    Queries: 4.
    """
    fates = store_deliveries(batch=batch, rows=rows, now=now)
    _insert_rows(batch, rows, fates)
    states = [state for state, _ in fates]
    return Tally(*(states.count(state) for state in ("ACCEPTED", "DUPLICATE", "BAD")))


def store_deliveries(
    *, batch: ImportBatch, rows: Sequence[ReadRow], now: datetime
) -> list[tuple[str, int | None]]:
    """Stores a delivery for each row that is good and new; returns each row's state and delivery.

    As `store_rows`, without the rows themselves. Queries: 3.
    """
    lock_keys([("import", str(batch.endpoint_id))])
    good = [row for row in rows if not row.problems]
    items = {row.number: _make_item(batch, row, now) for row in good}
    insert_all(list(items.values()), ignores_conflicts=True)
    stored = {
        key: (pk, public_id)
        for key, pk, public_id in IntakeItem.objects.filter(
            endpoint_id=batch.endpoint_id, dedupe_key__in={row.key for row in good}
        ).values_list("dedupe_key", "pk", "public_id")
    }
    fates: list[tuple[str, int | None]] = []
    for row in rows:
        if row.problems:
            fates.append((ImportRow.State.BAD, None))
            continue
        pk, public_id = stored[row.key]
        # An insert that met a conflict says nothing; whose id is stored tells who came first.
        is_new = public_id == items[row.number].public_id
        fates.append((ImportRow.State.ACCEPTED if is_new else ImportRow.State.DUPLICATE, pk))
    return fates


def _make_item(batch: ImportBatch, row: ReadRow, now: datetime) -> IntakeItem:
    return IntakeItem(
        endpoint_id=batch.endpoint_id,
        dedupe_key=row.key,
        body_hash=row.key,
        payload=row.payload,
        received_at=now,
    )


def _insert_rows(
    batch: ImportBatch, rows: Sequence[ReadRow], fates: Sequence[tuple[str, int | None]]
) -> None:
    insert_rows(
        ImportRow,
        ("batch_id", "row_number", "values", "state", "problems", "intake_item_id"),
        [
            (batch.pk, row.number, list(row.values), state, _as_json(row.problems), item_id)
            for row, (state, item_id) in zip(rows, fates, strict=True)
        ],
    )


def _as_json(problems: Sequence[Problem]) -> list[dict[str, str]]:
    return [{"field": each.field, "code": each.code, "message": each.message} for each in problems]
