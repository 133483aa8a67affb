"""Leads that wait for a decision."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from leadrouter.common.organisation import Stamps, make_stamps, stamps_read
from leadrouter.common.rows import Read, Row, fetch, fetch_each, fetch_rows, read_rows
from leads.models import IntakeItem
from leads.selectors.intake import (
    add_endpoints,
    claim_items,
    fresh_items_claim,
    waiting_items_read,
)

LEASE = timedelta(seconds=10)

# `retry_at` serves as the lease: a worker that dies lets go of its leads after LEASE.
_CLAIM = """
UPDATE leads_lead SET routing_attempts = routing_attempts + 1, retry_at = %s
WHERE id {among} (
  SELECT id FROM leads_lead INDEXED BY lead_by_place WHERE {due} AND routing_attempts {tried}
  ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
){end} RETURNING id
"""
_WAITING = "place = 'WAITING' AND (retry_at IS NULL OR retry_at <= %s)"
_PARKED = "place = 'PARKED' AND retry_at IS NOT NULL AND retry_at <= %s"
_HAS_DUE = f"""
SELECT EXISTS (SELECT 1 FROM leads_lead INDEXED BY lead_by_place WHERE {_WAITING})
  OR EXISTS (SELECT 1 FROM leads_lead INDEXED BY lead_by_place WHERE {_PARKED})
"""  # noqa: S608


def claim_waiting_leads(*, limit: int, max_attempts: int, now: datetime) -> list[int]:
    """Leases leads that wait or are due for another try: many untried ones, else one tried before."""
    for due in (_WAITING, _PARKED):
        fresh = _claim(due, "= 0", [now + LEASE, now, limit])
        if fresh:
            return fresh
    for due in (_WAITING, _PARKED):
        again = _claim(due, "BETWEEN 1 AND %s", [now + LEASE, now, max_attempts - 1, 1])
        if again:
            return again
    return []


def _claim(due: str, tried: str, parameters: list[Any]) -> list[int]:
    # ARRAY(…) is evaluated once; with IN the planner may run the locking part again and claim more.
    among, end = ("= ANY(ARRAY", ")") if connection.vendor == "postgresql" else ("IN", "")
    rows = fetch_rows(_CLAIM.format(due=due, tried=tried, among=among, end=end), *parameters)
    return sorted(row[0] for row in rows)


def has_due_leads(now: datetime) -> bool:
    """True when a lead waits for a decision or is due for another try. Queries: 1, nothing locked."""
    return bool(fetch(_due_leads_read(now))[0][0])


class Work(NamedTuple):
    """What one drain holds now: items, or else leads; and the stamps of the organisation."""

    items: list[IntakeItem]
    lead_ids: list[int]
    stamps: Stamps


def claim_work(*, limit: int, max_attempts: int, now: datetime) -> Work:
    """Leases up to `limit` items, or leads when no item waits. Queries: 3, more for rare work.

    SQLite looks before it claims: a claim takes its only write lock even when it finds nothing, and
    half of all wake-ups find that another worker was there first. On PostgreSQL a claim that finds
    nothing locks nothing, and looking first would be a round trip more.
    """
    looks = (
        waiting_items_read(max_attempts=max_attempts, now=now),
        _due_leads_read(now),
        stamps_read(),
    )
    items: list[IntakeItem] = []
    if connection.vendor == "postgresql":
        items, waiting, due, stamps = fetch_each(fresh_items_claim(limit=limit, now=now), *looks)
    else:
        waiting, due, stamps = fetch_each(*looks)
    known = make_stamps(stamps)
    if not items and waiting[0][0]:
        items = claim_items(limit=limit, max_attempts=max_attempts, now=now)
    if items:
        return Work(add_endpoints(items, known), [], known)
    lead_ids = (
        claim_waiting_leads(limit=limit, max_attempts=max_attempts, now=now) if due[0][0] else []
    )
    return Work([], lead_ids, known)


def _due_leads_read(now: datetime) -> Read[Row]:
    return read_rows(_HAS_DUE, now, now)
