"""Load, level, tier and expected value: what each strategy picks and tells, and what bounds it."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine.deciding import decide
from routing.engine.eligibility import Fate, FateCode
from routing.engine.explaining import Names, why_me
from routing.engine.outcomes import Expectation
from routing.engine.roster import TURN, Member
from routing.engine.strategies import STRATEGIES, Turn
from routing.engine.strategies.best_match import WHOLE, find_value_share
from routing.engine.trace import ChoiceResult, ChoiceTrace, Trace
from tests.routing.engine.world import (
    AES,
    ANN,
    BOB,
    CEM,
    NOW,
    lead,
    make_roster,
    pool,
    single_plan,
)


def decide_by(strategy, roster, destination=None, **more):
    roster.pools[AES].strategy = strategy
    plan = single_plan(destination or pool())
    return decide(plan, lead(more.pop("lead_id", 1), **more), roster, NOW)


def told(verdict):
    """{rep: sentence} of the last choice."""
    return {fate.rep_id: fate.sentence() for fate in verdict.trace.choices[-1].candidates}


def test_the_least_loaded_for_their_limit_is_picked_and_the_others_are_told_why():
    roster = make_roster(
        ann={"open_leads": 7, "max_open": 20},
        bob={"open_leads": 3, "max_open": 5},
        cem={"open_leads": 5, "max_open": 20},
    )
    verdict = decide_by("LEAST_LOADED", roster)
    assert verdict.rep_id == CEM
    assert told(verdict) == {
        ANN: "load 7/20, where load 5/20 comes first",
        BOB: "load 3/5, where load 5/20 comes first",
        CEM: "picked: balance 1.0, load 5/20",
    }
    assert verdict.deltas == ((CEM, 0),)


def test_the_rep_is_told_what_made_the_lead_theirs():
    roster = make_roster(
        ann={"open_leads": 7, "max_open": 20}, bob={"open_leads": 9, "max_open": 20}, cem=FULL
    )
    verdict = decide_by("LEAST_LOADED", roster)
    assert why_me(verdict.trace, ANN, Names()).endswith(
        "it was your turn: your balance 1.0 with load 7/20 came first among 2 who could take it. "
        "Passed over: rep 3 (full: 1 of 1 open leads)."
    )
    assert why_me(verdict.trace, BOB, Names()).endswith(
        "but the lead went elsewhere: load 9/20, where load 7/20 comes first."
    )


def test_who_has_no_limit_is_measured_by_the_largest_of_the_others():
    roster = make_roster(ann={"open_leads": 4}, bob={"open_leads": 2, "max_open": 8}, cem=FULL)
    assert decide_by("LEAST_LOADED", roster).rep_id == BOB
    roster = make_roster(ann={"open_leads": 1}, bob={"open_leads": 2, "max_open": 8}, cem=FULL)
    assert decide_by("LEAST_LOADED", roster).rep_id == ANN


FULL = {"open_leads": 1, "max_open": 1}


def test_equal_loads_take_turns_by_weight():
    roster = make_roster()
    taken = []
    for number in range(60):
        verdict = decide_by("LEAST_LOADED", roster, lead_id=number)
        roster.record(verdict)
        taken.append(verdict.rep_id)
        for rep in roster.reps.values():
            rep.open_leads = 0
    assert [taken.count(rep_id) for rep_id in (ANN, BOB, CEM)] == [10, 20, 30]


def test_the_best_levels_win_and_levels_below_what_is_needed_are_passed_over():
    roster = make_roster(
        ann={"skills": {"german": 4, "cloud": 1}},
        bob={"skills": {"german": 5, "cloud": 3}},
        cem={"skills": {"german": 2, "cloud": 5}},
    )
    verdict = decide_by("SKILL_MATCH", roster, pool(required_skills={"german": 3, "cloud": 1}))
    assert verdict.rep_id == BOB
    assert told(verdict) == {
        CEM: "lacks the skill german: level 2, needed 3",
        ANN: "level 5, where level 8 comes first",
        BOB: "picked: balance 1.0, level 8",
    }


def test_without_skills_asked_for_a_skill_pool_takes_turns_by_weight():
    by_skill, by_weight = make_roster(), make_roster()
    for number in range(30):
        one = decide_by("SKILL_MATCH", by_skill, lead_id=number)
        other = decide_by("WEIGHTED", by_weight, lead_id=number)
        by_skill.record(one)
        by_weight.record(other)
        assert (one.rep_id, one.deltas) == (other.rep_id, other.deltas)


def test_the_first_tier_with_somebody_takes_it_and_the_next_steps_in_when_it_is_full():
    roster = make_roster(ann=FULL)
    roster.pools[AES].by_rep[BOB].tier = 2
    roster.pools[AES].by_rep[CEM].tier = 3
    verdict = decide_by("TIERS", roster)
    assert verdict.rep_id == BOB
    assert told(verdict)[CEM] == "tier 3, where tier 2 comes first"
    roster.reps[ANN].open_leads = 0
    assert decide_by("TIERS", roster).rep_id == ANN


def test_being_outranked_saves_up_no_turns():
    roster = make_roster()
    roster.pools[AES].by_rep[CEM].tier = 2
    for number in range(40):
        roster.record(decide_by("TIERS", roster, lead_id=number))
    assert roster.pools[AES].by_rep[CEM].balance == 0


def test_numbers_of_every_strategy_survive_the_trace_and_old_traces_still_read():
    fates = (
        Fate(1, FateCode.PICKED, (700_000, "L", 7, 20)),
        Fate(2, FateCode.NOT_THEIR_TURN, (-400_000, "V", "0.31")),
        Fate(3, FateCode.OUTRANKED, ("T", 2, "T", 1)),
        Fate(4, FateCode.SOURCE_FULL, (3, 3, "“Fair”")),
        Fate(5, FateCode.SOURCE_DAY_CAP, (5, 5, "“Fair”")),
        Fate(6, FateCode.NOT_THEIR_TURN, (100_000,)),
    )
    trace = Trace(1, None, (ChoiceTrace("POOL", AES, ChoiceResult.TAKEN, fates),))
    assert Trace.from_json(trace.to_json()) == trace
    assert [fate.sentence() for fate in fates] == [
        "picked: balance 0.7, load 7/20",
        "not their turn: balance −0.4, expected value 0.31",
        "tier 2, where tier 1 comes first",
        "has 3 of 3 open leads from “Fair”",
        "has had 5 of 5 leads from “Fair” today",
        "not their turn: balance 0.1",
    ]


def make_turn(number, worths, value_weight, floor_share, salt=0):
    expectations = {rep_id: Expectation(worth, str(worth), 9) for rep_id, worth in worths.items()}
    share = find_value_share(value_weight, floor_share)
    return Turn(number, salt, expectations=expectations, value_share=share)


percents = st.integers(0, 100)
weights = st.lists(st.integers(1, 9), min_size=2, max_size=7)


def fair_shares(members):
    total = sum(member.weight for member in members)
    return {member.rep_id: Fraction(member.weight, total) for member in members}


@settings(max_examples=40, deadline=None)
@given(weights, percents, percents, st.data())
def test_every_member_keeps_their_floor_whatever_the_values_are(
    member_weights, value_weight, floor_share, data
):
    """At least (1 - p) of the fair share less n - 1 leads, p the part that goes by value."""
    members = [Member(number, weight) for number, weight in enumerate(member_weights, 1)]
    values = st.lists(st.integers(0, 3), min_size=len(members), max_size=len(members))
    random = data.draw(st.randoms(use_true_random=False))
    hostile = data.draw(values)
    counts, fair = dict.fromkeys(range(1, len(members) + 1), 0), {}
    kept = 1 - Fraction(find_value_share(value_weight, floor_share), WHOLE)
    assert kept >= Fraction(floor_share, 100)
    for number in range(150):
        some = random.sample(members, random.randint(1, len(members)))
        worths = {one.rep_id: hostile[one.rep_id - 1] for one in some}
        found = STRATEGIES["BEST_MATCH"](some, make_turn(number, worths, value_weight, floor_share))
        take(members, found, number)
        counts[found.rep_id] += 1
        for rep_id, share in fair_shares(some).items():
            fair[rep_id] = fair.get(rep_id, 0) + share
        for rep_id, share in fair.items():
            assert counts[rep_id] >= kept * share - (len(members) - 1)
        assert sum(member.balance for member in members) == 0
        assert max(abs(member.balance) for member in members) <= (len(members) - 1) * TURN


def take(members, found, number):
    deltas = dict(found.deltas)
    for member in members:
        member.balance += deltas.get(member.rep_id, 0)
        if member.rep_id == found.rep_id:
            member.last_turn = number + 1
    assert sum(deltas.values()) == 0


@pytest.mark.parametrize(("value_weight", "floor_share"), [(0, 0), (0, 50), (100, 100)])
@given(weights)
def test_at_slider_zero_or_a_whole_floor_it_is_rotation_by_weight(
    value_weight, floor_share, member_weights
):
    pairs = []
    for strategy in ("BEST_MATCH", "WEIGHTED"):
        members = [Member(number, weight) for number, weight in enumerate(member_weights, 1)]
        picks = []
        for number in range(30):
            worths = {member.rep_id: member.rep_id for member in members}
            turn = make_turn(number, worths, value_weight, floor_share, salt=number)
            found = STRATEGIES[strategy](members, turn)
            take(members, found, number)
            picks.append((found.rep_id, found.deltas))
        pairs.append(picks)
    assert pairs[0] == pairs[1]


@given(weights, percents)
def test_equal_expectations_are_rotation_by_weight(member_weights, value_weight):
    pairs = []
    for strategy in ("BEST_MATCH", "WEIGHTED"):
        members = [Member(number, weight) for number, weight in enumerate(member_weights, 1)]
        picks = []
        for number in range(30):
            turn = make_turn(number, {one.rep_id: 5 for one in members}, value_weight, 0, number)
            found = STRATEGIES[strategy](members, turn)
            take(members, found, number)
            picks.append(found.rep_id)
        pairs.append([picks.count(member.rep_id) for member in members])
    assert all(abs(one - other) <= 1 for one, other in zip(*pairs, strict=True))


def run_by_value(value_weight, floor_share, leads=400):
    """Two kinds of leads in turn, of which each of four reps is better at one."""
    members = [Member(number) for number in range(1, 5)]
    counts, worth = dict.fromkeys(range(1, 5), 0), 0
    for number in range(leads):
        worths = {
            one.rep_id: 9 + one.rep_id if one.rep_id % 2 == number % 2 else 1 for one in members
        }
        found = STRATEGIES["BEST_MATCH"](
            members, make_turn(number, worths, value_weight, floor_share)
        )
        take(members, found, number)
        counts[found.rep_id] += 1
        worth += worths[found.rep_id]
    return counts, worth


def test_the_slider_moves_leads_to_those_who_make_more_of_them():
    worths = [run_by_value(value_weight, 0)[1] for value_weight in (0, 25, 50, 75, 100)]
    assert worths == sorted(worths)
    assert worths[-1] > 1.5 * worths[0]


def test_only_value_without_a_floor_gives_every_lead_to_the_best():
    counts, _ = run_by_value(100, 0)
    assert counts == {1: 0, 2: 0, 3: 200, 4: 200}


def test_a_floor_of_half_keeps_half_of_the_fair_share():
    counts, _ = run_by_value(100, 50)
    assert all(count >= 50 - 3 for count in counts.values())
    assert counts[1] < 60 < counts[3]
