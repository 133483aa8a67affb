"""Previous owners, reps named in a field, and pools that hand on to other pools."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.engine.compiling import Destination, DestinationKind
from routing.engine.deciding import Outcome, decide
from routing.engine.explaining import Names, sentences, why_me
from routing.engine.overflow import MAX_OVERFLOWS, find_circle, iter_overflows
from routing.engine.trace import ChoiceResult
from tests.routing.engine import world
from tests.routing.engine.world import (
    AES,
    ANN,
    BOB,
    CEM,
    INACTIVE,
    NIGHT,
    NOW,
    OFF_SHIFT,
    STICKY,
    lead,
    make_roster,
    pool,
    queue,
    single_plan,
)

NAMES = Names(reps=world.NAMES, pools={AES: "AEs", STICKY: "Known", NIGHT: "Night"})
DAY = 86_400


def previous(**more):
    return Destination(DestinationKind.PREVIOUS_OWNER, **more)


def named(field="campaign"):
    return Destination(DestinationKind.LEAD_FIELD, lead_field=field)


def results(verdict):
    return [(choice.kind, choice.result) for choice in verdict.trace.choices]


def test_the_previous_owner_gets_the_person_back():
    verdict = decide(
        single_plan(previous(max_age_days=90), queue()),
        lead(previous_owner_id=BOB, previous_owner_seconds=90 * DAY),
        make_roster(),
        NOW,
    )
    assert (verdict.rep_id, verdict.choice_number, verdict.deltas) == (BOB, 1, ())
    assert "First choice, previous owner of the last 90 days: takes the lead." in sentences(
        verdict.trace, NAMES
    )
    assert "You had this person before." in why_me(verdict.trace, BOB, NAMES)


@pytest.mark.parametrize(
    ("view", "result", "sentence"),
    [
        ({}, ChoiceResult.NO_OWNER, "nobody had this person before"),
        (
            {"previous_owner_id": BOB, "previous_owner_seconds": 90 * DAY + 1},
            ChoiceResult.TOO_LONG_AGO,
            "the rep who had this person had them too long ago",
        ),
        (
            {"previous_owner_id": BOB, "excluded_rep_ids": frozenset({BOB})},
            ChoiceResult.NO_ONE,
            "nobody could take the lead",
        ),
    ],
)
def test_a_previous_owner_who_cannot_is_passed_with_the_reason(view, result, sentence):
    plan = single_plan(previous(max_age_days=90), queue())
    verdict = decide(plan, lead(**view), make_roster(), NOW)
    assert (verdict.outcome, verdict.choice_number) == (Outcome.QUEUED, 2)
    assert results(verdict)[0] == (DestinationKind.PREVIOUS_OWNER, result)
    assert f"previous owner of the last 90 days: {sentence}." in sentences(verdict.trace, NAMES)[1]


@pytest.mark.parametrize("value", ["ann", " ANN ", "Ann@Example.com"])
def test_a_field_names_the_rep(value):
    roster = make_roster()
    roster.rep_ids_by_name = {"ann": ANN, "ann@example.com": ANN}
    verdict = decide(single_plan(named(), queue()), lead(facts={"campaign": value}), roster, NOW)
    assert verdict.rep_id == ANN
    assert "The lead names you as campaign." in why_me(verdict.trace, ANN, NAMES)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, "the field is empty"),
        ({"campaign": "  "}, "the field is empty"),
        ({"campaign": "zoe"}, "no rep has the user name or e-mail address"),
        ({"campaign": 7}, "the field is empty"),
    ],
)
def test_a_field_that_names_nobody_is_passed_with_the_reason(facts, sentence):
    roster = make_roster()
    roster.rep_ids_by_name = {"ann": ANN}
    verdict = decide(single_plan(named(), queue()), lead(facts=facts), roster, NOW)
    assert (verdict.outcome, verdict.choice_number) == (Outcome.QUEUED, 2)
    assert sentence in sentences(verdict.trace, NAMES)[1]


def _overflowing(**changes):
    """AEs (Ann, Bob, Cem) → Known (Ann, Bob) → Night (Cem)."""
    roster = make_roster(**changes)
    roster.pools[AES].overflow_id, roster.pools[STICKY].overflow_id = STICKY, NIGHT
    return roster


def test_a_pool_in_which_nobody_can_hands_on_until_somebody_can():
    roster = _overflowing(ann=INACTIVE, bob=INACTIVE, cem=OFF_SHIFT)
    verdict = decide(single_plan(pool(), queue()), lead(), roster, NOW)
    assert (verdict.rep_id, verdict.pool_id, verdict.choice_number) == (CEM, NIGHT, 1)
    assert results(verdict) == [
        (DestinationKind.POOL, ChoiceResult.NO_ONE),
        (DestinationKind.OVERFLOW, ChoiceResult.NO_ONE),
        (DestinationKind.OVERFLOW, ChoiceResult.TAKEN),
    ]
    said = sentences(verdict.trace, NAMES)
    assert "It overflows into pool “Night”: takes the lead." in said
    roster.record(verdict)
    assert (roster.pools[NIGHT].turn_number, roster.pools[AES].turn_number) == (1, 0)


def test_after_the_last_overflow_the_second_choice_is_tried():
    roster = _overflowing(ann=INACTIVE, bob=INACTIVE, cem=INACTIVE)
    verdict = decide(single_plan(pool(), queue()), lead(), roster, NOW)
    assert (verdict.outcome, verdict.choice_number) == (Outcome.QUEUED, 2)
    assert sentences(verdict.trace, NAMES)[-1].startswith("Second choice")


def test_a_closed_pool_hands_on_as_well_and_a_circle_ends():
    roster = _overflowing(ann=INACTIVE, bob=INACTIVE, cem=INACTIVE)
    roster.pools[NIGHT].overflow_id = AES
    roster.pools[AES].is_active = False
    verdict = decide(single_plan(pool()), lead(), roster, NOW)
    assert [result for _, result in results(verdict)] == [
        ChoiceResult.CLOSED,
        ChoiceResult.NO_ONE,
        ChoiceResult.NO_ONE,
    ]


def test_skills_of_the_choice_hold_in_the_overflow_too():
    roster = _overflowing(ann=INACTIVE, bob=INACTIVE, cem={"skills": {"german": 1}} | OFF_SHIFT)
    plan = single_plan(pool(required_skills={"german": 2}), queue())
    assert decide(plan, lead(), roster, NOW).outcome is Outcome.QUEUED


@given(st.dictionaries(st.integers(0, 9), st.integers(0, 9)), st.integers(0, 9))
def test_overflows_end_and_circles_are_found(overflows, start):
    passed = list(iter_overflows(start, overflows))
    assert len(passed) <= MAX_OVERFLOWS
    assert len({start, *passed}) == len(passed) + 1
    circle = find_circle(start, overflows)
    here, seen = start, set()
    while here in overflows and here not in seen:
        seen.add(here)
        here = overflows[here]
    assert bool(circle) is (here in seen)
    if circle:
        assert circle[-1] in circle[:-1]
        assert all(overflows[a] == b for a, b in pairwise(circle))
