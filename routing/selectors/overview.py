"""The manager's numbers of the day, and what is stuck. A fixed number of queries on indexes."""

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Sum

from leadrouter.processes.models import Heartbeat
from leads.models import ImportBatch, IntakeItem, IntakeState, Lead, ParkedReason, Place
from routing.models import (
    Assignment,
    Decision,
    DecisionKind,
    EndReason,
    HoldingQueue,
    Incident,
    OutboxMessage,
    SlaTimer,
)
from routing.models.sla import SlaKind

# The speed of the day is read off the newest assignments, so that it costs the same on any day.
SPEED_SAMPLE = 2_000
MAX_REPS = 20
# Who got a lead and no longer has it for one of these reasons has not “got” it today.
NOT_KEPT = (EndReason.DECLINED, EndReason.RELEASED, EndReason.REASSIGNED)


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds from received to given by the rules, over the newest `sample` first assignments."""

    sample: int = 0
    median_seconds: int | None = None
    p95_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """First touches whose clock started in the period. `overdue` counts all open leads."""

    kept: int = 0
    missed: int = 0
    running: int = 0
    overdue: int = 0

    @property
    def percent_kept(self) -> int | None:
        settled = self.kept + self.missed
        return round(100 * self.kept / settled) if settled else None


@dataclass(frozen=True, slots=True)
class Parked:
    """Leads parked for one reason: since when the oldest waits, and when the next is tried again."""

    reason: str
    number: int
    oldest_at: datetime
    retry_at: datetime | None


@dataclass(frozen=True, slots=True)
class Queued:
    """Leads in one holding queue. `pk` is None for a queue that was deleted."""

    pk: int | None
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """Counts of what waits for somebody or something; `*_at` is the oldest of its kind."""

    intake_waiting: int = 0
    intake_oldest_at: datetime | None = None
    announced: int = 0
    announced_oldest_at: datetime | None = None
    leads_waiting: int = 0
    parked: list[Parked] = field(default_factory=list)
    queues: list[Queued] = field(default_factory=list)
    dead_letters: int = 0
    quarantined: int = 0
    dead_messages: int = 0

    @property
    def parked_total(self) -> int:
        return sum(row.number for row in self.parked)

    @property
    def queued_total(self) -> int:
        return sum(row.number for row in self.queues)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything of the home page. `reps` are (name, leads got) of the period, most first.

    `known` of the `received` deliveries are by people known before; `repeated_rows` of imported
    files were exact repeats and made no delivery.
    """

    received: int
    known: int
    repeated_rows: int
    routed: int
    speed: Speed
    promise: Promise
    stuck: Stuck
    reps: list[tuple[str, int]]
    heartbeats: dict[str, datetime]
    open_incidents: int


def get_overview(*, since: datetime, now: datetime) -> Overview:
    """Returns the numbers of the period [since, now) and the state at `now`. Queries: 14."""
    received, known = _count_received(since)
    return Overview(
        received=received,
        known=known,
        repeated_rows=_count_repeated_rows(since),
        routed=Decision.objects.filter(decided_at__gte=since, kind=DecisionKind.RULES).count(),
        speed=get_speed(since=since),
        promise=_get_promise(since, now),
        stuck=get_stuck(),
        reps=_list_shares(since),
        heartbeats=dict(Heartbeat.objects.values_list("name", "beat_at")),
        open_incidents=count_open_incidents(),
    )


def _count_received(since: datetime) -> tuple[int, int]:
    """Deliveries, and those of them by people who were known already. Queries: 1."""
    counts = IntakeItem.objects.filter(received_at__gte=since).aggregate(
        received=Count("pk"),
        known=Count(
            "pk", filter=Q(state=IntakeState.LINKED, lead__received_at__lt=F("received_at"))
        ),
    )
    return counts["received"], counts["known"]


def _count_repeated_rows(since: datetime) -> int:
    """Rows of the period's files that had been delivered before. Queries: 1."""
    batches = ImportBatch.objects.filter(started_at__gte=since)
    return int(batches.aggregate(rows=Sum("duplicate_rows"))["rows"] or 0)


def get_speed(*, since: datetime) -> Speed:
    """Median and 95th percentile (nearest rank) from received to given by the rules. Queries: 1.

    What a rep claims or a manager assigns says nothing about the rules, so it does not count.

    Source: nearest-rank percentile, NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.6.2.
    """
    earlier = Assignment.objects.filter(lead=OuterRef("lead"), pk__lt=OuterRef("pk"))
    moments = (
        Assignment.objects.filter(started_at__gte=since, decision__kind=DecisionKind.RULES)
        .exclude(Exists(earlier))
        .order_by("-started_at")
        .values_list("started_at", "lead__received_at")[:SPEED_SAMPLE]
    )
    waits = sorted(max(0, int((start - got).total_seconds())) for start, got in moments)
    if not waits:
        return Speed()
    return Speed(
        sample=len(waits), median_seconds=_rank(waits, 0.5), p95_seconds=_rank(waits, 0.95)
    )


