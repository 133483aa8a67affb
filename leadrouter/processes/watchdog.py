"""Judges from outside django-q2 whether work is really being done.

A process list proves nothing: when an idle worker is killed it takes the queue's lock along, and
when the monitor is killed nothing is acknowledged any more, while every process looks healthy.
Source: django-q2 issue 23; both reproduced in tests/leadrouter/processes/.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import Min
from django_q.conf import Conf
from django_q.models import OrmQ

from leadrouter.processes.heartbeats import SUPERVISOR, SWEEPER, WORKER, beat, get_heartbeats
from leadrouter.queueing.wakeup import send_canary, wake_drain, wake_imports
from leads.models import IntakeItem
from leads.models.intake import IntakeState

RESTARTS_FOR_WAITING_EVERY_SECONDS = 300.0
CLAIMED_ROWS_WATCHED = 50
# A part that is just starting gets at least this long for its first sign of life.
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. `stalled_after` must exceed the longest task, or busy would be taken for dead."""

    every: float
    stalled_after: float
    unacknowledged_after: float
    waiting_after: float
    sweeper_after: float

    @classmethod
    def from_settings(cls) -> "Limits":
        return cls(
            every=settings.WATCHDOG_EVERY_SECONDS,
            stalled_after=settings.WATCHDOG_STALLED_AFTER_SECONDS,
            unacknowledged_after=settings.WATCHDOG_UNACKNOWLEDGED_AFTER_SECONDS,
            waiting_after=settings.WATCHDOG_WAITING_AFTER_SECONDS,
            sweeper_after=settings.WATCHDOG_SWEEPER_AFTER_SECONDS,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """A part that must be killed and started again, and why."""

    part: str
    reason: str


@dataclass(slots=True)
class Canary:
    """The one canary under way. `ran_at` is when this process saw that it had run."""

    number: int
    row_id: int | None
    sent_at: float
    ran_at: float | None = None


@dataclass(slots=True)
class Unchanged:
    """A value and since when it has been the same."""

    since: float
    value: object = None

    def age(self, value: object, *, at: float) -> float:
        if value != self.value:
            self.value, self.since = value, at
        return at - self.since


@dataclass(slots=True)
class Watchdog:
    """One `look` compares what is stored with what was seen before.

    Elapsed times are measured by the monotonic clock of this process (`at`), never by stored
    instants, so a clock that jumps restarts nothing. With several hosts on one database a
    canary may be run by another host's worker: only the part that is dead everywhere is found.
    """

    limits: Limits
    canary: Canary | None = None
    _sent_at: float = float("-inf")
    _beat_at: float = float("-inf")
    _restarted_for_waiting_at: float = float("-inf")
    _progress_at: float = 0.0
    _claimed: frozenset[int] = frozenset()
    _starting: set[str] = field(default_factory=set)
    _down: set[str] = field(default_factory=lambda: {WORKER, SWEEPER})
    _sweeper: Unchanged = field(default_factory=lambda: Unchanged(0.0))
    _oldest: Unchanged = field(default_factory=lambda: Unchanged(0.0))

    def start(self, part: str, *, at: float) -> None:
        """A part was started anew: it is judged from now on, and gets its full time."""
        self._down.discard(part)
        self._starting.add(part)
        self.forget(part, at=at)

    def forget(self, part: str, *, at: float) -> None:
        """Measures a part's silence from now on."""
        if part == WORKER:
            self.canary, self._claimed = None, frozenset()
            self._sent_at = float("-inf")
            self._progress_at = at
        elif part == SWEEPER:
            self._sweeper.since = at
        self._oldest.since = at

    def forget_all(self, *, at: float) -> None:
        """The database was away, so nothing can be said about anybody."""
        self.forget(WORKER, at=at)
        self.forget(SWEEPER, at=at)

    def wake_all(self) -> None:
        """What the killed workers had claimed stays locked until `retry`; waking doubles nothing."""
        wake_drain()
        wake_imports()

    def look(self, *, now: datetime, at: float) -> list[Verdict]:
        """Returns whom to restart; sends the next canary when none is under way.

        Raises: django.db.Error when the database does not answer.
        """
        beats = get_heartbeats()
        self._watch_canary(beats[WORKER].detail if WORKER in beats else "", at=at)
        self._watch_claimed_rows(now=now, at=at)
        verdicts = [
            *self._judge_worker(at=at),
            *self._judge_sweeper(beats[SWEEPER].beat_at if SWEEPER in beats else None, at=at),
            *self._judge_waiting(at=at),
        ]
        verdicts = [verdict for verdict in verdicts if verdict.part not in self._down]
        self._down |= {verdict.part for verdict in verdicts}
        if at - self._beat_at >= self.limits.every:
            beat(name=SUPERVISOR, now=now)
            self._beat_at = at
        is_due = at - self._sent_at >= self.limits.every and WORKER not in self._down
        if is_due and self.canary is None:
            self._send_canary(now=now, at=at)
        return verdicts

    def _send_canary(self, *, now: datetime, at: float) -> None:
        number = int(now.timestamp() * 1000)
        self.canary = Canary(number, send_canary(number=number), sent_at=at)
        self._sent_at = at

    def _watch_canary(self, last_number: str, *, at: float) -> None:
        canary = self.canary
        if canary is None:
            return
        if canary.ran_at is None and last_number == str(canary.number):
            canary.ran_at = self._progress_at = at
        if canary.row_id is None:  # a broker without rows has nothing to acknowledge
            is_over = canary.ran_at is not None
        else:
            is_over = not OrmQ.objects.filter(pk=canary.row_id).exists()
        if is_over:
            self.canary, self._progress_at = None, at
            self._starting.discard(WORKER)

    def _watch_claimed_rows(self, *, now: datetime, at: float) -> None:
        """A claimed row that is gone was acknowledged: workers and monitor got something done."""
        if self._claimed:
            left = OrmQ.objects.filter(pk__in=self._claimed).count()
            if left < len(self._claimed):
                self._progress_at = at
                if self.canary is not None and self.canary.ran_at is not None:
                    self.canary.ran_at = at
        rows = OrmQ.objects.filter(key=Conf.CLUSTER_NAME, lock__gt=now).order_by("id")
        self._claimed = frozenset(rows.values_list("pk", flat=True)[:CLAIMED_ROWS_WATCHED])

    def _judge_worker(self, *, at: float) -> list[Verdict]:
        canary = self.canary
        if canary is None:
            return []
        if canary.ran_at is None:
            idle = at - max(self._progress_at, canary.sent_at)
            if idle > self._patience(WORKER, self.limits.stalled_after):
                return [Verdict(WORKER, f"no task was finished for {idle:.0f} s")]
        elif at - canary.ran_at > self.limits.unacknowledged_after:
            return [Verdict(WORKER, "finished tasks are not acknowledged")]
        return []

    def _patience(self, part: str, seconds: float) -> float:
        return max(seconds, START_SECONDS) if part in self._starting else seconds

    def _judge_sweeper(self, beat_at: datetime | None, *, at: float) -> list[Verdict]:
        if beat_at != self._sweeper.value:
            self._starting.discard(SWEEPER)
        age = self._sweeper.age(beat_at, at=at)
        if age > self._patience(SWEEPER, self.limits.sweeper_after):
            return [Verdict(SWEEPER, f"no sign of life for {age:.0f} s")]
        return []

    def _judge_waiting(self, *, at: float) -> list[Verdict]:
        """Items are taken oldest first, so an oldest one that stays the same means nobody works.

        Items that were tried are left out: trying them again would not help by a restart.
        """
        waiting = IntakeItem.objects.filter(state=IntakeState.RECEIVED, attempts=0)
        oldest = waiting.aggregate(oldest=Min("id"))["oldest"]
        age = self._oldest.age(oldest, at=at)
        is_due = at - self._restarted_for_waiting_at > RESTARTS_FOR_WAITING_EVERY_SECONDS
        if oldest is None or age <= self.limits.waiting_after or not is_due:
            return []
        self._restarted_for_waiting_at = at
        reason = f"the oldest lead has waited {age:.0f} s untouched"
        return [Verdict(WORKER, reason), Verdict(SWEEPER, reason)]
