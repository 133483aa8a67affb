"""Sixty days in the life of the demo, event by event, through the services people use.

Every event happens at its own past moment: the services take `now`, and this is their clock. What
would happen after the present does not happen, so the newest leads are open with running clocks.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model

from leadrouter.common.errors import DomainError
from leadrouter.common.roles import MARKETING
from leads.models import Endpoint, Interaction, Stage
from reps.domain.working_time import WorkingCalendar, add_working_seconds, next_opening
from reps.models import Rep
from reps.selectors.calendars import HORIZON, list_calendars
from routing.demo.arrivals import Arrival, deliver, deliver_file
from routing.demo.people import Crowd
from routing.models import Assignment, Decision, HoldingQueue, Outcome
from routing.selectors.waiting import has_due_leads
from routing.services.claiming import claim_lead
from routing.services.draining import drain
from routing.services.sweeping import mark_breaches
from routing.services.working import accept_lead, close_lead, decline_lead, log_touch

DAY_SECONDS = 8 * 3600
TICK = timedelta(hours=8)
FIRST_TOUCHES = (
    (Interaction.Kind.CALL, "Called, talked about the current system"),
    (Interaction.Kind.CALL, "Called, left a message"),
    (Interaction.Kind.EMAIL, "Sent an introduction and three times to choose from"),
    (Interaction.Kind.EMAIL, "Answered the question and asked for a call"),
    (Interaction.Kind.MEETING, "First meeting by video"),
)
LATER_TOUCHES = (
    (Interaction.Kind.MEETING, "Demo with operations and IT"),
    (Interaction.Kind.CALL, "Went through the offer"),
    (Interaction.Kind.NOTE, "Budget is decided next month"),
    (Interaction.Kind.EMAIL, "Sent the offer"),
)
DECLINES = ("I know them from a conflict of interest", "Needs French", "Full this week")
LOSSES = ("No budget", "Chose a competitor", "Project postponed", "No answer after five tries")


@dataclass
class History:
    """Plays events in order of time until `now`."""

    crowd: Crowd
    now: datetime
    endpoints: dict[tuple[str, str], Endpoint]
    reps: dict[int, Rep] = field(default_factory=dict)
    calendars: dict[int, WorkingCalendar] = field(default_factory=dict)
    _events: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    _numbers: Any = field(default_factory=count)
    _last_assignment: int = 0
    _last_decision: int = 0

    def __post_init__(self) -> None:
        self.marketing = get_user_model().objects.filter(groups__name=MARKETING).first()
        rows = Rep.objects.select_related("team", "user").order_by("pk")
        self.reps = {rep.pk: rep for rep in rows}
        self.calendars = list_calendars(list(self.reps.values()), self.now - HORIZON / 2)
        self.queues = {
            queue.pk: [
                rep
                for rep in self.reps.values()
                if rep.team_id in {team.pk for team in queue.teams.all()}
            ]
            for queue in HoldingQueue.objects.prefetch_related("teams")
        }

    def play(self, arrivals: list[Arrival]) -> None:
        for moment, group in _group(arrivals):
            self._plan(moment, lambda at, group=group: self._arrive(group, at))  # type: ignore[misc]
        tick = arrivals[0].at
        while tick < self.now:
            self._plan(tick, self._tick)
            tick += TICK
        self._plan(self.now, self._tick)
        while self._events:
            at, _, happen = heapq.heappop(self._events)
            happen(at)

    def _plan(self, at: datetime, happen: Callable[[datetime], None]) -> None:
        if at <= self.now:
            heapq.heappush(self._events, (at, next(self._numbers), happen))

    def _after(self, rep_id: int, start: datetime, seconds: float) -> datetime:
        """When the rep has worked that long since `start`, leave and nights left out."""
        return add_working_seconds(self.calendars[rep_id], start, max(60, int(seconds)))

    def _arrive(self, group: list[Arrival], at: datetime) -> None:
        first = group[0]
        if first.channel == Endpoint.Channel.IMPORT:
            deliver_file(group, self.endpoints[first.source, first.channel], self.marketing)
        else:
            for arrival in group:
                deliver(arrival, self.endpoints)
        self._drain(at)

    def _tick(self, at: datetime) -> None:
        """What the sweeper would have done by then."""
        if has_due_leads(at):
            self._drain(at)
        mark_breaches(now=at)

    def _drain(self, at: datetime) -> None:
        """Raises: RuntimeError at the first failure, which the log explains: no demo of parked errors."""
        if drain(clock=lambda: at).failed:
            raise RuntimeError("Routing failed, so the demo was not made. The log says why.")
        self._notice(at)

    def _notice(self, at: datetime) -> None:
        """Looks at what was decided since the last look, and plans how people will react."""
        decisions = Decision.objects.filter(pk__gt=self._last_decision, outcome=Outcome.QUEUED)
        for decision in decisions.order_by("pk").defer("facts", "trace"):
            self._last_decision = decision.pk
            self._plan_claim(decision, at)
        assignments = Assignment.objects.filter(pk__gt=self._last_assignment, ended_at__isnull=True)
        for assignment in assignments.order_by("pk").prefetch_related("timers"):
            self._last_assignment = assignment.pk
            self._plan_work(assignment)

    def _plan_claim(self, decision: Decision, at: datetime) -> None:
        if not decision.holding_queue_id:
            return
        rep = self.crowd.random.choice(self.queues[decision.holding_queue_id])
        when = self._after(rep.pk, at, self.crowd.random.uniform(600, 3 * 3600))
        self._plan(when, lambda moment: self._claim(decision.lead_id, rep, moment))

    def _claim(self, lead_id: int, rep: Rep, at: datetime) -> None:
        if _may(claim_lead, lead_id=lead_id, rep=rep, user=rep.user, now=at):
            self._notice(at)

    def _plan_work(self, assignment: Assignment) -> None:
        """Most leads are touched in time; some late, a few declined, and then won or lost."""
        dice, rep = self.crowd.random, self.reps[assignment.rep_id]
        limit = min(
            [(timer.due_at - timer.starts_at).total_seconds() for timer in assignment.timers.all()],
            default=4 * 3600,
        )
        limit = min(limit, 4 * 3600)
        is_late = dice.random() < self._share_of_late(assignment.started_at)
        delay = limit * (
            dice.uniform(1.5, 6) if is_late else min(0.9, dice.lognormvariate(-1.3, 0.7))
        )
        opens = next_opening(self.calendars[rep.pk], assignment.started_at) or self.now
        touched_at = self._after(rep.pk, max(assignment.started_at, opens), delay)
        if dice.random() < 0.04 and assignment.accepted_at is None:
            self._plan(touched_at, lambda at: self._decline(assignment, rep, at))
            return
        if dice.random() < 0.2 and assignment.accepted_at is None:
            accepted_at = self._after(rep.pk, max(assignment.started_at, opens), delay * 0.4)
            self._plan(accepted_at, lambda at: self._accept(assignment, rep, at))
        self._plan(touched_at, lambda at: self._touch(assignment, rep, at))

    def _share_of_late(self, started_at: datetime) -> float:
        """More of what is new is still waiting, so that there is something to do and to see."""
        age = self.now - started_at
        if age < timedelta(hours=4):
            return 0.7
        return 0.35 if age < timedelta(days=4) else 0.1

    def _decline(self, assignment: Assignment, rep: Rep, at: datetime) -> None:
        reason = self.crowd.random.choice(DECLINES)
        if _may(
            decline_lead, lead_id=assignment.lead_id, rep=rep, user=rep.user, reason=reason, now=at
        ):
            self._notice(at)

    def _accept(self, assignment: Assignment, rep: Rep, at: datetime) -> None:
        _may(accept_lead, lead_id=assignment.lead_id, rep=rep, user=rep.user, now=at)

    def _touch(self, assignment: Assignment, rep: Rep, at: datetime) -> None:
        dice = self.crowd.random
        self._log(assignment, rep, dice.choice(FIRST_TOUCHES), at)
        if dice.random() < 0.25:
            later = self._after(rep.pk, at, dice.uniform(0.5, 6) * DAY_SECONDS)
            self._plan(
                later, lambda moment: self._log(assignment, rep, dice.choice(LATER_TOUCHES), moment)
            )
        if dice.random() < 0.93:
            ends = self._after(rep.pk, at, dice.triangular(1, 22, 5) * DAY_SECONDS)
            self._plan(ends, lambda moment: self._close(assignment, rep, moment))

    def _log(self, assignment: Assignment, rep: Rep, touch: tuple[str, str], at: datetime) -> None:
        kind, summary = touch
        if self._is_theirs(assignment):
            log_touch(lead_id=assignment.lead_id, user=rep.user, kind=kind, summary=summary, now=at)

    def _is_theirs(self, assignment: Assignment) -> bool:
        return Assignment.objects.filter(pk=assignment.pk, ended_at__isnull=True).exists()

    def _close(self, assignment: Assignment, rep: Rep, at: datetime) -> None:
        dice = self.crowd.random
        stage = dice.choices([Stage.WON, Stage.LOST, Stage.DISQUALIFIED], [30, 55, 15])[0]
        value = Decimal(dice.randrange(4, 90) * 500) if stage == Stage.WON else None
        reason = {Stage.LOST: dice.choice(LOSSES), Stage.DISQUALIFIED: "Not a company"}.get(
            stage, ""
        )
        currency = "EUR" if rep.team.country == "DE" else "USD"
        _may(
            close_lead,
            lead_id=assignment.lead_id,
            user=rep.user,
            stage=stage,
            reason=reason,
            deal_value=value,
            deal_currency=currency if value else "",
            now=at,
        )


def _group(arrivals: list[Arrival]) -> list[tuple[datetime, list[Arrival]]]:
    """Deliveries of the same moment (the rows of a file) arrive together."""
    groups: dict[datetime, list[Arrival]] = {}
    for arrival in arrivals:
        groups.setdefault(arrival.at, []).append(arrival)
    return sorted(groups.items())


def _may(act: Callable[..., Any], **arguments: Any) -> bool:
    """Does what somebody meant to do; False when the world moved on before they did."""
    try:
        act(**arguments)
    except DomainError:
        return False
    return True
