"""What django-q2 runs. A task is one more caller: it reads the clock and calls one service."""

from django.utils import timezone

from leads.services.importing import run_waiting_batches


def run_imports() -> None:
    """Imports rows of files that wait, for a few seconds. Losing or doubling it is harmless."""
    run_waiting_batches(clock=timezone.now)
