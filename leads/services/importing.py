"""Takes uploaded files through to deliveries, chunk by chunk; the batch row is the queue.

Each chunk is one transaction: its rows, their deliveries, the counters and the cursor. A process
that dies between two chunks leaves a file that the next one continues at exactly the next row.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import InterfaceError, OperationalError, transaction

from leadrouter.common.errors import InvalidInput
from leadrouter.queueing.wakeup import wake_imports
from leads.domain.countries import country_codes
from leads.files.limits import FileRefused
from leads.files.mapping import validate_mapping
from leads.models import BatchState, ImportBatch, ImportFile, IntakeItem
from leads.selectors.custom_fields import get_field_labels
from leads.selectors.imports import LEASE, claim_batch, list_exhausted, lock_batch
from leads.services.import_files import reread_file
from leads.services.import_reading import RowCursor, put_back, take_cursor
from leads.services.import_rows import ReadRow, read_rows, store_rows
from leads.services.refusals import AlreadyStarted, NotEnded
from leads.signals import lead_ready

ENDED = frozenset({BatchState.DONE, BatchState.FAILED, BatchState.CANCELLED})
logger = logging.getLogger(__name__)

# 500 rows hold the write lock for about 30 ms; a delivery that arrives meanwhile waits no longer.
CHUNK_ROWS = 500
MAX_ATTEMPTS = 5
# The database is away or chose us as a deadlock's victim: nothing is wrong with the file.
TRANSIENT = (OperationalError, InterfaceError)


class LostHoldError(Exception):
    """Somebody cancelled the import, or took it over after our lease had run out."""


def start_import(
    *,
    batch: ImportBatch,
    mapping: Mapping[int, str],
    default_country: str = "",
    encoding: str | None = None,
    delimiter: str | None = None,
    now: datetime,
) -> ImportBatch:
    """Confirms the mapping (column index -> field) and lets the file run in the background.

    `encoding` and `delimiter`, when given, read the file anew first.
    Raises: InvalidInput with a sentence per column, FileRefused, AlreadyStarted.
    """
    if (encoding or batch.encoding, delimiter or batch.delimiter) != (
        batch.encoding,
        batch.delimiter,
    ):
        batch = reread_file(batch=batch, encoding=encoding or "", delimiter=delimiter or "")
    _check_choices(batch, mapping, default_country)
    with transaction.atomic():
        held = lock_batch(batch.pk)
        if held.state != BatchState.UPLOADED:
            raise AlreadyStarted("This file is being imported already.")
        held.mapping = {str(column): field for column, field in sorted(mapping.items())}
        held.default_country = default_country
        held.state, held.started_at = BatchState.RUNNING, now
        held.save()
        wake_imports()
    return held


def _check_choices(batch: ImportBatch, mapping: Mapping[int, str], country: str) -> None:
    problems = validate_mapping(mapping, batch.headers, get_field_labels())
    if problems:
        fields = {
            "mapping" if each.column is None else f"column_{each.column}": each.message
            for each in problems
        }
        raise InvalidInput(problems[0].message, fields=fields)
    if country and country not in country_codes():
        message = "Choose a country from the list."
        raise InvalidInput(message, fields={"default_country": message})


def cancel_import(*, batch: ImportBatch, user: Any, now: datetime) -> ImportBatch:
    """Ends an import where it stands. Leads of rows read before stay; the file is forgotten.

    Raises: AlreadyStarted when it has ended already.
    """
    with transaction.atomic():
        held = lock_batch(batch.pk)
        if held.state not in {BatchState.UPLOADED, BatchState.RUNNING}:
            raise AlreadyStarted("This import has ended already.")
        name = user.get_full_name() or user.get_username()
        held.error = f"Cancelled by {name} after {held.read_rows:,} of {held.total_rows:,} rows."
        _end(held, BatchState.CANCELLED, now)
        ImportFile.objects.filter(batch=held).delete()
    return held


def ask_to_undo(*, batch: ImportBatch, user: Any, now: datetime) -> ImportBatch:
    """Has an ended import taken back in the background. Raises: NotEnded."""
    with transaction.atomic():
        held = lock_batch(batch.pk)
        if held.state not in ENDED:
            raise NotEnded(f"This import is “{held.get_state_display()}”: it cannot be undone now.")
        name = user.get_full_name() or user.get_username()
        held.state = BatchState.UNDOING
        held.error = f"Undone by {name}."
        held.save()
        LogEntry.objects.log_actions(
            user.pk, [held], CHANGE, change_message="Undone", single_object=True
        )
    return held


def run_waiting_batches(*, clock: Callable[[], datetime], time_limit_seconds: float = 4) -> int:
    """Imports rows of files that wait, for about the time given; returns how many rows.

    What is left after that is continued by another wake-up, so a worker is never kept from leads
    for long. Any number of these may run at once, in workers and in the sweeper.
    """
    until = clock() + timedelta(seconds=time_limit_seconds)
    total = 0
    while (now := clock()) < until:
        for batch in list_exhausted(max_attempts=MAX_ATTEMPTS, now=now):
            _fail(batch, "Reading it stopped the program each time", now)
        claimed = claim_batch(max_attempts=MAX_ATTEMPTS, now=now)
        if claimed is None:
            return total
        total += _run(claimed, clock, until)
    wake_imports()
    return total


def _run(batch: ImportBatch, clock: Callable[[], datetime], until: datetime) -> int:
    before = batch.read_rows
    try:
        _run_chunks(batch, clock, until)
    except LostHoldError:
        logger.info("Import %s was cancelled or taken over.", batch.pk)
    except FileRefused as refused:
        _fail(batch, refused.message.rstrip("."), clock())
    except TRANSIENT as error:
        logger.warning("Import %s waits for the database: %s", batch.pk, error)
        _try_again(batch, max(0, batch.attempts - 1), clock() + timedelta(seconds=1))
    except Exception as error:
        logger.exception("Import %s failed at row %d.", batch.pk, batch.read_rows)
        if batch.attempts >= MAX_ATTEMPTS:
            _fail(batch, f"It failed {MAX_ATTEMPTS} times ({type(error).__name__})", clock())
        else:
            later = clock() + timedelta(seconds=2**batch.attempts)
            _try_again(batch, batch.attempts, later)
    return batch.read_rows - before


def _run_chunks(batch: ImportBatch, clock: Callable[[], datetime], until: datetime) -> None:
    """Chunk after chunk until the file or the time is over; always at least one."""
    cursor = take_cursor(batch)
    while chunk := list(islice(cursor.rows, CHUNK_ROWS)):
        read = read_rows(batch=batch, rows=chunk, damaged=cursor.table.damaged)
        _store_chunk(batch, read, clock())
        if len(chunk) == CHUNK_ROWS and clock() >= until:
            put_back(RowCursor(cursor.table, cursor.rows, batch.pk, batch.read_rows))
            _try_again(batch, 0, None)
            return
    _finish(batch, clock())


def _store_chunk(batch: ImportBatch, rows: list[ReadRow], now: datetime) -> None:
    """Stores the chunk and moves the cursor in one transaction, and renews the lease.

    Locks: the batch, then its endpoint's imports. Raises: LostHoldError.
    """
    with transaction.atomic():
        held = _hold(batch)
        tally = store_rows(batch=held, rows=rows, now=now)
        held.read_rows += len(rows)
        held.accepted_rows += tally.accepted
        held.duplicate_rows += tally.duplicate
        held.bad_rows += tally.bad
        held.attempts, held.claimed_until = 0, now + LEASE
        held.save()
        if tally.accepted:
            transaction.on_commit(_announce)
    for name in ("read_rows", "claimed_until", "attempts"):
        setattr(batch, name, getattr(held, name))


def _announce() -> None:
    lead_ready.send_robust(sender=IntakeItem)


def _hold(batch: ImportBatch) -> ImportBatch:
    """The batch, locked, when it is still as we left it. Raises: LostHoldError."""
    held = lock_batch(batch.pk)
    as_left = (BatchState.RUNNING, batch.claimed_until, batch.read_rows)
    if (held.state, held.claimed_until, held.read_rows) != as_left:
        raise LostHoldError
    return held


def _finish(batch: ImportBatch, now: datetime) -> None:
    with transaction.atomic():
        held = _hold(batch)
        held.total_rows = held.read_rows
        _end(held, BatchState.DONE, now)
        ImportFile.objects.filter(batch=held).delete()


def _end(held: ImportBatch, state: str, now: datetime) -> None:
    held.state, held.finished_at, held.claimed_until = state, now, None
    held.save()


def _fail(batch: ImportBatch, reason: str, now: datetime) -> None:
    """Ends the import with a sentence for the person who uploaded the file; the file is kept."""
    with transaction.atomic():
        try:
            held = _hold(batch)
        except LostHoldError:
            return
        held.error = (
            f"{reason}, after {held.read_rows:,} of {held.total_rows:,} rows. Those rows are "
            "imported; uploading the file again continues with the others."
        )
        _end(held, BatchState.FAILED, now)


def _try_again(batch: ImportBatch, attempts: int, at: datetime | None) -> None:
    """Gives the lease back; None means at once."""
    ImportBatch.objects.filter(
        pk=batch.pk, state=BatchState.RUNNING, claimed_until=batch.claimed_until
    ).update(attempts=attempts, claimed_until=at)
