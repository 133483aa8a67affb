"""Rules, choices and territories that fail while they are evaluated, for real."""

import pytest

from routing.engine.compiling import Destination, DestinationKind
from routing.engine.conditions import All, Test
from routing.engine.deciding import Outcome, decide
from routing.engine.faults import FaultKind
from routing.engine.operators import Operator
from routing.engine.territories import Territory
from routing.engine.trace import ChoiceResult
from tests.routing.engine.world import (
    AES,
    ANN,
    NOW,
    lead,
    make_plan,
    make_roster,
    pool,
    queue,
    rule,
    single_plan,
)

# Never parsed: no check has seen that a number cannot be compared with this.
BROKEN = Test("employees", Operator.AT_LEAST, "many")
FACTS = {"country": "US", "employees": 50}


@pytest.mark.parametrize("fillers", [0, 30])  # alone, and among others
def test_a_rule_that_raises_counts_as_not_met(fillers):
    never = Test("country", Operator.EQUALS, "XX")
    plan = make_plan(
        rule(1, BROKEN, pool()),
        *(rule(number, never, pool()) for number in range(2, fillers + 2)),
        rule(99, All(), queue()),
    )
    verdict = decide(plan, lead(facts=FACTS), make_roster(), NOW)
    assert (verdict.outcome, verdict.rule_id) == (Outcome.QUEUED, 99)
    (fault,) = verdict.faults
    assert (fault.kind, fault.rule_id) == (FaultKind.RULE, 1)
    assert fault.location == "the condition of “rule 1”"
    assert fault.message.startswith("TypeError")


def test_a_broken_rule_below_the_matching_one_is_nobodys_trouble():
    plan = make_plan(rule(1, All(), queue()), rule(2, BROKEN, pool()))
    assert decide(plan, lead(facts=FACTS), make_roster(), NOW).faults == ()


def test_a_choice_that_raises_is_passed_and_the_next_is_tried():
    roster = make_roster()
    roster.pools[AES].strategy = "MAGIC"
    ann = Destination(DestinationKind.REP, rep_id=ANN)
    verdict = decide(single_plan(pool(), ann), lead(), roster, NOW)
    assert (verdict.rep_id, verdict.choice_number) == (ANN, 2)
    assert verdict.trace.choices[0].result is ChoiceResult.FAULT
    (fault,) = verdict.faults
    assert (fault.kind, fault.location) == (FaultKind.CHOICE, "choice 1 of “rule 1”, pool “AEs”")


def test_territories_that_raise_are_as_none():
    odd = Territory(1, "odd", "Odd", employees_min="many")
    plan = make_plan(rule(1, All(), queue()), territories=(odd,))
    verdict = decide(plan, lead(facts=FACTS), make_roster(), NOW)
    assert verdict.outcome is Outcome.QUEUED
    assert [fault.kind for fault in verdict.faults] == [FaultKind.TERRITORY]
