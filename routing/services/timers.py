"""Starts and stops the clocks of assignments."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from leadrouter.common.sql import insert_rows
from reps.domain.working_time import NoWorkingTimeError, WorkingCalendar, add_working_seconds
from routing.models import Assignment, Pool, SlaKind, SlaPolicy, SlaTimer
from routing.selectors.roster import LockedRoster

RUNNING = Q(met_at__isnull=True, cancelled_at__isnull=True)


def start_timers(*, assignments: Sequence[Assignment], locked: LockedRoster, now: datetime) -> None:
    """Starts each assignment's clocks by the policy of its pool, else the default one. Queries: 1."""
    policies = locked.policies
    default = next((policy for policy in policies.values() if policy.is_default), None)
    # A rep's clocks of one batch end together, and finding the end walks the rep's calendar.
    dues: dict[tuple[int, int], list[tuple[SlaKind, datetime]]] = {}
    timers = []
    for assignment in assignments:
        pool: Pool | None = locked.pools.get(assignment.pool_id or 0)
        policy = policies.get(pool.sla_policy_id or 0, default) if pool else default
        if policy is not None:
            ends = (policy.pk, assignment.rep_id)
            if ends not in dues:
                dues[ends] = _find_dues(policy, locked.calendars.get(assignment.rep_id), now)
            timers += [(assignment.pk, policy.pk, kind, now, due) for kind, due in dues[ends]]
    insert_rows(SlaTimer, ("assignment_id", "policy_id", "kind", "starts_at", "due_at"), timers)


def _find_dues(
    policy: SlaPolicy, calendar: WorkingCalendar | None, now: datetime
) -> list[tuple[SlaKind, datetime]]:
    seconds = {
        SlaKind.FIRST_TOUCH: policy.first_touch_seconds,
        SlaKind.ACCEPTANCE: policy.acceptance_seconds,
    }
    return [
        (kind, find_due_at(policy, calendar, now, limit))
        for kind, limit in seconds.items()
        if limit is not None
    ]


def find_due_at(
    policy: SlaPolicy, calendar: WorkingCalendar | None, now: datetime, seconds: int
) -> datetime:
    """Returns when the promise falls due, in the rep's working time when the policy counts that."""
    if policy.counts_working_time and calendar is not None:
        try:
            return add_working_seconds(calendar, now, seconds)
        except NoWorkingTimeError:
            pass  # nobody may wait for ever: the plain clock is the safe answer
    return now + timedelta(seconds=seconds)


def meet_timers(*, assignment: Assignment, kinds: Sequence[SlaKind], now: datetime) -> None:
    """Stops clocks because what was promised has happened (a late one keeps its breach)."""
    SlaTimer.objects.filter(RUNNING, assignment=assignment, kind__in=kinds).update(met_at=now)


def cancel_timers(*, assignment_ids: Sequence[int], now: datetime) -> None:
    """Stops clocks whose promise no longer binds anybody."""
    SlaTimer.objects.filter(RUNNING, assignment__in=assignment_ids).update(cancelled_at=now)
