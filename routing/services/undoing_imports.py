"""Takes back what an import brought, some leads at a time; the batch row is the queue.

Whoever is known only from the file and was not worked on is forgotten, and the turn a rep spent on
them is given back. Whoever is known from elsewhere, or was worked on since, stays, with a line that
says so. The rows may be imported anew afterwards.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from leads.models import BatchState, ImportBatch, IntakeItem, IntakeState, Interaction, Lead
from leads.selectors.identities import lock_leads
from leads.selectors.imports import find_leads_to_keep, list_undoing, lock_batch, lock_items_of
from leads.services.erasing import erase_deliveries, erase_leads
from routing.models import Assignment, ReturnReason
from routing.services.erasing import settle_erased
from routing.services.returning import give_turn_back

CHUNK_ITEMS = 100
REASON = "The import that brought it was undone."
KEPT = (
    "What the file told is taken out of this timeline. The person stays, being known from elsewhere "
    "or worked on; details that the file filled in stay as well."
)


def undo_waiting_imports(*, clock: Callable[[], datetime], time_limit_seconds: float = 2) -> int:
    """Goes on with the imports that are to be undone, for about this long; returns how many rows."""
    until = clock() + timedelta(seconds=time_limit_seconds)
    total = 0
    for batch in list_undoing():
        while done := _undo_chunk(batch.pk, clock()):
            total += done
            if clock() >= until:
                return total
    return total


@transaction.atomic
def _undo_chunk(batch_id: int, now: datetime) -> int:
    """Locks: the batch, then its deliveries, then their leads, then pools."""
    batch = lock_batch(batch_id)
    if batch.state != BatchState.UNDOING:
        return 0
    items = lock_items_of(batch, CHUNK_ITEMS)
    if not items:
        batch.state, batch.finished_at = BatchState.UNDONE, now
        batch.save()
        return 0
    leads = lock_leads(item.lead_id for item in items if item.lead_id)
    kept = find_leads_to_keep(leads, batch)
    _keep([item for item in items if item.lead_id in kept], now)
    _forget([lead for pk, lead in leads.items() if pk not in kept], now)
    _free(batch, items)
    batch.undone_rows += len(items)
    batch.kept_leads += len(kept)
    batch.save()
    return len(items)


def _keep(items: Sequence[IntakeItem], now: datetime) -> None:
    Interaction.objects.bulk_create(
        Interaction(
            lead_id=lead_id,
            kind=Interaction.Kind.STATUS,
            occurred_at=now,
            summary="An import was undone",
            body=KEPT,
        )
        for lead_id in sorted({item.lead_id for item in items if item.lead_id})
    )


def _forget(leads: Sequence[Lead], now: datetime) -> None:
    ids = [lead.pk for lead in leads]
    for assignment in Assignment.objects.filter(lead_id__in=ids, returned_at__isnull=True):
        give_turn_back(assignment=assignment, reason=ReturnReason.UNDONE, now=now)
    erase_leads(leads=leads, now=now, reason=REASON)
    settle_erased(leads=leads, now=now, reason=REASON)


def _free(batch: ImportBatch, items: Sequence[IntakeItem]) -> None:
    """Forgets the deliveries, and lets the same rows be imported once more."""
    ids = [item.pk for item in items]
    erase_deliveries(items=Q(pk__in=ids), now=batch.created_at, reason=REASON)
    for item in items:
        item.state, item.lead_id = IntakeState.DISCARDED, None
        item.dedupe_key = f"undone:{item.pk}:{item.dedupe_key}"[:255]
    IntakeItem.objects.bulk_update(items, ["state", "lead_id", "dedupe_key"])
