"""Leads that are stuck: trying them again, and leaving nobody's leads behind."""

from datetime import datetime

from leads.models import Lead, ParkedReason, Place
from leads.signals import lead_ready

# What an event may cure; the rest waits for a person.
CURABLE = (
    ParkedReason.NO_REP_AVAILABLE,
    ParkedReason.NO_RULE_MATCHED,
    ParkedReason.NO_PUBLISHED_RULES,
)


def wake_parked(*, now: datetime) -> int:
    """Makes parked leads due for another try now; returns how many. Queries: 1."""
    woken = Lead.objects.filter(
        place=Place.PARKED, parked_reason__in=CURABLE, retry_at__gt=now
    ).update(retry_at=now)
    if woken:
        lead_ready.send(sender=Lead)
    return woken
