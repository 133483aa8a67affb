"""Corrects single rows of a file that needed fixing, without uploading it again."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from leadrouter.common.errors import InvalidInput
from leads.domain.text import TEXT_LIMIT, sanitise_text
from leads.models import ImportBatch, ImportRow, IntakeItem
from leads.selectors.imports import lock_batch
from leads.services.import_rows import mapping_from_json, read_rows, store_deliveries
from leads.services.importing import ENDED
from leads.services.refusals import AlreadyFixed, NotEnded
from leads.signals import lead_ready


@transaction.atomic
def fix_row(
    *, batch: ImportBatch, row_number: int, values: Mapping[int, str], now: datetime
) -> ImportRow:
    """Puts other values (by column) into a bad row and makes it a delivery like the others.

    Locks: the batch, the row, the endpoint's imports.
    Raises: NotEnded, AlreadyFixed; InvalidInput by `column_<index>`, with nothing written.
    """
    held = lock_batch(batch.pk)
    if held.state not in ENDED:
        raise NotEnded(
            f"This import is “{held.get_state_display()}”: its rows cannot be changed now."
        )
    row = ImportRow.objects.select_for_update().get(batch=held, row_number=row_number)
    if row.state != ImportRow.State.BAD:
        raise AlreadyFixed(f"Row {row_number} has been corrected already.")
    cells = [*row.values] + [""] * (len(held.headers) - len(row.values))
    for column, text in values.items():
        cells[column] = sanitise_text(text, limit=TEXT_LIMIT)
    (read,) = read_rows(batch=held, rows=[(row_number, tuple(cells))], damaged={})
    if read.problems:
        columns = {field: column for column, field in mapping_from_json(held.mapping).items()}
        problems = {
            f"column_{columns[each.field]}" if each.field in columns else "row": each.message
            for each in read.problems
        }
        raise InvalidInput(read.problems[0].message, fields=problems)
    ((state, item_id),) = store_deliveries(batch=held, rows=[read], now=now)
    row.values, row.state, row.problems = cells, state, []
    row.intake_item_id = item_id
    row.save()
    held.bad_rows -= 1
    if state == ImportRow.State.ACCEPTED:
        held.accepted_rows += 1
        transaction.on_commit(lambda: lead_ready.send_robust(sender=IntakeItem))
    else:
        held.duplicate_rows += 1
    held.save()
    return row
