"""What a rep would need to get a lead: every answer is tried on the engine."""

import random
from copy import deepcopy
from dataclasses import replace

import pytest

from routing.engine.conditions import All
from routing.engine.counterfactuals import find_way_to_rep
from routing.engine.counterfactuals.reps import Need, RepChange
from routing.engine.deciding import decide
from routing.engine.roster import TURN, SourceCap
from routing.engine.rules import Destination, DestinationKind
from tests.routing.engine.world import (
    AES,
    ANN,
    BERLIN,
    BOB,
    CEM,
    DEA,
    EUROPE,
    EVA,
    NOW,
    OFF_SHIFT,
    ON_LEAVE,
    STICKY,
    equals,
    lead,
    make_plan,
    make_roster,
    pool,
    queue,
    rule,
    single_plan,
)


def needs(answer):
    return [(one.need, one.amount) for one in answer.changes]


def test_a_rep_whose_turn_it_is_needs_nothing():
    plan, roster = single_plan(pool()), make_roster()
    picked = decide(plan, lead(), roster, NOW).rep_id
    answer = find_way_to_rep(plan, lead(), roster, picked, NOW)
    assert needs(answer) == []
    assert answer.lead_change is None


def test_a_rep_who_waits_is_told_the_balance_and_after_how_many_leads():
    plan, roster = single_plan(pool()), make_roster()
    answer = find_way_to_rep(plan, lead(), roster, ANN, NOW)
    ((need, amount),) = needs(answer)
    assert need is Need.BALANCE
    roster.pools[AES].find_member(ANN).balance += amount
    assert decide(plan, lead(), roster, NOW).rep_id == ANN
    roster.pools[AES].find_member(ANN).balance -= 1
    assert decide(plan, lead(), roster, NOW).rep_id != ANN
    later = make_roster()
    for number in range(1, answer.turn_in):
        verdict = decide(plan, lead(number), later, NOW)
        assert verdict.rep_id != ANN
        later.record(verdict)
    assert decide(plan, lead(answer.turn_in), later, NOW).rep_id == ANN


def test_every_obstacle_in_the_way_is_named():
    away = {"ann": {"open_leads": 7, "max_open": 5, **OFF_SHIFT}}
    plan, roster = single_plan(pool()), make_roster(**away)
    view = lead(excluded_rep_ids=frozenset({ANN}))
    before = deepcopy(roster)
    answer = find_way_to_rep(plan, view, roster, ANN, NOW)
    assert [need for need, _ in needs(answer)][:3] == [
        Need.NOT_HAVE_DECLINED,
        Need.BE_AVAILABLE,
        Need.FEWER_OPEN,
    ]
    assert answer.changes[1].detail == "off shift until 14:00"
    assert answer.changes[2].amount == 3
    assert roster == before


def test_a_rep_of_another_rule_needs_another_lead():
    plan = make_plan(
        rule(1, equals("country", "US"), Destination(DestinationKind.REP, rep_id=EVA)),
        rule(2, All(), pool(), queue()),
    )
    answer = find_way_to_rep(plan, lead(facts={"country": "DE"}), make_roster(), EVA, NOW)
    assert [(one.attribute, one.after) for one in answer.lead_change.changes] == [("country", "US")]
    assert answer.rule_id == 1
    changed = lead(facts=answer.lead_change.facts)
    assert decide(plan, changed, make_roster(), NOW).rep_id == EVA


def test_an_owner_of_a_territory_needs_a_lead_from_there():
    owner = Destination(DestinationKind.TERRITORY_OWNER, territory_role="AE")
    plan = make_plan(rule(1, All(), owner, pool()), territories=(EUROPE, BERLIN))
    view = lead(facts={"country": "US"})
    answer = find_way_to_rep(plan, view, make_roster(dea=ON_LEAVE), DEA, NOW)
    assert answer.lead_change.facts["country"] in {"DE", "FR"}
    assert needs(answer) == [(Need.BE_AVAILABLE, 0)]


def test_a_rep_nobody_sends_leads_to_has_no_way():
    plan = single_plan(pool(), queue())
    assert find_way_to_rep(plan, lead(), make_roster(), EVA, NOW) is None


@pytest.mark.parametrize("seed", range(60))
def test_with_what_is_named_the_rep_gets_the_lead(seed):
    draw = random.Random(seed)
    changes = {
        name: draw.choice(
            [{}, OFF_SHIFT, {"open_leads": 4, "max_open": draw.randint(1, 6)}, {"is_active": False}]
        )
        for name in ("ann", "bob", "cem")
    }
    roster = make_roster(**changes)
    for _ in range(draw.randint(0, 9)):
        roster.record(decide(single_plan(pool()), lead(draw.randrange(99)), roster, NOW))
    plan = single_plan(pool(draw.choice([AES, STICKY])), queue())
    for rep_id in (ANN, BOB, CEM):
        answer = find_way_to_rep(plan, lead(7), roster, rep_id, NOW)
        if answer is None:
            continue
        changed = apply(roster, answer)
        assert decide(plan, replace(lead(7)), changed, NOW).rep_id == rep_id


def apply(roster, answer):
    roster = deepcopy(roster)
    rep = roster.reps[answer.rep_id]
    for one in answer.changes:
        match one.need:
            case Need.BE_ACTIVE:
                rep.is_active = True
            case Need.BE_AVAILABLE:
                rep.unavailable_code = rep.unavailable_reason = None
            case Need.FEWER_OPEN:
                rep.open_leads -= one.amount
            case Need.BALANCE:
                assert one.amount <= 20 * TURN
                for state in roster.pools.values():
                    member = state.find_member(answer.rep_id)
                    if member is not None:
                        member.balance += one.amount
            case _:
                raise AssertionError(one)
    return roster


def test_a_limit_by_source_is_named_with_its_source():
    cap = SourceCap("source", "fair", "“Fair”", open_leads=4, max_open=3)
    plan, roster = single_plan(pool()), make_roster(ann={"source_caps": (cap,)})
    answer = find_way_to_rep(plan, lead(facts={"source": "fair"}), roster, ANN, NOW)
    assert answer.changes[0] == RepChange(Need.FEWER_OF_SOURCE, 2, "“Fair”")
    assert cap.open_leads == 4


@pytest.mark.parametrize("strategy", ["TIERS", "LEAST_LOADED"])
def test_who_is_outranked_learns_which_tier_or_how_many_fewer_leads(strategy):
    plan, roster = (
        single_plan(pool()),
        make_roster(
            ann={"open_leads": 7, "max_open": 20}, bob={"max_open": 20}, cem={"max_open": 20}
        ),
    )
    roster.pools[AES].strategy = strategy
    roster.pools[AES].find_member(ANN).tier = 3
    found = dict(needs(find_way_to_rep(plan, lead(), roster, ANN, NOW)))
    wanted = {"TIERS": (Need.BE_IN_TIER, 1), "LEAST_LOADED": (Need.FEWER_OPEN, 7)}[strategy]
    assert found[wanted[0]] == wanted[1]
