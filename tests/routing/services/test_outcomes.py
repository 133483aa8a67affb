"""How leads ended, summed up in the background, and what best match makes of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadrouter.common.organisation import Changes, get_stamps
from routing.models import Assignment, Decision, Pool, RepOutcome
from routing.selectors.expectations import get_pool_expectations
from routing.services.outcomes import refresh_outcomes
from tests.factories import AssignmentFactory, LeadFactory, SourceFactory
from tests.routing.services.conftest import Desk

pytestmark = pytest.mark.django_db


def close(desk: Desk, rep: Any, won: int, lost: int, value: int | None = None, **lead: Any) -> None:
    """Leads of the desk's source that ended a day ago."""
    source = lead.pop("source", desk.endpoint.source)
    for number in range(won + lost):
        is_won = number < won
        money = {"deal_value": value, "deal_currency": "EUR"} if is_won and value else {}
        AssignmentFactory(
            rep=rep,
            lead=LeadFactory(source=source, **money),
            started_at=desk.now - timedelta(days=2),
            ended_at=lead.get("ended_at", desk.now - timedelta(days=1)),
            end_reason="WON" if is_won else "LOST",
        )


@pytest.fixture
def matching(desk: Desk) -> Desk:
    Pool.objects.update(strategy="BEST_MATCH", value_weight=100, floor_share=50)
    return desk


def test_outcomes_are_summed_by_rep_and_source(matching: Desk) -> None:
    maria = matching.reps[0]
    close(matching, maria, 2, 3, value=500)
    close(matching, maria, 1, 0)
    other = SourceFactory()
    close(matching, maria, 0, 4, source=other)
    assert refresh_outcomes(now=matching.now)
    rows = RepOutcome.objects.order_by("source_id", "currency")
    assert [(row.source, row.currency, row.won, row.lost, row.deal_cents) for row in rows] == [
        (matching.endpoint.source, "", 1, 3, 0),
        (matching.endpoint.source, "EUR", 2, 0, 100_000),
        (other, "", 0, 4, 0),
    ]


def test_only_the_last_year_counts(matching: Desk) -> None:
    AssignmentFactory(
        rep=matching.reps[0], end_reason="WON",
        started_at=matching.now - timedelta(days=400), ended_at=matching.now - timedelta(days=366),
    )  # fmt: skip
    refresh_outcomes(now=matching.now)
    assert not RepOutcome.objects.exists()


def test_it_is_done_hourly_by_one_and_only_where_it_is_used(desk: Desk) -> None:
    close(desk, desk.reps[0], 1, 1)
    assert not refresh_outcomes(now=desk.now)
    Pool.objects.update(strategy="BEST_MATCH")
    assert refresh_outcomes(now=desk.now)
    assert not refresh_outcomes(now=desk.now + timedelta(minutes=59))
    assert refresh_outcomes(now=desk.now + timedelta(minutes=60))


def test_what_is_unchanged_is_not_written_and_what_changed_is_noticed(matching: Desk) -> None:
    close(matching, matching.reps[0], 1, 1)
    refresh_outcomes(now=matching.now)
    before = get_stamps()[Changes.PEOPLE]
    refresh_outcomes(now=matching.now + timedelta(hours=1))
    assert get_stamps()[Changes.PEOPLE] == before
    close(matching, matching.reps[0], 1, 0)
    refresh_outcomes(now=matching.now + timedelta(hours=2))
    assert get_stamps()[Changes.PEOPLE] != before
    assert RepOutcome.objects.get().won == 2
    long_ago = matching.now - timedelta(days=400)
    Assignment.objects.update(started_at=long_ago, ended_at=long_ago)
    refresh_outcomes(now=matching.now + timedelta(hours=3))
    assert not RepOutcome.objects.exists()


def test_too_little_is_said_and_turns_go_by_weight(matching: Desk) -> None:
    close(matching, matching.reps[0], 5, 5)
    refresh_outcomes(now=matching.now)
    owners = [str(matching.route().owner) for _ in range(6)]
    assert owners.count("Maria Weber") == 3
    found = get_pool_expectations(matching.pool)
    assert found.sentence.startswith(
        "Too little is known: of these members 10 leads were won or lost"
    )
    assert [one.worth for one in found.members] == ["", ""]


def test_leads_go_to_who_wins_them_and_the_floor_is_kept(matching: Desk) -> None:
    maria, sam = matching.reps
    close(matching, maria, 40, 20)
    close(matching, sam, 10, 50)
    refresh_outcomes(now=matching.now)
    owners = [str(matching.route().owner) for _ in range(24)]
    # Half of each turn by value: three quarters for Maria, and Sam's floor of a quarter, less one.
    assert owners.count("Maria Weber") in (17, 18, 19)
    sentences = [
        fate for decision in Decision.objects.filter(turns__isnull=False)
        for choice in decision.trace["choices"] for fate in choice[3]
    ]  # fmt: skip
    assert all("V" in fate for fate in sentences)
    maria_expected, sam_expected = get_pool_expectations(matching.pool).members
    assert (maria_expected.won, maria_expected.closed) == (40, 60)
    assert float(maria_expected.worth) > float(sam_expected.worth)


def test_with_deals_in_one_currency_it_is_money(matching: Desk) -> None:
    close(matching, matching.reps[0], 20, 20, value=1_000)
    close(matching, matching.reps[1], 20, 20, value=100)
    refresh_outcomes(now=matching.now)
    found = get_pool_expectations(matching.pool)
    assert found.sentence == "From 80 leads won or lost within a year, in EUR a lead."
    assert found.members[0].worth.endswith(" EUR")
    deals = RepOutcome.objects.get(rep=matching.reps[0], currency="EUR")
    assert (deals.won, deals.deal_cents) == (20, 2_000_000)


def test_a_drain_reads_outcomes_only_after_they_changed(matching: Desk) -> None:
    close(matching, matching.reps[0], 30, 30)
    refresh_outcomes(now=matching.now)
    counts = []
    for _ in range(3):
        matching.receive()
        with CaptureQueriesContext(connection) as queries:
            matching.drain()
        counts.append(len([one for one in queries if "routing_repoutcome" in str(one["sql"])]))
    assert counts == [1, 0, 0]
