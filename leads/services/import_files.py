"""Uploaded files as they are stored before anybody maps their columns."""

import hashlib
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from leadrouter.common.errors import InvalidInput
from leads.files.columns import header_fingerprint
from leads.files.readers import Table, open_table
from leads.models import BatchState, Endpoint, ImportBatch, ImportFile, Source
from leads.selectors.imports import lock_batch
from leads.services.refusals import AlreadyStarted

SAMPLE_ROWS = 50
SAMPLE_CHARS = 300
"""Enough to recognise a value; the mapping page must not carry notes of 30,000 characters."""


def upload_file(
    *, endpoint: Endpoint, content: bytes, file_name: str, user: Any, now: datetime
) -> ImportBatch:
    """Stores a file that can be read, with a look at its first rows. Nothing is imported yet.

    Raises: FileRefused, and then nothing is written.
    """
    table = open_table(content, file_name)
    with transaction.atomic():
        return _store(endpoint, table, content, file_name, user, now)


def upload_for_source(
    *, source: Source | None, event_name: str = "", default_country: str = "", content: bytes,
    file_name: str, user: Any, now: datetime,
) -> ImportBatch:  # fmt: skip
    """Like `upload_file`, for a source that may have no door for files yet, or None for an event
    that becomes a source now.

    Raises: FileRefused; InvalidInput when a source of that name exists. Nothing is written then.
    """
    table = open_table(content, file_name)
    with transaction.atomic():
        source = source or _create_event_source(event_name, default_country)
        endpoint = open_import_endpoint(source=source)
        batch = _store(endpoint, table, content, file_name, user, now)
        if default_country and default_country != batch.default_country:
            batch.default_country = default_country
            batch.save(update_fields=["default_country"])
        return batch


def open_import_endpoint(*, source: Source) -> Endpoint:
    """The source's door for files, made at its first upload."""
    return Endpoint.objects.get_or_create(source=source, channel=Endpoint.Channel.IMPORT, name="")[
        0
    ]


def _create_event_source(name: str, default_country: str) -> Source:
    name = " ".join(name.split())
    stem = slugify(name)[:90] or "event"
    taken = set(Source.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    numbers = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    slug = next(slug for slug in (stem, *numbers) if slug not in taken)
    try:
        with transaction.atomic():
            return Source.objects.create(
                name=name,
                slug=slug,
                kind=Source.Kind.EVENT,
                campaign=name,
                default_country=default_country,
            )
    except IntegrityError as error:
        message = "There is already a source of that name; choose it from the list."
        raise InvalidInput(message, fields={"event_name": message}) from error


def _store(
    endpoint: Endpoint, table: Table, content: bytes, file_name: str, user: Any, now: datetime
) -> ImportBatch:
    batch = ImportBatch(
        endpoint=endpoint,
        file_name=_plain_name(file_name),
        file_hash=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        default_country=endpoint.source.default_country,
        created_by=user,
        created_at=now,
    )
    _describe(batch, table)
    batch.save(force_insert=True)
    ImportFile.objects.create(batch=batch, content=content, **_look_at(table))
    return batch


def _plain_name(file_name: str) -> str:
    """The last part of the name, with its ending kept when it is cut."""
    name = file_name.replace("\\", "/").rpartition("/")[2].replace("\0", "")
    return name if len(name) <= 255 else f"{name[:200]}…{name[-50:]}"


def reread_file(
    *, batch: ImportBatch, encoding: str = "", delimiter: str = "", sheet_name: str = ""
) -> ImportBatch:
    """Reads the stored file again as a person says it must be read; empty text means guess.

    Raises: FileRefused, AlreadyStarted; nothing is written then.
    """
    file = ImportFile.objects.filter(batch=batch).first()
    if file is None:
        raise AlreadyStarted("This file has been imported already.")
    table = open_table(
        bytes(file.content),
        batch.file_name,
        encoding=encoding or None,
        delimiter=delimiter or None,
        sheet_name=sheet_name or None,
    )
    with transaction.atomic():
        held = lock_batch(batch.pk)
        if held.state != BatchState.UPLOADED:
            raise AlreadyStarted("This file is being imported already.")
        _describe(held, table)
        held.mapping = {}
        held.save()
        ImportFile.objects.filter(batch=batch).update(**_look_at(table))
    return held


def _describe(batch: ImportBatch, table: Table) -> None:
    is_workbook = table.kind == "xlsx"
    batch.encoding = "" if is_workbook else table.encoding
    batch.delimiter = "" if is_workbook else table.delimiter
    batch.sheet_name = table.sheet_name[:100]
    batch.headers = list(table.headers)
    batch.header_fingerprint = header_fingerprint(table.headers)
    batch.warnings = list(table.warnings)
    batch.total_rows = table.count_rows()


def _look_at(table: Table) -> dict[str, Any]:
    return {
        "sheet_names": list(table.sheet_names),
        "sample": [
            [number, [cell[:SAMPLE_CHARS] for cell in cells], table.damaged.get(number, "")]
            for number, cells in islice(table.rows(), SAMPLE_ROWS)
        ],
    }


def open_batch(batch: ImportBatch, content: bytes) -> Table:
    """The file as it was read when its columns were mapped. Raises: FileRefused."""
    return open_table(
        content,
        batch.file_name,
        encoding=batch.encoding or None,
        delimiter=batch.delimiter or None,
        sheet_name=batch.sheet_name or None,
    )
