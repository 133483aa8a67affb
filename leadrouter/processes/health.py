"""One answer to "is everything alive?", for the health check command and its address."""

from dataclasses import dataclass
from datetime import datetime

from django.db import Error

from leadrouter.processes.heartbeats import SUPERVISOR, SWEEPER, WORKER, get_heartbeats
from leads.models import IntakeItem
from leads.models.intake import IntakeState


@dataclass(frozen=True, slots=True)
class PartHealth:
    """`age_seconds` is None when the part was never heard of (or, for intake, nothing waits)."""

    name: str
    is_ok: bool
    age_seconds: float | None
    sentence: str


def find_oldest_waiting(*, now: datetime) -> float | None:
    """Returns how many seconds the oldest item that was never tried has waited. Queries: 1."""
    received_at = (
        IntakeItem.objects.filter(state=IntakeState.RECEIVED, attempts=0)
        .order_by("id")
        .values_list("received_at", flat=True)
        .first()
    )
    return None if received_at is None else (now - received_at).total_seconds()


def inspect_health(*, now: datetime, max_age_seconds: float) -> list[PartHealth]:
    """Returns the state of every part; the database alone when it does not answer."""
    try:
        beats = get_heartbeats()
        waiting = find_oldest_waiting(now=now)
    except Error:
        return [PartHealth("database", False, None, "The database does not answer.")]
    parts = [PartHealth("database", True, None, "The database answers.")]
    for name in (SUPERVISOR, WORKER, SWEEPER):
        heartbeat = beats.get(name)
        age = None if heartbeat is None else (now - heartbeat.beat_at).total_seconds()
        parts.append(_judge(name, age, max_age_seconds))
    parts.append(_judge_intake(waiting, max_age_seconds))
    return parts


def _judge(name: str, age: float | None, max_age_seconds: float) -> PartHealth:
    if age is None:
        return PartHealth(name, False, None, f"The {name} has never given a sign of life.")
    is_ok = age <= max_age_seconds
    return PartHealth(name, is_ok, age, f"The {name} was last alive {age:.0f} s ago.")


def _judge_intake(age: float | None, max_age_seconds: float) -> PartHealth:
    if age is None:
        return PartHealth("intake", True, None, "No lead waits to be routed.")
    is_ok = age <= max_age_seconds
    return PartHealth("intake", is_ok, age, f"The oldest lead has waited {age:.0f} s.")
