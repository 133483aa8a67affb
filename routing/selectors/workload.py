"""What a rep has on the desk: open leads with their clocks, and today's numbers."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from django.db.models import F, FilteredRelation, Q

from leads.models import Lead
from reps.domain.working_time import Availability, local_day, status
from reps.models import Rep
from reps.selectors.calendars import list_calendars
from routing.models import Assignment, EndReason, SlaKind
from routing.selectors.offers import (
    OfferedQueue,
    QueueRow,
    list_offered_queues,
    list_queue_rows,
)

STAMP_BUCKET = timedelta(minutes=5)
"""Unchanged boards are still sent this often, so that shift words and ages do not grow stale."""


@dataclass(slots=True)
class WorkItem:
    """One open lead of a rep. `due_at` is the nearest running clock, None when all are met."""

    assignment: Assignment
    touch_due_at: datetime | None
    acceptance_due_at: datetime | None

    @property
    def lead(self) -> Lead:
        return self.assignment.lead

    @property
    def due_at(self) -> datetime | None:
        return min(
            (due for due in (self.touch_due_at, self.acceptance_due_at) if due), default=None
        )

    @property
    def due_for(self) -> str:
        """Which promise the nearest clock is for: accept before touching when both end together."""
        return "Accept" if self.due_at == self.acceptance_due_at else "First touch"

    def is_overdue(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now


class DayNumbers(NamedTuple):
    """Of assignments that started today, those the rep declined apart.

    `median_speed_seconds` is from the assignment's start to the first touch; None before any.
    """

    new_count: int
    waiting_count: int
    overdue_count: int
    median_speed_seconds: int | None


@dataclass(slots=True)
class Board:
    """Everything on a rep's page for the day, and the stamp that says it has changed."""

    rep: Rep
    availability: Availability
    items: list[WorkItem]
    queues: list[OfferedQueue]
    numbers: DayNumbers
    stamp: str

    @property
    def offered_count(self) -> int:
        """How many leads wait in the queues the rep may claim from."""
        return sum(queue.lead_count for queue in self.queues)


def list_work_items(*, rep: Rep) -> list[WorkItem]:
    """Returns the rep's open leads, most urgent first: running clocks by due time, then newest.

    Queries: 1, with lead, source and account loaded.
    """
    rows = (
        Assignment.objects.filter(rep=rep, ended_at__isnull=True)
        .select_related("lead", "lead__source", "lead__account")
        .annotate(
            touch_clock=_running_clock(SlaKind.FIRST_TOUCH),
            acceptance_clock=_running_clock(SlaKind.ACCEPTANCE),
        )
        .annotate(
            touch_due_at=F("touch_clock__due_at"), acceptance_due_at=F("acceptance_clock__due_at")
        )
        .order_by("-id")
    )
    items = [WorkItem(row, row.touch_due_at, row.acceptance_due_at) for row in rows]
    return sorted(items, key=_urgency)


def _urgency(item: WorkItem) -> tuple[bool, float]:
    return (item.due_at is None, item.due_at.timestamp() if item.due_at else 0.0)


def _running_clock(kind: str) -> FilteredRelation:
    """The clock of that kind while nothing has stopped it; a breached one still runs."""
    return FilteredRelation(
        "timers",
        condition=Q(timers__kind=kind, timers__met_at=None, timers__cancelled_at=None),
    )


def get_board(*, rep: Rep, now: datetime) -> Board:
    """Returns the rep's day; `rep` has `team` loaded. Queries: 7."""
    items = list_work_items(rep=rep)
    queue_rows = list_queue_rows(rep=rep)
    return Board(
        rep=rep,
        availability=status(list_calendars([rep], now)[rep.pk], now),
        items=items,
        queues=list_offered_queues(rep=rep, queue_rows=queue_rows),
        numbers=_day_numbers(rep, items, now),
        stamp=_stamp(
            (rep.pk, rep.is_accepting),
            (_fingerprint(item.assignment) for item in items),
            queue_rows,
            now,
        ),
    )


def find_board_stamp(*, user_id: int, now: datetime) -> str | None:
    """Returns the stamp `get_board` would give, or None for a user who is no rep. Queries: 2."""
    rows = list(
        Rep.objects.filter(user_id=user_id)
        .annotate(
            held=FilteredRelation("assignments", condition=Q(assignments__ended_at=None)),
        )
        .values_list(
            "pk",
            "team_id",
            "is_accepting",
            "held__pk",
            "held__accepted_at",
            "held__first_touched_at",
            "held__lead__stage",
            "held__lead__interaction_count",
        )
    )
    if not rows:
        return None
    rep_id, team_id, is_accepting = rows[0][:3]
    held = (tuple(row[3:]) for row in rows if row[3] is not None)
    queue_rows = list_queue_rows(rep=Rep(pk=rep_id, team_id=team_id))
    return _stamp((rep_id, is_accepting), held, queue_rows, now)


def _fingerprint(row: Assignment) -> tuple[Any, ...]:
    """What of an open lead shows on the board; the same columns as `find_board_stamp` reads."""
    lead = row.lead
    return (row.pk, row.accepted_at, row.first_touched_at, lead.stage, lead.interaction_count)


def _stamp(
    switches: tuple[Any, ...],
    held: Iterable[tuple[Any, ...]],
    queue_rows: Sequence[QueueRow],
    now: datetime,
) -> str:
    bucket = int(now.timestamp() // STAMP_BUCKET.total_seconds())
    seen = repr((switches, sorted(held, key=lambda row: row[0]), list(queue_rows), bucket))
    return hashlib.blake2b(seen.encode(), digest_size=12).hexdigest()


def _day_numbers(rep: Rep, items: Sequence[WorkItem], now: datetime) -> DayNumbers:
    """Counts of the rep's local day. Queries: 1, by the index of rep and start."""
    today = local_day(rep.zone, now)
    started = (
        Assignment.objects.filter(rep=rep, started_at__gte=today.starts_at)
        .exclude(end_reason=EndReason.DECLINED)
        .values_list("started_at", "first_touched_at")
    )
    moments = list(started)
    # A call may be logged for a moment before the lead was given; that is no time at all.
    speeds = [max(0, int((touched - at).total_seconds())) for at, touched in moments if touched]
    return DayNumbers(
        new_count=len(moments),
        waiting_count=sum(item.assignment.first_touched_at is None for item in items),
        overdue_count=sum(item.is_overdue(now) for item in items),
        median_speed_seconds=int(median(speeds)) if speeds else None,
    )
