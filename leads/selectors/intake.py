"""Deliveries that wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from leads.models import Endpoint, IntakeItem, IntakeState

# A worker that dies holds its items no longer than this; a batch takes well under a second.
LEASE = timedelta(seconds=10)

NEEDED = ("endpoint_id", "payload", "received_at", "state", "attempts")

_CLAIM = """
UPDATE leads_intakeitem SET attempts = attempts + 1, claimed_until = %s
WHERE id {among} (
  SELECT id FROM leads_intakeitem
  WHERE state = 'RECEIVED' AND (claimed_until IS NULL OR claimed_until < %s) AND attempts {tried}
  ORDER BY id LIMIT %s {skip}
){end} RETURNING id
"""


def claim_items(*, limit: int, max_attempts: int, now: datetime) -> list[int]:
    """Leases up to `limit` fresh items and returns their ids; when none is fresh, one tried before.

    The attempt is counted (and committed by the caller) before the work: an item that kills its
    worker is met alone next time, and not for ever.
    """
    fresh = _claim("= 0", [now + LEASE, now, limit])
    return fresh or _claim("BETWEEN 1 AND %s", [now + LEASE, now, max_attempts - 1, 1])


def _claim(tried: str, parameters: list) -> list[int]:
    # ARRAY(…) is evaluated once; with IN the planner may run the locking part again and claim more.
    among, skip, end = (
        ("= ANY(ARRAY", "FOR UPDATE SKIP LOCKED", ")")
        if connection.vendor == "postgresql"
        else ("IN", "", "")
    )
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM.format(tried=tried, among=among, skip=skip, end=end),
            [adapt(value) if isinstance(value, datetime) else value for value in parameters],
        )
        return sorted(row[0] for row in cursor.fetchall())


def lock_items(item_ids: Sequence[int]) -> list[IntakeItem]:
    """Returns those items that still wait, row-locked in id order, with endpoint and source.

    Columns: `NEEDED`; a batch's few endpoints are read once, not joined to each of its items, which
    halves the cost. Queries: 2.
    """
    rows = IntakeItem.objects.select_for_update(of=("self",)).only(*NEEDED)
    items = list(rows.filter(pk__in=item_ids, state=IntakeState.RECEIVED).order_by("pk"))
    endpoints = Endpoint.objects.select_related("source")
    by_id = endpoints.in_bulk({item.endpoint_id for item in items})
    for item in items:
        item.endpoint = by_id[item.endpoint_id]
    return items


def find_oldest_waiting(now: datetime) -> int | None:
    """Returns the age in whole seconds of the oldest delivery that waits unclaimed, or None."""
    row = (
        IntakeItem.objects.filter(state=IntakeState.RECEIVED)
        .order_by("id")
        .values_list("received_at", flat=True)
        .first()
    )
    return int((now - row).total_seconds()) if row else None
