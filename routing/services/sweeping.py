"""What must happen though nobody asks for it: late deliveries, broken promises, leads left behind."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from leadrouter.common.organisation import forget_old_changes
from leads.selectors.intake import find_oldest_waiting
from routing.models import Assignment, SlaTimer
from routing.selectors.waiting import has_due_leads
from routing.services.draining import bury_exhausted, drain
from routing.services.notifying import write_breach_messages
from routing.services.outcomes import refresh_outcomes
from routing.services.undoing_imports import undo_waiting_imports
from routing.services.working import reroute_lead

logger = logging.getLogger(__name__)

# A rep who was just switched off may be switched on again at once.
GRACE = timedelta(minutes=2)


@dataclass(slots=True)
class SweepReport:
    """What one sweep found to do."""

    routed: int = 0
    buried: int = 0
    breached: int = 0
    taken_back: int = 0
    undone: int = 0

    def __str__(self) -> str:
        return (
            f"{self.routed} routed, {self.buried} given up, {self.breached} promises missed, "
            f"{self.taken_back} taken back from inactive reps, {self.undone} rows of imports undone"
        )


def sweep(*, clock: Callable[[], datetime], is_final: bool = False) -> SweepReport:
    """Does whatever is overdue. Needs no queue: correctness never depends on the workers.

    `is_final` works off everything that waits, also what a worker would still get to.
    """
    report = SweepReport()
    now = clock()
    age = find_oldest_waiting(now)
    late = age is not None and age >= settings.SWEEP_AFTER_SECONDS
    if is_final or late or has_due_leads(now):
        done = drain(clock=clock)
        report.routed = done.items + done.leads
    report.buried = bury_exhausted(now=clock())
    report.breached = mark_breaches(now=clock())
    report.taken_back = take_back_from_inactive(now=clock())
    report.undone = undo_waiting_imports(clock=clock)
    refresh_outcomes(now=clock())
    forget_old_changes()
    return report


@transaction.atomic
def mark_breaches(*, now: datetime, limit: int = 500) -> int:
    """Records promises whose moment has passed and tells the managers; returns how many."""
    timers = list(
        SlaTimer.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(
            Q(met_at__isnull=True, breached_at__isnull=True, cancelled_at__isnull=True),
            due_at__lte=now,
        )
        .select_related("assignment__rep__team__manager")
        .order_by("due_at")[:limit]
    )
    SlaTimer.objects.filter(pk__in=[timer.pk for timer in timers]).update(breached_at=now)
    write_breach_messages(timers=timers, now=now)
    return len(timers)


def take_back_from_inactive(*, now: datetime, limit: int = 100) -> int:
    """Routes again what reps hold who are no longer active; returns how many leads."""
    held = Assignment.objects.filter(
        ended_at__isnull=True, rep__is_active=False, rep__deactivated_at__lt=now - GRACE
    ).select_related("rep")[:limit]
    for assignment in held:
        reason = f"{assignment.rep.name} is no longer active"
        reroute_lead(lead_id=assignment.lead_id, user=None, reason=reason, now=now)
    return len(held)
