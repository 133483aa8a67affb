"""Deliveries that wait."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from leadrouter.common.rows import fetch_models, fetch_rows
from leads.models import Endpoint, IntakeItem, IntakeState, Source

# A worker that dies holds its items no longer than this; a batch takes well under a second.
LEASE = timedelta(seconds=10)

NEEDED = ("endpoint_id", "payload", "received_at", "state", "attempts")

_CLAIM = """
UPDATE leads_intakeitem SET attempts = attempts + 1, claimed_until = %s
WHERE id {among} (
  SELECT id FROM leads_intakeitem INDEXED BY intake_waiting
  WHERE state = 'RECEIVED' AND (claimed_until IS NULL OR claimed_until < %s) AND attempts {tried}
  ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
){end} RETURNING id
"""
_HAS_WAITING = """
SELECT EXISTS (
  SELECT 1 FROM leads_intakeitem INDEXED BY intake_waiting
  WHERE state = 'RECEIVED' AND (claimed_until IS NULL OR claimed_until < %s) AND attempts < %s
)
"""


def claim_items(*, limit: int, max_attempts: int, now: datetime) -> list[int]:
    """Leases up to `limit` fresh items and returns their ids; when none is fresh, one tried before.

    The attempt is counted (and committed by the caller) before the work: an item that kills its
    worker is met alone next time, and not for ever.
    """
    fresh = _claim("= 0", [now + LEASE, now, limit])
    return fresh or _claim("BETWEEN 1 AND %s", [now + LEASE, now, max_attempts - 1, 1])


def has_waiting_items(*, max_attempts: int, now: datetime) -> bool:
    """True when an item can be claimed. Queries: 1, nothing locked."""
    return bool(fetch_rows(_HAS_WAITING, now, max_attempts)[0][0])


def _claim(tried: str, parameters: list[Any]) -> list[int]:
    # ARRAY(…) is evaluated once; with IN the planner may run the locking part again and claim more.
    among, end = ("= ANY(ARRAY", ")") if connection.vendor == "postgresql" else ("IN", "")
    rows = fetch_rows(_CLAIM.format(tried=tried, among=among, end=end), *parameters)
    return sorted(row[0] for row in rows)


def lock_items(items: Sequence[IntakeItem]) -> list[IntakeItem]:
    """Returns those of the (claimed) items that still wait, row-locked in id order. Queries: 1."""
    by_id = {item.pk: item for item in items}
    waiting = "SELECT id FROM leads_intakeitem WHERE id AMONG (%s) AND state = 'RECEIVED'"
    rows = fetch_rows(f"{waiting} ORDER BY id FOR UPDATE", sorted(by_id))
    return [by_id[row[0]] for row in rows]


def list_items(item_ids: Sequence[int]) -> list[IntakeItem]:
    """Returns items in id order with endpoint and source.

    Columns: `NEEDED`; a batch's few endpoints are read once, not joined to each of its items, which
    halves the cost. Queries: 3.
    """
    items = fetch_models(IntakeItem, "id AMONG (%s) ORDER BY id", sorted(item_ids), only=NEEDED)
    endpoint_ids = list({item.endpoint_id for item in items})
    endpoints = {row.pk: row for row in fetch_models(Endpoint, "id AMONG (%s)", endpoint_ids)}
    source_ids = list({row.source_id for row in endpoints.values()})
    sources = {row.pk: row for row in fetch_models(Source, "id AMONG (%s)", source_ids)}
    for endpoint in endpoints.values():
        endpoint.source = sources[endpoint.source_id]
    for item in items:
        item.endpoint = endpoints[item.endpoint_id]
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
