"""Faults of routing, kept as incidents in the same transaction as the decisions they touched."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leadrouter.common.errors import InvalidInput
from leadrouter.common.rows import fetch_rows
from routing.models import Incident

# The lead and the moment seen last win; the first ones stay. Kept apart from Django's upsert, which
# cannot count.
_RECORD = """
INSERT INTO routing_incident (kind, location, message, fingerprint, version_id, rule_id,
  first_lead_id, last_lead_id, first_seen_at, last_seen_at, count, resolution)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '')
ON CONFLICT (fingerprint) WHERE resolved_at IS NULL DO UPDATE SET
  count = routing_incident.count + excluded.count, last_lead_id = excluded.last_lead_id,
  last_seen_at = CASE WHEN excluded.last_seen_at > routing_incident.last_seen_at
    THEN excluded.last_seen_at ELSE routing_incident.last_seen_at END
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Sight:
    """One fault as one lead met it."""

    kind: str
    location: str
    message: str
    lead_id: int | None = None
    version_id: int | None = None
    rule_id: int | None = None

    @property
    def fingerprint(self) -> str:
        parts = (self.kind, str(self.version_id), self.location, self.message)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def record_incidents(*, sights: Iterable[Sight], now: datetime) -> None:
    """Counts faults: one row for each that is open, in the caller's transaction.

    Locks: the incidents, by fingerprint, after everything else. Queries: 1 a distinct fault.
    """
    by_fault: dict[str, list[Sight]] = {}
    for sight in sights:
        by_fault.setdefault(sight.fingerprint, []).append(sight)
    for fingerprint, met in sorted(by_fault.items()):
        first, last = met[0], met[-1]
        fetch_rows(
            _RECORD, first.kind, first.location[:500], first.message[:500], fingerprint,
            first.version_id, first.rule_id, first.lead_id, last.lead_id, now, now, len(met),
        )  # fmt: skip


def resolve_incident(*, incident: Incident, user: Any, resolution: str, now: datetime) -> None:
    """Closes an incident. Met again, the fault is a new one. Raises: InvalidInput when it is closed."""
    closed = Incident.objects.filter(pk=incident.pk, resolved_at=None).update(
        resolved_at=now, resolved_by=user, resolution=resolution
    )
    if not closed:
        raise InvalidInput("This incident is resolved already.")
