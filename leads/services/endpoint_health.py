"""Counts what endpoints hear and do not keep."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from leads.models import Endpoint, EndpointHealth

_REASON_LIMIT = 200


def count_rejection(*, endpoint: Endpoint, reason: str, now: datetime) -> None:
    """Counts a refused attempt; nothing else of it is kept."""
    _count(
        endpoint,
        rejected_count=F("rejected_count") + 1,
        last_rejected_at=now,
        last_rejection=reason[:_REASON_LIMIT],
    )


def count_ping(*, endpoint: Endpoint, now: datetime) -> None:
    """Counts a sign of life of the sender that brings nothing."""
    _count(endpoint, ping_count=F("ping_count") + 1, last_ping_at=now)


@transaction.atomic
def _count(endpoint: Endpoint, **changes: object) -> None:
    rows = EndpointHealth.objects.filter(pk=endpoint.pk)
    if not rows.update(**changes):
        EndpointHealth.objects.bulk_create(
            [EndpointHealth(endpoint=endpoint)], ignore_conflicts=True
        )
        rows.update(**changes)
