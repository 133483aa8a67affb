"""What is kept for those who are away, and how it is paid out without a flood."""

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine.deciding import decide
from routing.engine.roster import TURN
from tests.routing.engine.world import (
    AES,
    ANN,
    AWAY,
    BOB,
    CEM,
    NOW,
    OFF_SHIFT,
    ON_LEAVE,
    lead,
    make_roster,
    pool,
    single_plan,
)

PLAN = single_plan(pool())
HERE = dict.fromkeys(("unavailable_code", "unavailable_reason", "available_at"))


def equal_pool(limit=3, strategy="ROTATION", **changes):
    roster = make_roster(**changes)
    roster.pools[AES].strategy = strategy
    roster.pools[AES].catch_up_limit = limit * TURN
    return roster


def set_absence(roster, rep_id, absence):
    for name, value in absence.items():
        setattr(roster.reps[rep_id], name, value)


def take(roster, leads, start=0):
    picked = []
    for number in range(start, start + leads):
        verdict = decide(PLAN, lead(number + 1), roster, NOW)
        roster.record(verdict)
        assert sum(delta for _, delta in verdict.deltas) == 0
        picked.append(verdict.rep_id)
    return picked


def deferred(roster, rep_id):
    return roster.pools[AES].by_rep[rep_id].deferred


def test_absence_keeps_a_share_up_to_the_limit_and_moves_no_balance():
    roster = equal_pool(ann=ON_LEAVE)
    take(roster, 6)
    assert deferred(roster, ANN) == 6 * (TURN // 3)
    take(roster, 60, 6)
    assert deferred(roster, ANN) == 3 * TURN
    assert roster.pools[AES].by_rep[ANN].balance == 0


def test_off_shift_keeps_a_share_and_the_reps_own_switch_does_not():
    roster = equal_pool(ann=OFF_SHIFT, bob=AWAY)
    take(roster, 9)
    assert deferred(roster, ANN) > 0
    assert deferred(roster, BOB) == 0


def test_without_catching_up_nothing_is_kept():
    roster = equal_pool(limit=0, ann=ON_LEAVE)
    take(roster, 9)
    assert deferred(roster, ANN) == 0


def test_back_again_three_missed_turns_are_made_up_and_then_all_is_even():
    roster = equal_pool(ann=ON_LEAVE)
    take(roster, 60)
    set_absence(roster, ANN, HERE)
    picked = take(roster, 120, 60)
    # Twice the share of a third is a half, so three turns are made up within eighteen leads.
    assert 40 + 2 <= picked.count(ANN) <= 40 + 4
    assert picked[60:].count(ANN) == 20
    assert abs(deferred(roster, ANN)) < TURN


def test_nobody_is_flooded_on_return():
    """Never more than twice the share, however much was kept: no run of three leads of four."""
    roster = equal_pool(limit=50, ann=ON_LEAVE)
    take(roster, 200)
    set_absence(roster, ANN, HERE)
    picked = take(roster, 60, 200)
    for start in range(56):
        assert picked[start : start + 4].count(ANN) <= 3
    assert picked[:20].count(ANN) <= 11


def test_the_pace_holds_with_weights_and_best_match():
    for strategy in ("WEIGHTED", "BEST_MATCH"):
        roster = equal_pool(limit=10, strategy=strategy, cem=ON_LEAVE)
        take(roster, 90)
        assert deferred(roster, CEM) == 10 * TURN
        set_absence(roster, CEM, HERE)
        # Weight 3 of 6, doubled 6 of 9.
        assert 18 <= take(roster, 30, 90).count(CEM) <= 22


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 5))
def test_whoever_comes_and_goes_the_pool_sums_to_zero_within_the_bound(random, limit):
    roster = equal_pool(limit=limit, strategy="WEIGHTED")
    members = roster.pools[AES].members
    for number in range(120):
        for rep_id in (ANN, BOB, CEM):
            set_absence(roster, rep_id, random.choice([HERE, HERE, ON_LEAVE]))
        if any(roster.reps[one.rep_id].unavailable_code is None for one in members):
            take(roster, 1, number)
        assert sum(one.balance for one in members) == 0
        assert max(abs(one.balance) for one in members) <= (len(members) - 1) * TURN
        assert all(-TURN < one.deferred <= limit * TURN for one in members)
