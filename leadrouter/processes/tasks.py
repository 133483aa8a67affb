"""What django-q2 runs for the watchdog."""

from django.utils import timezone

from leadrouter.processes.heartbeats import WORKER, beat


def canary(number: int) -> None:
    """Says that a worker ran the canary of this number."""
    beat(name=WORKER, now=timezone.now(), detail=str(number))
