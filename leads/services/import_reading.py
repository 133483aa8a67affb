"""Where the reading of a file stands, kept in this process between two short runs.

Opening a workbook of 100,000 rows takes six seconds and a run four: without this, most of the time
would go into opening. Only a shortcut: the truth is `read_rows` of the batch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from leads.files.readers import Table
from leads.models import ImportBatch, ImportFile
from leads.services.import_files import open_batch


@dataclass(frozen=True, slots=True)
class RowCursor:
    """An open file whose `rows` continue after the first `read_rows` rows of it."""

    table: Table
    rows: Iterator[tuple[int, tuple[str, ...]]]
    batch_id: int
    read_rows: int


# At most one file per process; each holds up to 20 MB.
_kept: list[RowCursor] = []


def take_cursor(batch: ImportBatch) -> RowCursor:
    """The kept cursor when it stands where the batch does, else a newly opened file.

    Raises: FileRefused; ImportFile.DoesNotExist for a batch without its file.
    """
    kept = _kept.pop() if _kept else None
    if kept and (kept.batch_id, kept.read_rows) == (batch.pk, batch.read_rows):
        return kept
    kept = None  # the old file's memory is free before the next one takes its own
    content = bytes(ImportFile.objects.only("content").get(batch=batch).content)
    table = open_batch(batch, content)
    return RowCursor(table, islice(table.rows(), batch.read_rows, None), batch.pk, batch.read_rows)


def put_back(cursor: RowCursor) -> None:
    """Keeps the file open for the next run in this process."""
    _kept[:] = [cursor]
