"""Uploaded files: which wait, what a person chose before, what became of the rows."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from leads.models import BatchState, ImportBatch, ImportRow

# A worker that dies holds its file no longer than this; it is renewed with every chunk, so it
# only has to outlast opening the largest file (files.workbooks.TIMEOUT_SECONDS).
LEASE = timedelta(seconds=40)


def claim_batch(*, max_attempts: int, now: datetime) -> ImportBatch | None:
    """Leases the waiting file that is least far, or answers None; small files overtake large ones.

    The attempt is counted before the work, so a file that kills its worker is not met for ever.
    Queries: 1 when nothing waits.
    """
    waiting = _unclaimed(now).filter(attempts__lt=max_attempts)
    for pk in waiting.order_by("read_rows", "id").values_list("pk", flat=True)[:10]:
        if waiting.filter(pk=pk).update(claimed_until=now + LEASE, attempts=F("attempts") + 1):
            return ImportBatch.objects.select_related("endpoint__source").get(pk=pk)
    return None


def list_exhausted(*, max_attempts: int, now: datetime) -> list[ImportBatch]:
    """Running files whose last allowed attempt ended without a word."""
    return list(_unclaimed(now).filter(attempts__gte=max_attempts))


def _unclaimed(now: datetime) -> "QuerySet[ImportBatch]":
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    return ImportBatch.objects.filter(free, state=BatchState.RUNNING)


def lock_batch(batch_id: int) -> ImportBatch:
    """Returns the batch, row-locked. Raises: ImportBatch.DoesNotExist."""
    return ImportBatch.objects.select_for_update().get(pk=batch_id)


def find_remembered(batch: ImportBatch) -> ImportBatch | None:
    """The latest import with the same columns, for its mapping; first of the same source."""
    same = ImportBatch.objects.filter(header_fingerprint=batch.header_fingerprint).exclude(
        Q(mapping={}) | Q(pk=batch.pk)
    )
    return same.filter(endpoint=batch.endpoint_id).first() or same.first()


def find_same_file(batch: ImportBatch) -> ImportBatch | None:
    """The latest finished import of exactly these bytes into the same source."""
    return ImportBatch.objects.filter(
        file_hash=batch.file_hash, endpoint=batch.endpoint_id, state=BatchState.DONE
    ).first()


def list_bad_rows(batch: ImportBatch) -> "QuerySet[ImportRow]":
    """Rows that need fixing, in the order of the file."""
    return ImportRow.objects.filter(batch=batch, state=ImportRow.State.BAD).order_by("row_number")
