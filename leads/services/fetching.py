"""Deliveries that only announce something: leased, completed by an answer, or tried again later."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from leads.domain.envelope import Envelope, Unreadable
from leads.models import IntakeItem, IntakeState
from leads.services.capture import announce_on_commit
from leads.services.capture_channel import describe_envelope

LEASE = timedelta(seconds=60)
# About two days in all: a token that expired on Friday evening is mended on Monday by “Redeliver”.
WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 86400)
_ERROR_LIMIT = 500


def lease_items(*, limit: int, now: datetime) -> list[IntakeItem]:
    """Takes up to `limit` deliveries whose moment has come; another process gets others."""
    due = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    rows = IntakeItem.objects.filter(due, state=IntakeState.NEEDS_FETCH)
    # One conditional statement each: of two processes, one gets the row.
    leased = [
        pk
        for pk in list(rows.order_by("claimed_until", "id").values_list("pk", flat=True)[:limit])
        if rows.filter(pk=pk).update(claimed_until=now + LEASE, attempts=F("attempts") + 1)
    ]
    return list(
        IntakeItem.objects.select_related("endpoint__source")
        .filter(pk__in=leased)
        .defer("raw")
        .order_by("id")
    )


@transaction.atomic
def complete_item(*, item: IntakeItem, found: Envelope | Unreadable, now: datetime) -> None:
    """Puts what was fetched in the place of what was announced, and the delivery into the queue.

    A delivery that somebody discarded meanwhile stays so.
    """
    rows = IntakeItem.objects.filter(pk=item.pk, state=IntakeState.NEEDS_FETCH)
    if isinstance(found, Unreadable):
        rows.update(
            state=IntakeState.QUARANTINED,
            last_error=found.reason[:_ERROR_LIMIT],
            claimed_until=None,
        )
        return
    columns = describe_envelope(found)
    announced: Mapping[str, Any] = item.payload
    kept = {name: announced[name] for name in ("request", "raw_of") if name in announced}
    changed = rows.update(
        payload={**columns["payload"], **kept, "announced": _without_kept(announced)},
        thread=columns["thread"] or item.thread,
        warnings=[*item.warnings, *columns["warnings"]],
        state=columns["state"],
        last_error="",
        claimed_until=None,
        attempts=0 if columns["state"] == IntakeState.RECEIVED else item.attempts,
    )
    if changed and columns["state"] == IntakeState.RECEIVED:
        announce_on_commit()


def postpone_item(
    *,
    item: IntakeItem,
    reason: str,
    is_final: bool = False,
    wait_seconds: float | None = None,
    now: datetime,
) -> None:
    """Tries again later, each time after a longer wait; after the last one it is a dead letter."""
    is_over = is_final or item.attempts > len(WAITS)
    wait = WAITS[min(item.attempts, len(WAITS)) - 1]
    until = now + timedelta(seconds=max(wait, wait_seconds or 0))
    IntakeItem.objects.filter(pk=item.pk, state=IntakeState.NEEDS_FETCH).update(
        state=IntakeState.DEAD if is_over else IntakeState.NEEDS_FETCH,
        last_error=reason[:_ERROR_LIMIT],
        claimed_until=None if is_over else until,
        processed_at=now if is_over else None,
    )


def _without_kept(payload: Mapping[str, Any]) -> dict[str, Any]:
    names: Sequence[str] = ("fetch", "external_id", "external_ids", "occurred_at")
    return {name: payload[name] for name in names if name in payload}
