"""Deliveries that wait."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from django.db import connection

from leadrouter.common.organisation import (
    Changes,
    Remembered,
    Stamps,
    make_stamps,
    stamps_read,
)
from leadrouter.common.rows import (
    Read,
    Row,
    fetch,
    fetch_each,
    fetch_rows,
    read_models,
    read_returned,
    read_rows,
)
from leads.models import Endpoint, IntakeItem, IntakeState, Source

# A worker that dies holds its items no longer than this; a batch takes well under a second.
LEASE = timedelta(seconds=10)

NEEDED = (
    "endpoint_id", "payload", "received_at", "state", "attempts", "thread", "client_ip",
)  # fmt: skip

_CLAIM = """
UPDATE leads_intakeitem SET attempts = attempts + 1, claimed_until = %s
WHERE id {among} (
  SELECT id FROM leads_intakeitem INDEXED BY intake_waiting
  WHERE state = 'RECEIVED' AND (claimed_until IS NULL OR claimed_until < %s) AND attempts {tried}
  ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
){end} RETURNING {columns}
"""
_HAS_WAITING = """
SELECT EXISTS (
  SELECT 1 FROM leads_intakeitem INDEXED BY intake_waiting
  WHERE state = 'RECEIVED' AND (claimed_until IS NULL OR claimed_until < %s) AND attempts < %s
)
"""


def claim_items(*, limit: int, max_attempts: int, now: datetime) -> list[IntakeItem]:
    """Leases up to `limit` fresh items; when none is fresh, one that was tried before.

    The attempt is counted (and committed by the caller) before the work: an item that kills its
    worker is met alone next time, and not for ever. They come without endpoints (`add_endpoints`).
    """
    items = fetch(fresh_items_claim(limit=limit, now=now))
    again = _claim("BETWEEN 1 AND %s", [now + LEASE, now, max_attempts - 1, 1])
    return items or fetch(again)


def fresh_items_claim(*, limit: int, now: datetime) -> Read[IntakeItem]:
    """Leases up to `limit` items that were never tried, in id order."""
    return _claim("= 0", [now + LEASE, now, limit])


def waiting_items_read(*, max_attempts: int, now: datetime) -> Read[Row]:
    """One row with one column: whether an item can be claimed. Nothing is locked."""
    return read_rows(_HAS_WAITING, now, max_attempts)


def _claim(tried: str, parameters: list[Any]) -> Read[IntakeItem]:
    # ARRAY(…) is evaluated once; with IN the planner may run the locking part again and claim more.
    among, end = ("= ANY(ARRAY", ")") if connection.vendor == "postgresql" else ("IN", "")
    statement = _CLAIM.format(tried=tried, among=among, end=end, columns="{columns}")
    claim = read_returned(IntakeItem, statement, *parameters, only=NEEDED)
    return replace(claim, decode=lambda rows: sorted(claim.decode(rows), key=attrgetter("pk")))


def lock_items(items: Sequence[IntakeItem]) -> list[IntakeItem]:
    """Returns those of the (claimed) items that still wait, row-locked in id order. Queries: 1."""
    by_id = {item.pk: item for item in items}
    waiting = "SELECT id FROM leads_intakeitem WHERE id AMONG (%s) AND state = 'RECEIVED'"
    rows = fetch_rows(f"{waiting} ORDER BY id FOR UPDATE", sorted(by_id))
    return [by_id[row[0]] for row in rows]


def list_items(item_ids: Sequence[int]) -> list[IntakeItem]:
    """Returns items in id order with endpoint and source.

    Columns: `NEEDED`. Endpoints and sources are kept from batch to batch. Queries: 2 in one round
    trip, 2 more after a change of an endpoint or source.
    """
    items, stamps = fetch_each(
        read_models(IntakeItem, "id AMONG (%s) ORDER BY id", sorted(item_ids), only=NEEDED),
        stamps_read(),
    )
    return add_endpoints(items, make_stamps(stamps))


def add_endpoints(items: list[IntakeItem], stamps: Stamps) -> list[IntakeItem]:
    """Returns the items with endpoint and source. Queries: 2 after a change of one, else none."""
    endpoints = _endpoints.at(stamps.get(Changes.SOURCES))
    if any(item.endpoint_id not in endpoints for item in items):
        endpoints = _read_endpoints()  # one was opened, and used, after the stamps were read
    for item in items:
        item.endpoint = endpoints[item.endpoint_id]
    return items


def _read_endpoints() -> dict[int, Endpoint]:
    """{id: endpoint with its source}; for reading only, everybody in this process shares them."""
    endpoints, sources = fetch_each(read_models(Endpoint, "1 = 1"), read_models(Source, "1 = 1"))
    by_id = {source.pk: source for source in sources}
    for endpoint in endpoints:
        endpoint.source = by_id[endpoint.source_id]
    return {endpoint.pk: endpoint for endpoint in endpoints}


_endpoints = Remembered(_read_endpoints)


def find_oldest_waiting(now: datetime) -> int | None:
    """Returns the age in whole seconds of the oldest delivery that waits unclaimed, or None."""
    row = (
        IntakeItem.objects.filter(state=IntakeState.RECEIVED)
        .order_by("id")
        .values_list("received_at", flat=True)
        .first()
    )
    return int((now - row).total_seconds()) if row else None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One delivery that waits for a look. `reason` is a sentence."""

    pk: int
    received_at: datetime
    who: str
    endpoint: str
    reason: str


def list_quarantined(*, limit: int) -> list[Quarantined]:
    """Returns the newest deliveries in quarantine, newest first. Queries: 1."""
    rows = IntakeItem.objects.filter(state=IntakeState.QUARANTINED).order_by("-id").defer("raw")
    return [
        Quarantined(
            pk=row.pk,
            received_at=row.received_at,
            who=_say_who(row.payload),
            endpoint=str(row.endpoint),
            reason=row.last_error or "No reason was kept.",
        )
        for row in rows.select_related("endpoint__source")[:limit]
    ]


def _say_who(payload: Any) -> str:
    fields = payload.get("fields", {}) if isinstance(payload, dict) else {}
    names = ("full_name", "first_name", "last_name", "email", "phone", "company")
    return ", ".join(str(fields[name]) for name in names if fields.get(name))[:120] or "–"