def _rank(ordered: list[int], share: float) -> int:
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def _get_promise(since: datetime, now: datetime) -> Promise:
    """Queries: 2."""
    touches = SlaTimer.objects.filter(kind=SlaKind.FIRST_TOUCH, cancelled_at__isnull=True)
    late = Q(met_at__gt=F("due_at")) | Q(met_at__isnull=True, due_at__lt=now)
    counts = touches.filter(starts_at__gte=since).aggregate(
        kept=Count("pk", filter=Q(met_at__lte=F("due_at"))),
        missed=Count("pk", filter=late),
        running=Count("pk", filter=Q(met_at__isnull=True, due_at__gte=now)),
    )
    overdue = touches.filter(
        assignment__ended_at__isnull=True, met_at__isnull=True, due_at__lt=now
    ).count()
    return Promise(**counts, overdue=overdue)


def get_stuck() -> Stuck:
    """Returns what is stuck at this moment. Queries: 6."""
    intake = _count_intake()
    waiting = intake.get(IntakeState.RECEIVED, (0, 0))
    announced = intake.get(IntakeState.NEEDS_FETCH, (0, 0))
    places = list(
        Lead.objects.filter(place__in=[Place.WAITING, Place.OFFERED])
        .order_by()
        .values("place", "holding_queue_id")
        .annotate(number=Count("pk"))
    )
    names = dict(HoldingQueue.objects.values_list("pk", "name"))
    # Ids are given in order of arrival, so the smallest waiting id has waited longest.
    oldest = dict(
        IntakeItem.objects.filter(pk__in=[waiting[1], announced[1]]).values_list(
            "pk", "received_at"
        )
    )
    return Stuck(
        intake_waiting=waiting[0],
        intake_oldest_at=oldest.get(waiting[1]),
        announced=announced[0],
        announced_oldest_at=oldest.get(announced[1]),
        leads_waiting=sum(row["number"] for row in places if row["place"] == Place.WAITING),
        parked=_list_parked(),
        queues=[
            Queued(
                row["holding_queue_id"],
                names.get(row["holding_queue_id"] or 0, "a deleted queue"),
                row["number"],
            )
            for row in places
            if row["place"] == Place.OFFERED
        ],
        dead_letters=intake.get(IntakeState.DEAD, (0, 0))[0],
        quarantined=intake.get(IntakeState.QUARANTINED, (0, 0))[0],
        dead_messages=count_dead_messages(),
    )


def _list_parked() -> list[Parked]:
    """Queries: 1."""
    rows = (
        Lead.objects.filter(place=Place.PARKED)
        .order_by()
        .values("parked_reason")
        .annotate(number=Count("pk"), oldest_at=Min("placed_at"), next_at=Min("retry_at"))
        .order_by("-number")
    )
    return [
        Parked(
            str(ParkedReason(row["parked_reason"]).label),
            row["number"],
            row["oldest_at"],
            row["next_at"],
        )
        for row in rows
    ]


def _count_intake() -> dict[str, tuple[int, int]]:
    """Number and smallest id of deliveries by state, of the states that matter here. Queries: 1."""
    states = (
        IntakeState.RECEIVED,
        IntakeState.DEAD,
        IntakeState.QUARANTINED,
        IntakeState.NEEDS_FETCH,
    )
    rows = (
        IntakeItem.objects.filter(state__in=states)
        .order_by()
        .values("state")
        .annotate(number=Count("pk"), first=Min("pk"))
    )
    return {row["state"]: (row["number"], row["first"]) for row in rows}


def count_dead_messages() -> int:
    """Returns the messages nobody got. Queries: 1."""
    return OutboxMessage.objects.filter(state=OutboxMessage.State.DEAD).count()


def count_open_incidents() -> int:
    """Returns the faults of routing that nobody has resolved. Queries: 1."""
    return Incident.objects.filter(resolved_at=None).count()


def count_badges() -> dict[str, int]:
    """Returns what the navigation warns of: dead letters, quarantine, parked leads, dead messages.

    Queries: 3.
    """
    stuck_intake = IntakeItem.objects.filter(state__in=[IntakeState.DEAD, IntakeState.QUARANTINED])
    return {
        "intake": stuck_intake.count(),
        "parked": Lead.objects.filter(place=Place.PARKED).count(),
        "messages": count_dead_messages(),
    }


def _list_shares(since: datetime) -> list[tuple[str, int]]:
    """Queries: 1."""
    rows = (
        Assignment.objects.filter(started_at__gte=since)
        .exclude(end_reason__in=NOT_KEPT)
        .order_by()
        .values_list("rep__name")
        .annotate(number=Count("pk"))
        .order_by("-number", "rep__name")
    )
    return list(rows[:MAX_REPS])
