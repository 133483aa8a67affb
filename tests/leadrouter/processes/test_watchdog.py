"""The watchdog's judgement, told by a clock of the test's own."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from leadrouter.processes.heartbeats import SWEEPER, WORKER, beat, get_heartbeats
from leadrouter.processes.tasks import canary
from leadrouter.processes.watchdog import START_SECONDS, Limits, Verdict, Watchdog
from tests.factories import IntakeItemFactory

pytestmark = pytest.mark.django_db

LIMITS = Limits(
    every=10, stalled_after=35, unacknowledged_after=20, waiting_after=60, sweeper_after=30
)
MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)


class Story:
    """Looks every two seconds while time passes; `sweeper_lives` beats for the sweeper."""

    def __init__(self) -> None:
        self.dog = Watchdog(LIMITS)
        self.at = 1000.0
        self.sweeper_lives = True
        self.worker_lives = True
        self.monitor_lives = True
        for part in (WORKER, SWEEPER):
            self.dog.start(part, at=self.at)

    def pass_time(self, seconds: float) -> list[Verdict]:
        verdicts: list[Verdict] = []
        until = self.at + seconds
        while self.at < until:
            self.at += 2
            now = MIDNIGHT + timedelta(seconds=self.at)
            if self.sweeper_lives:
                beat(name=SWEEPER, now=now)
            self._work()
            verdicts += self.dog.look(now=now, at=self.at)
        return verdicts

    def _work(self) -> None:
        for row in OrmQ.objects.order_by("id") if self.worker_lives else ():
            canary(*row.task["args"])
            if self.monitor_lives:
                row.delete()


@pytest.fixture
def story() -> Story:
    return Story()


def test_healthy_parts_are_left_alone(story: Story) -> None:
    assert story.pass_time(600) == []
    assert get_heartbeats()["supervisor"].beat_at > MIDNIGHT


def test_a_queue_that_runs_nothing_is_restarted_within_a_minute(story: Story) -> None:
    story.pass_time(60)
    story.worker_lives = False
    (verdict,) = story.pass_time(50)
    assert (verdict.part, verdict.reason[:20]) == ("worker", "no task was finished")


def test_a_verdict_is_given_once_until_the_part_was_started_again(story: Story) -> None:
    story.pass_time(60)
    story.worker_lives = False
    assert len(story.pass_time(300)) == 1
    story.dog.start(WORKER, at=story.at)
    story.worker_lives = True
    assert story.pass_time(120) == []


def test_a_worker_that_still_starts_gets_its_time(story: Story) -> None:
    story.worker_lives = False
    assert story.pass_time(max(START_SECONDS, LIMITS.stalled_after) - 4) == []
    story.worker_lives = True
    assert story.pass_time(60) == []


def test_a_busy_queue_is_not_taken_for_a_dead_one(story: Story) -> None:
    """The canary waits behind long tasks, but every 20 s one of them is finished."""
    story.pass_time(60)
    story.worker_lives = False
    far = timezone.now() + timedelta(days=1)
    rows = [OrmQ.objects.create(key="leadrouter", payload="long", lock=far) for _ in range(12)]
    for row in rows:
        assert story.pass_time(20) == []
        row.delete()


def test_a_dead_monitor_is_found_by_what_it_does_not_acknowledge(story: Story) -> None:
    story.pass_time(60)
    story.monitor_lives = False
    verdicts = story.pass_time(50)
    assert verdicts == [Verdict("worker", "finished tasks are not acknowledged")]


def test_no_second_canary_is_sent_while_one_is_under_way(story: Story) -> None:
    story.worker_lives = False
    story.pass_time(30)
    assert OrmQ.objects.count() == 1


def test_a_silent_sweeper_is_restarted(story: Story) -> None:
    story.pass_time(60)
    story.sweeper_lives = False
    assert [verdict.part for verdict in story.pass_time(40)] == ["sweeper"]


def test_an_item_nobody_touches_restarts_workers_and_sweeper_once(story: Story) -> None:
    story.pass_time(60)
    IntakeItemFactory(state="RECEIVED", attempts=0)
    verdicts = story.pass_time(200)
    assert [verdict.part for verdict in verdicts] == ["worker", "sweeper"]
    assert all("the oldest lead has waited" in verdict.reason for verdict in verdicts)


def test_an_item_that_was_tried_already_restarts_nobody(story: Story) -> None:
    IntakeItemFactory(state="RECEIVED", attempts=1)
    assert story.pass_time(400) == []


def test_a_clock_that_jumps_restarts_nobody(story: Story) -> None:
    story.pass_time(60)
    for hours in (+1, -2):
        now = MIDNIGHT + timedelta(hours=hours, seconds=story.at)
        assert story.dog.look(now=now, at=story.at + 1) == []


def test_after_an_outage_of_the_database_everybody_gets_time_again(story: Story) -> None:
    story.pass_time(60)
    story.worker_lives = story.sweeper_lives = False
    story.pass_time(20)
    story.at += 600  # nothing could be seen
    story.dog.forget_all(at=story.at)
    story.sweeper_lives = True
    assert story.pass_time(20) == []
