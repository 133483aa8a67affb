"""The home page: the numbers of the day, and what is stuck."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from leadrouter.processes.models import Heartbeat
from leadrouter.site import say_seconds
from leads.models import IntakeState, Place
from routing.models import DecisionKind, EndReason, OutboxMessage
from routing.selectors.overview import get_overview
from tests.factories import (
    AssignmentFactory,
    DecisionFactory,
    HoldingQueueFactory,
    ImportBatchFactory,
    IntakeItemFactory,
    LeadFactory,
    OutboxMessageFactory,
    RepFactory,
    SlaTimerFactory,
)

pytestmark = pytest.mark.django_db


def test_the_numbers_of_the_day_are_counted_from_its_start() -> None:
    now = timezone.now()
    since = now - timedelta(hours=1)
    known = LeadFactory(received_at=since - timedelta(days=3))
    IntakeItemFactory(received_at=since - timedelta(seconds=1))
    IntakeItemFactory(received_at=since)
    IntakeItemFactory(received_at=now, state=IntakeState.LINKED, lead=known)
    ImportBatchFactory(started_at=now, read_rows=3, duplicate_rows=3)
    ImportBatchFactory(started_at=since - timedelta(days=1), read_rows=9, duplicate_rows=9)
    overview = get_overview(since=since, now=now)
    assert (overview.received, overview.known, overview.repeated_rows) == (2, 1, 3)
    assert overview.stuck.intake_waiting == 2
    assert overview.stuck.intake_oldest_at == since - timedelta(seconds=1)


def test_speed_counts_first_assignments_by_the_rules_only() -> None:
    now = timezone.now()
    since = now - timedelta(hours=2)
    rep = RepFactory()
    for seconds in (10, 20, 60):
        lead = LeadFactory(received_at=since)
        AssignmentFactory(lead=lead, rep=rep, started_at=since + timedelta(seconds=seconds))
    moved = LeadFactory(received_at=since - timedelta(days=2))
    claimed = AssignmentFactory(
        rep=rep, started_at=now, lead=LeadFactory(received_at=since - timedelta(days=1))
    )
    claimed.decision.kind = DecisionKind.CLAIM
    claimed.decision.save()
    first = AssignmentFactory(lead=moved, rep=rep, started_at=since - timedelta(days=1))
    first.ended_at, first.end_reason = since, EndReason.REASSIGNED
    first.save()
    AssignmentFactory(lead=moved, rep=RepFactory(), started_at=since)
    speed = get_overview(since=since, now=now).speed
    assert (speed.sample, speed.median_seconds, speed.p95_seconds) == (3, 20, 60)


def test_promises_are_kept_missed_running_or_overdue() -> None:
    now = timezone.now()
    since = now - timedelta(hours=5)

    def timer(due: int, met: int | None, *, ended: bool = False) -> None:
        row = AssignmentFactory(started_at=since)
        if ended:
            row.ended_at, row.end_reason = now, EndReason.LOST
            row.save()
        SlaTimerFactory(
            assignment=row,
            starts_at=since,
            due_at=since + timedelta(minutes=due),
            met_at=None if met is None else since + timedelta(minutes=met),
        )

    timer(15, 10)  # kept
    timer(15, 20)  # met late
    timer(15, None)  # overdue, still open
    timer(15, None, ended=True)  # missed, nobody waits any more
    timer(600, None)  # running
    cancelled = SlaTimerFactory(assignment=AssignmentFactory(started_at=since), due_at=since)
    cancelled.cancelled_at = now
    cancelled.save()
    promise = get_overview(since=since, now=now).promise
    assert (promise.kept, promise.missed, promise.running, promise.overdue) == (1, 3, 1, 1)
    assert promise.percent_kept == 25


def test_an_empty_installation_has_a_home_page_too(manager_client: Client) -> None:
    text = manager_client.get(reverse("admin:index")).content.decode()
    assert "Nothing is stuck." in text
    assert "No rules are published" in text
    assert "never seen" in text


def test_what_is_stuck_is_named_with_a_link(manager_client: Client) -> None:
    now = timezone.now()
    for hours in (1, 3):
        LeadFactory(
            parked=True,
            placed_at=now - timedelta(hours=hours, seconds=30),
            retry_at=now + timedelta(minutes=12, seconds=10),
        )
    IntakeItemFactory(dead=True)
    OutboxMessageFactory(state=OutboxMessage.State.DEAD)
    Heartbeat.objects.create(name="worker", beat_at=timezone.now())
    Heartbeat.objects.create(name="sweeper", beat_at=timezone.now() - timedelta(minutes=10))
    response = manager_client.get(reverse("admin:index"))
    stuck = {tile.label: (tile.value, tile.note) for tile in response.context["stuck"]}
    assert stuck["Parked"] == (
        "2",
        "Nobody is available; the oldest for 3 h 00 min, next try in 12 min",
    )
    assert stuck["Dead letters"][0] == "1"
    parts = {tile.label: tile.note for tile in response.context["parts"]}
    assert parts == {"Workers": "alive", "Sweeper": "late"}
    for tile in response.context["stuck"]:
        page = manager_client.get(tile.url)
        assert page.status_code == 200, tile.url
        assert page.context["cl"].result_count >= 1, tile.label
    text = response.content.decode()
    assert "Parked leads" in text


def test_a_lead_that_is_announced_and_cannot_be_fetched_is_named_after_a_while(
    manager_client: Client,
) -> None:
    item = IntakeItemFactory(state=IntakeState.NEEDS_FETCH)
    assert (
        "Announced, not fetched" not in manager_client.get(reverse("admin:index")).content.decode()
    )
    item.received_at -= timedelta(hours=3)
    item.save()
    text = manager_client.get(reverse("admin:index")).content.decode()
    assert "Announced, not fetched" in text
    assert "API for 3 h 00 min" in text


def test_marketing_sees_numbers_and_no_repairs(marketing_client: Client) -> None:
    OutboxMessageFactory(state=OutboxMessage.State.DEAD)
    response = marketing_client.get(reverse("admin:index"))
    assert "Messages given up" not in response.content.decode()
    titles = {
        item["title"] for group in response.context["sidebar_navigation"] for item in group["items"]
    }
    assert "Leads" in titles
    assert not titles & {"Rules", "Pools", "Users", "Failed tasks", "Reps"}


def test_who_got_what_is_sorted_by_leads() -> None:
    now = timezone.now()
    maria, sam = RepFactory(name="Maria"), RepFactory(name="Sam")
    for rep in (sam, maria, maria):
        AssignmentFactory(rep=rep, started_at=now)
    for reason in (EndReason.DECLINED, EndReason.RELEASED, EndReason.REASSIGNED):
        row = AssignmentFactory(rep=sam, started_at=now)
        row.ended_at, row.end_reason = now, reason
        row.save()
    DecisionFactory(parked=True)
    since = now - timedelta(hours=1)
    assert get_overview(since=since, now=now).reps == [("Maria", 2), ("Sam", 1)]


def test_each_queue_leads_to_the_leads_that_wait_in_it(manager_client: Client) -> None:
    east, west = HoldingQueueFactory(name="East"), HoldingQueueFactory(name="West")
    for queue, number in ((east, 2), (west, 1)):
        LeadFactory.create_batch(number, place=Place.OFFERED, holding_queue_id=queue.pk)
    leads = reverse("admin:leads_lead_changelist")
    text = manager_client.get(reverse("admin:index")).content.decode()
    assert f'href="{leads}?queue={east.pk}">East</a>' in text
    assert "no lead given to a rep by the rules yet; 3 wait in queues" in text
    page = manager_client.get(leads, {"queue": east.pk})
    assert page.context["cl"].result_count == 2
    assert manager_client.get(leads, {"queue": "x"}).status_code == 200


@given(st.integers(0, 10**7))
def test_durations_read_well(seconds: int) -> None:
    said = say_seconds(seconds)
    assert said[0].isdigit()
    assert len(said) <= 11


def test_overdue_leads_can_be_listed_from_the_tile(manager_client: Client) -> None:
    late = SlaTimerFactory(due_at=timezone.now() - timedelta(minutes=5))
    SlaTimerFactory(due_at=timezone.now() + timedelta(minutes=5))
    home = manager_client.get(reverse("admin:index")).content.decode()
    url = reverse("admin:routing_slatimer_changelist") + "?state=overdue"
    assert url in home
    page = manager_client.get(url)
    assert [timer.pk for timer in page.context["cl"].result_list] == [late.pk]
