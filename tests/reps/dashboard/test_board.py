"""The rep's page for the day: what is on it, how it stays current, what it costs."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.models import Lead
from reps.models import Rep
from routing.models import SlaKind
from tests.factories import (
    AssignmentFactory,
    HoldingQueueFactory,
    LeadFactory,
    SlaTimerFactory,
    TimeOffFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db


def _give(rep: Rep, *, due_in: timedelta | None = None, **lead: Any) -> Lead:
    row = AssignmentFactory(rep=rep, lead=LeadFactory(**lead))
    if due_in is not None:
        SlaTimerFactory(assignment=row, due_at=timezone.now() + due_in)
    return row.lead  # type: ignore[no-any-return]


def _stamp(client: Client) -> str:
    return str(client.get("/my/").context["board"].stamp)


def test_the_most_urgent_lead_comes_first(rep: Rep, rep_client: Client) -> None:
    calm = _give(rep)
    later = _give(rep, due_in=timedelta(minutes=40))
    overdue = _give(rep, due_in=timedelta(minutes=-3))
    soon = _give(rep, due_in=timedelta(minutes=4))
    page = rep_client.get("/my/")
    assert [item.lead for item in page.context["items"]] == [overdue, soon, later, calm]
    assert "overdue by 3 min" in page.content.decode()


def test_the_acceptance_clock_counts_when_it_ends_first(rep: Rep, rep_client: Client) -> None:
    row = AssignmentFactory(rep=rep)
    now = timezone.now()
    SlaTimerFactory(assignment=row, due_at=now + timedelta(hours=1))
    SlaTimerFactory(assignment=row, kind=SlaKind.ACCEPTANCE, due_at=now + timedelta(minutes=10))
    item = rep_client.get("/my/").context["items"][0]
    assert (item.due_for, item.due_at) == ("Accept", now + timedelta(minutes=10))


def test_a_clock_that_was_met_no_longer_runs(rep: Rep, rep_client: Client) -> None:
    row = AssignmentFactory(rep=rep, first_touched_at=timezone.now())
    SlaTimerFactory(assignment=row, met_at=timezone.now())
    page = rep_client.get("/my/")
    assert page.context["items"][0].due_at is None
    assert "In touch" in page.content.decode()


def test_the_numbers_are_those_of_today(rep: Rep, rep_client: Client) -> None:
    now = timezone.now()
    for seconds in (60, 240, 3000):
        AssignmentFactory(
            rep=rep,
            lead=LeadFactory(received_at=now),
            first_touched_at=now + timedelta(seconds=seconds),
        )
    AssignmentFactory(
        rep=rep,
        lead=LeadFactory(received_at=now - timedelta(days=2)),
        started_at=now - timedelta(days=2),
    )
    _give(rep, due_in=timedelta(minutes=-1))
    numbers = rep_client.get("/my/").context["board"].numbers
    assert (numbers.new_count, numbers.waiting_count, numbers.overdue_count) == (4, 2, 1)
    assert numbers.median_speed_seconds == 240


def test_time_to_first_touch_runs_from_the_moment_the_rep_got_the_lead(
    rep: Rep, rep_client: Client
) -> None:
    now = timezone.now()
    AssignmentFactory(
        rep=rep,
        lead=LeadFactory(received_at=now - timedelta(days=9)),
        started_at=now,
        first_touched_at=now + timedelta(seconds=75),
    )
    AssignmentFactory(rep=rep, lead=LeadFactory(received_at=now), ended=True)  # declined
    page = rep_client.get("/my/")
    numbers = page.context["board"].numbers
    assert (numbers.new_count, numbers.median_speed_seconds) == (1, 75)
    assert "Median time to first touch" in page.content.decode()


def test_leads_of_other_reps_are_not_on_the_page(
    rep: Rep, other_rep: Rep, rep_client: Client
) -> None:
    theirs = _give(other_rep)
    queue = HoldingQueueFactory(teams=[other_rep.team])
    LeadFactory(offered=True, queue=queue, last_name="Elsewhere")
    page = rep_client.get("/my/").content.decode()
    assert theirs.full_name not in page
    assert "Elsewhere" not in page
    assert queue.name not in page


def test_queues_of_my_team_and_my_own_are_offered_oldest_first(
    rep: Rep, rep_client: Client
) -> None:
    mine = HoldingQueueFactory(name="A mine", reps=[rep])
    teams = HoldingQueueFactory(name="B team", teams=[rep.team], reps=[rep])
    HoldingQueueFactory(name="C closed", teams=[rep.team], is_active=False)
    first, second = LeadFactory.create_batch(2, offered=True, queue=teams)
    queues = rep_client.get("/my/").context["board"].queues
    assert [(queue.name, queue.leads) for queue in queues] == [
        (mine.name, []),
        (teams.name, [first, second]),
    ]


def test_the_lead_that_waits_longest_comes_first_whenever_it_arrived(
    rep: Rep, rep_client: Client
) -> None:
    queue = HoldingQueueFactory(teams=[rep.team])
    now = timezone.now()
    back, fresh = (
        LeadFactory(offered=True, queue=queue, placed_at=now - timedelta(minutes=minutes))
        for minutes in (2, 30)
    )
    assert rep_client.get("/my/").context["board"].queues[0].leads == [fresh, back]


def test_a_lead_i_declined_is_not_offered_to_me_again(rep: Rep, rep_client: Client) -> None:
    queue = HoldingQueueFactory(teams=[rep.team])
    kept = LeadFactory(offered=True, queue=queue)
    stamp = _stamp(rep_client)
    declined = LeadFactory(offered=True, queue=queue)
    AssignmentFactory(rep=rep, lead=declined, ended=True)
    assert rep_client.get("/my/board/", {"stamp": stamp}).status_code == 204
    board = rep_client.get("/my/").context["board"]
    assert [(row.lead_count, row.leads) for row in board.queues] == [(1, [kept])]
    page = rep_client.get(f"/leads/{declined.public_id}/")
    assert not page.context["may_claim"]


def test_a_long_queue_shows_its_oldest_and_counts_the_rest(rep: Rep, rep_client: Client) -> None:
    queue = HoldingQueueFactory(teams=[rep.team])
    leads = LeadFactory.create_batch(28, offered=True, queue=queue)
    shown = rep_client.get("/my/").context["board"].queues[0]
    assert shown.leads == leads[:25]
    assert (shown.lead_count, shown.unlisted_count) == (28, 3)


def test_the_page_says_when_the_rep_is_off(rep: Rep, rep_client: Client) -> None:
    TimeOffFactory(rep=rep)
    assert "on leave until" in rep_client.get("/my/").content.decode()


def test_an_unchanged_board_is_answered_with_204(rep: Rep, rep_client: Client) -> None:
    _give(rep)
    answer = rep_client.get("/my/board/", {"stamp": _stamp(rep_client)})
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    "change", ["assigned", "accepted", "touched", "returned", "offered", "ended", "switched"]
)
def test_every_change_that_shows_changes_the_stamp(
    change: str, rep: Rep, rep_client: Client
) -> None:
    queue = HoldingQueueFactory(teams=[rep.team])
    row = AssignmentFactory(rep=rep)
    stamp = _stamp(rep_client)
    now = timezone.now()
    match change:
        case "assigned":
            _give(rep)
        case "accepted":
            row.accepted_at = now
        case "touched":
            row.first_touched_at = now
        case "returned":
            Lead.objects.filter(pk=row.lead_id).update(interaction_count=5)
        case "offered":
            LeadFactory(offered=True, queue=queue)
        case "ended":
            row.ended_at, row.end_reason = now, "LOST"
        case "switched":
            Rep.objects.filter(pk=rep.pk).update(is_accepting=False)
    row.save()
    answer = rep_client.get("/my/board/", {"stamp": stamp})
    assert answer.status_code == 200
    assert answer.context["board"].stamp != stamp
    assert rep_client.get("/my/board/", {"stamp": answer.context["board"].stamp}).status_code == 204


def test_the_cost_of_the_page_does_not_grow_with_the_work(
    rep: Rep, rep_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rep.team.country = "DE"
    rep.team.save()
    WorkingHoursFactory(team=rep.team)
    for _ in range(2):
        HoldingQueueFactory(teams=[rep.team])
    with django_assert_num_queries(11):
        rep_client.get("/my/")
    for number in range(12):
        _give(rep, due_in=timedelta(minutes=number - 3))
        LeadFactory(offered=True, queue=HoldingQueueFactory(reps=[rep]))
    with django_assert_num_queries(11):
        rep_client.get("/my/")


def test_asking_in_vain_costs_four_queries(
    rep: Rep, rep_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        _give(rep)
        LeadFactory(offered=True, queue=HoldingQueueFactory(reps=[rep]))
    stamp = _stamp(rep_client)
    with django_assert_num_queries(4):
        assert rep_client.get("/my/board/", {"stamp": stamp}).status_code == 204


def test_an_open_page_whose_session_ended_is_sent_to_the_sign_in(anonymous_client: Client) -> None:
    answer = anonymous_client.get("/my/board/")
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/login/?next=/my/")


def test_people_who_take_no_leads_have_no_day(manager_client: Client) -> None:
    assert manager_client.get("/my/").status_code == 403
    assert manager_client.get("/my/board/").status_code == 403


def test_the_rep_switches_new_leads_off_and_on(rep: Rep, rep_client: Client) -> None:
    for word, expected in (("false", False), ("false", False), ("true", True)):
        answer = rep_client.post("/my/availability/", {"is_accepting": word}, follow=True)
        rep.refresh_from_db()
        assert rep.is_accepting is expected
    assert "You are accepting new leads." in answer.content.decode()
