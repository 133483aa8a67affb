"""Leads that wait for a decision."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from leadrouter.common.rows import fetch_rows

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
    return bool(fetch_rows(_HAS_DUE, now, now)[0][0])
