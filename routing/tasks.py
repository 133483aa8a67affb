"""What django-q2 runs. A task is one more caller: it reads the clock and calls one service."""

from django.utils import timezone

from routing.services.draining import drain as drain_waiting


def drain() -> None:
    """Works off everything that waits. Losing or doubling this task is harmless."""
    drain_waiting(clock=timezone.now)
