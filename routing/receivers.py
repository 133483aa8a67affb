"""Wakes routing when another app says that there may be something to do. Nothing is decided here."""

from datetime import datetime
from typing import Any

from django.db import transaction

from leads.signals import lead_ready
from reps.signals import availability_changed


def connect() -> None:
    """Called once when the app is ready."""
    lead_ready.connect(wake_on_commit, dispatch_uid="wake_drain")
    availability_changed.connect(retry_parked, dispatch_uid="retry_parked")


def wake_on_commit(**_: Any) -> None:
    """The wake-up follows the commit: a worker must not look before there is something to see."""
    from leadrouter.queueing.wakeup import wake_drain

    transaction.on_commit(wake_drain)


def retry_parked(*, now: datetime, **_: Any) -> None:
    """Leads that found nobody are tried again at once."""
    from routing.services.parking import wake_parked

    wake_parked(now=now)
