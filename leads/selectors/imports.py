"""Uploaded files: which wait, what a person chose before, what became of the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from leads.models import (
    BatchState,
    ImportBatch,
    ImportRow,
    IntakeItem,
    IntakeState,
    Interaction,
    Lead,
    Place,
    Stage,
)

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


def list_undoing() -> list[ImportBatch]:
    """Imports that are to be undone, oldest first. Queries: 1."""
    return list(ImportBatch.objects.filter(state=BatchState.UNDOING).order_by("id"))


def list_items_of(batch: ImportBatch) -> "QuerySet[IntakeItem]":
    """The deliveries that this file was the first to bring and that were not taken back."""
    return IntakeItem.objects.filter(
        import_rows__batch=batch, import_rows__state=ImportRow.State.ACCEPTED
    ).exclude(state=IntakeState.DISCARDED)


def lock_items_of(batch: ImportBatch, limit: int) -> list[IntakeItem]:
    """Returns the first of `list_items_of`, row-locked in id order."""
    rows = list_items_of(batch).select_for_update(of=("self",)).order_by("pk")
    return list(rows.only("pk", "state", "lead_id", "dedupe_key")[:limit])


def find_leads_to_keep(lead_ids: "Iterable[int]", batch: ImportBatch) -> set[int]:
    """Which of the leads would outlive an undoing: known from elsewhere, or worked on since.

    Queries: 3.
    """
    ids = list(lead_ids)
    others = IntakeItem.objects.filter(lead_id__in=ids).exclude(
        import_rows__in=ImportRow.objects.filter(batch=batch, state=ImportRow.State.ACCEPTED)
    )
    worked = Lead.objects.filter(pk__in=ids).filter(
        Q(first_touched_at__isnull=False)
        | ~Q(stage=Stage.NEW)
        | Q(merged_into__isnull=False)
        | Q(merged_leads__isnull=False)
    )
    by_hand = Interaction.objects.filter(lead_id__in=ids, actor__isnull=False)
    return {
        *others.values_list("lead_id", flat=True),
        *worked.values_list("pk", flat=True),
        *by_hand.values_list("lead_id", flat=True),
    }


def count_undoing(batch: ImportBatch) -> tuple[int, int]:
    """How many people undoing an import would remove, and how many it would keep. Queries: 5."""
    ids = set(list_items_of(batch).filter(lead__isnull=False).values_list("lead_id", flat=True))
    kept = find_leads_to_keep(ids, batch)
    return len(ids) - len(kept), len(kept)


def list_bad_rows(batch: ImportBatch) -> "QuerySet[ImportRow]":
    """Rows that need fixing, in the order of the file."""
    return ImportRow.objects.filter(batch=batch, state=ImportRow.State.BAD).order_by("row_number")


@dataclass(frozen=True, slots=True)
class FateCount:
    """How many leads of an import are in one situation; names are empty where they do not apply."""

    place: str
    stage: str
    owner_name: str
    holding_queue_id: int | None
    parked_reason: str
    lead_count: int


def count_fates(batch: ImportBatch) -> list[FateCount]:
    """Where the people of the file are now, the largest group first. Queries: 1."""
    rows = (
        _leads_of(batch)
        .values_list("place", "stage", "owner__name", "holding_queue_id", "parked_reason")
        .annotate(lead_count=Count("pk"))
        .order_by("-lead_count", "place", "owner__name", "holding_queue_id")
    )
    counted: dict[tuple[str, str, str, int | None, str], int] = {}
    for place, stage, owner, queue_id, reason, number in rows:
        # The stage tells closed leads apart; elsewhere it would only split the groups.
        key = (place, stage if place == Place.CLOSED else "", owner or "", queue_id, reason)
        counted[key] = counted.get(key, 0) + number
    found = [FateCount(*key, number) for key, number in counted.items()]
    return sorted(found, key=lambda fate: -fate.lead_count)


def count_item_states(batch: ImportBatch) -> dict[str, int]:
    """How many deliveries of the import wait, became leads or could not be processed."""
    items = IntakeItem.objects.filter(import_rows__batch=batch)
    states = items.values_list("state").annotate(number=Count("pk", distinct=True))
    return dict(states.order_by("state"))


def sum_won(batch: ImportBatch) -> list[tuple[str, Decimal]]:
    """(currency, value of the deals won with people of the file), by currency."""
    won = _leads_of(batch).filter(stage=Stage.WON, deal_value__isnull=False)
    sums = won.values_list("deal_currency").annotate(value=Sum("deal_value"))
    return list(sums.order_by("deal_currency"))


def _leads_of(batch: ImportBatch) -> "QuerySet[Lead]":
    items = IntakeItem.objects.filter(import_rows__batch=batch, lead__isnull=False)
    return Lead.objects.filter(pk__in=items.values("lead_id"))


def list_lead_rows(batch: ImportBatch) -> "QuerySet[ImportRow]":
    """Rows that are deliveries, new or seen before, with what they became."""
    return (
        ImportRow.objects.filter(batch=batch)
        .exclude(state=ImportRow.State.BAD)
        .select_related("intake_item__lead__owner", "intake_item__lead__account")
        .defer("intake_item__raw", "values")
    )
