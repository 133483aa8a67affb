"""Writes and reads signs of life."""

from datetime import datetime

from leadrouter.processes.models import Heartbeat

WORKER = "worker"
SWEEPER = "sweeper"
SUPERVISOR = "supervisor"


def beat(*, name: str, now: datetime, detail: str = "") -> None:
    """Stores the newest sign of life of a part, in one statement."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name, beat_at=now, detail=detail)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beat_at", "detail"],
    )


def get_heartbeats() -> dict[str, Heartbeat]:
    """Returns the newest sign of life of every part by name. Queries: 1."""
    return {heartbeat.name: heartbeat for heartbeat in Heartbeat.objects.all()}
