"""Limits by source, shares kept and who comes first, from the tables through a drain."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Source
from reps.models import TimeOff
from routing.models import Assignment, Decision, Pool, PoolMember, SourceCap, TurnEntry
from routing.selectors.explaining import explain_decision
from routing.selectors.invariants import find_violations
from routing.services.working import close_lead
from tests.routing.services.conftest import Desk

pytestmark = pytest.mark.django_db


def limit(desk: Desk, rep: Any, **limits: Any) -> SourceCap:
    return SourceCap.objects.create(rep=rep, source=desk.endpoint.source, **limits)


def owners(desk: Desk, count: int) -> list[str]:
    return [str(desk.route().owner) for _ in range(count)]


def test_a_rep_at_their_limit_of_a_source_is_passed_over_for_it(desk: Desk) -> None:
    maria = desk.reps[0]
    limit(desk, maria, max_open_leads=1)
    assert owners(desk, 4).count("Maria Weber") == 1
    explanation = explain_decision(Decision.objects.latest("id"))
    name = desk.endpoint.source.name
    assert f"Maria Weber: has 1 of 1 open leads from “{name}”." in explanation.lines
    assert find_violations(desk.now) == []


def test_a_limit_holds_within_one_batch(desk: Desk) -> None:
    limit(desk, desk.reps[0], max_open_leads=2)
    for _ in range(10):
        desk.receive()
    desk.drain()
    assert Assignment.objects.filter(rep=desk.reps[0]).count() == 2


def test_a_limit_of_a_kind_a_day_frees_at_midnight(desk: Desk) -> None:
    Source.objects.update(kind="EVENT")
    for rep in desk.reps:
        SourceCap.objects.create(rep=rep, source_kind="EVENT", max_leads_per_day=1)
    assert sorted(owners(desk, 2)) == ["Maria Weber", "Sam Carter"]
    parked = desk.route()
    assert (parked.place, parked.parked_reason) == ("PARKED", "NO_REP_AVAILABLE")
    desk.wait(days=1)
    desk.drain()
    parked.refresh_from_db()
    assert parked.owner is not None


def test_closing_a_lead_makes_room_again(desk: Desk) -> None:
    for rep in desk.reps:
        limit(desk, rep, max_open_leads=1)
    first, _, third = desk.route(), desk.route(), desk.route()
    assert third.place == "PARKED"
    close_lead(lead_id=first.pk, user=first.owner.user, stage="WON", now=desk.now)
    desk.drain()
    third.refresh_from_db()
    assert third.owner == first.owner


def test_other_sources_are_not_limited(desk: Desk) -> None:
    from tests.factories import SourceFactory

    SourceCap.objects.create(rep=desk.reps[0], source=SourceFactory(), max_open_leads=0)
    assert owners(desk, 4).count("Maria Weber") == 2


def test_limits_cost_a_statement_only_where_there_are_any(desk: Desk) -> None:
    desk.route()
    desk.receive()
    with CaptureQueriesContext(
        connection,
    ) as without:
        desk.drain()
    limit(desk, desk.reps[0], max_open_leads=50)
    desk.route()
    desk.receive()
    with CaptureQueriesContext(connection) as limited:
        desk.drain()
    assert len(limited) == len(without) + 1


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"max_open_leads": 1}, "Choose a source or a kind of source, not both."),
        ({"source_kind": "EVENT"}, "Say how many open leads, or how many a day."),
    ],
)
def test_a_limit_names_its_source_and_its_number(
    desk: Desk, columns: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        SourceCap(rep=desk.reps[0], **columns).full_clean()


def test_a_share_is_kept_during_leave_and_noted_in_the_ledger(desk: Desk) -> None:
    Pool.objects.update(catch_up_turns=2)
    maria = desk.reps[0]
    TimeOff.objects.create(rep=maria, starts_at=desk.now, ends_at=desk.now + timedelta(days=1))
    owners(desk, 3)
    member = PoolMember.objects.get(rep=maria)
    assert (member.balance_microturns, member.deferred_microturns) == (0, 1_500_000)
    assert TurnEntry.objects.latest("number").deferrals == {str(maria.pk): 500_000}
    desk.wait(days=1, minutes=1)
    found = owners(desk, 9)
    assert found.count("Maria Weber") == 6
    member.refresh_from_db()
    assert abs(member.deferred_microturns) < 200_000
    assert sum(PoolMember.objects.values_list("balance_microturns", flat=True)) == 0


@pytest.mark.parametrize("strategy", ["LEAST_LOADED", "SKILL_MATCH", "TIERS"])
def test_catching_up_is_refused_where_turns_do_not_decide(desk: Desk, strategy: str) -> None:
    desk.pool.strategy, desk.pool.catch_up_turns = strategy, 3
    with pytest.raises(ValidationError, match="Nothing can be caught up"):
        desk.pool.full_clean()


@pytest.mark.parametrize("strategy", ["LEAST_LOADED", "SKILL_MATCH", "TIERS", "BEST_MATCH"])
def test_every_strategy_routes_and_balances(desk: Desk, strategy: str) -> None:
    Pool.objects.update(strategy=strategy)
    assert sorted(set(owners(desk, 6))) == ["Maria Weber", "Sam Carter"]
    assert find_violations(desk.now) == []


def test_the_first_tier_takes_all_until_it_is_full(desk: Desk) -> None:
    Pool.objects.update(strategy="TIERS")
    PoolMember.objects.filter(rep=desk.reps[0]).update(tier=2)
    desk.reps[1].max_open_leads = 3
    desk.reps[1].save()
    assert owners(desk, 5) == ["Sam Carter"] * 3 + ["Maria Weber"] * 2


def test_a_colleague_is_kept_by_account_and_a_person_by_person(desk: Desk) -> None:
    first = desk.route(email="ann@acme.example", company="Acme")
    Pool.objects.update(sticky_by_account=False)
    found = {desk.route(email=f"p{n}@acme.example", company="Acme").owner for n in range(4)}
    assert len(found) == 2
    Pool.objects.update(sticky_by_account=True)
    kept = desk.route(email="zoe@acme.example", company="Acme")
    assert kept.decisions.get().trace["choices"][0][2] == "KEPT"
    assert first.owner is not None
