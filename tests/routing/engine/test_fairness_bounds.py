"""The published bounds, in thousands of random and hostile sequences (a million: make bench)."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.sequences import KINDS, assert_bounds, iter_leads, make_members, pick, play
from routing.engine.deciding import LeadView, decide
from routing.engine.roster import TURN, Member, PoolState, RepState, Roster
from routing.engine.strategies import Turn
from routing.engine.strategies.turns import share_turn
from routing.engine.strategies.weighted import LARGE, pick_in_python
from tests.routing.engine.world import NOW, pool, single_plan

SEQUENCES = 3_000


@pytest.mark.parametrize("kind", KINDS)
def test_no_balance_leaves_n_minus_1_turns_in_random_and_hostile_sequences(kind):
    count = SEQUENCES // 4 if kind == "greedy" else SEQUENCES
    worst = max(
        (balance / members, members) for members, balance in map(play_one(kind), range(count))
    )
    assert worst[0] > 0.4 * TURN / worst[1]  # something was driven apart at all


def play_one(kind):
    return lambda seed: play(kind, seed)


@pytest.mark.parametrize("count", [10, 30])
def test_an_adversary_gains_nothing_by_going_on(count):
    random = Random(7)
    members = [Member(number) for number in range(count)]
    reached = [
        max(abs(member.balance) for member in members)
        for _ in iter_leads(members, KINDS["nearest pair"], 3_000, random)
    ]
    assert_bounds(members)
    assert max(reached) == max(reached[:1_000])
    assert max(reached) <= (count / 4 + 1) * TURN


def test_picking_the_smallest_account_would_leave_the_bound():
    """The negative control: the check sees a strategy that is not fair."""
    with pytest.raises(AssertionError, match="balances sum to"):
        pick_the_smallest([Member(number) for number in range(4)])


def pick_the_smallest(members):
    for number in range(50):
        shares = share_turn([1] * len(members), number)
        for member, share in zip(members, shares, strict=True):
            member.balance += share
        min(members, key=lambda one: (one.balance, one.rep_id)).balance -= TURN
        assert_bounds(members)


def with_large(count):
    return st.lists(
        st.tuples(st.integers(1, 100), st.integers(-2 * TURN, 2 * TURN), st.integers(0, 5)),
        min_size=count,
        max_size=count + 40,
    )


@settings(max_examples=60, deadline=None)
@given(with_large(LARGE), st.integers(0, 10**9), st.integers(0, 2**63))
def test_arrays_pick_whom_python_picks_to_the_microturn(rows, number, salt):
    members = [Member(7 * n, *row) for n, row in enumerate(rows)]
    turn = Turn(number, salt)
    found = pick(members, turn)
    assert found == pick_in_python(members, [member.weight for member in members], turn)
    assert sum(microturns for _, microturns in found.deltas) == 0


@pytest.mark.parametrize("is_equal", [True, False])
def test_arrays_and_python_stay_together_over_a_long_run(is_equal):
    random = Random(3)
    one = [Member(n, 1 if is_equal else random.randint(1, 9)) for n in range(LARGE + 20)]
    two = [Member(member.rep_id, member.weight) for member in one]
    for number in range(400):
        places = sorted(random.sample(range(len(one)), LARGE + number % 20))
        turn = Turn(number, number)
        chosen = [two[place] for place in places]
        found = pick([one[place] for place in places], turn)
        assert found == pick_in_python(chosen, [member.weight for member in chosen], turn)
        for members in (one, two):
            for rep_id, microturns in found.deltas:
                members[rep_id].balance += microturns
            members[found.rep_id].last_turn = number + 1


IDS = ([1, 2, 3, 4, 5], [901, 7, 12_345, 2, 88], [5, 4, 3, 2, 1])


@pytest.mark.parametrize("weights", [[1, 1, 1, 1, 1], [3, 1, 2, 1, 3]])
def test_ids_age_and_order_of_joining_say_nothing_about_who_gets_what(weights):
    """The same pool under other ids: the first six leads fall to the same places, as often."""
    runs, found = 3_000, []
    for ids in IDS:
        places = Counter()
        for salt in range(runs):
            members = {
                rep_id: Member(rep_id, weight) for rep_id, weight in zip(ids, weights, strict=True)
            }
            for number in range(6):
                one = pick(list(members.values()), Turn(number, 10 * salt + number))
                for rep_id, microturns in one.deltas:
                    members[rep_id].balance += microturns
                members[one.rep_id].last_turn = number + 1
                places[number, ids.index(one.rep_id)] += 1
        found.append(places)
    # Five standard deviations of a difference of two such counts.
    slack = 5 * (2 * runs * 0.25) ** 0.5
    for other in found[1:]:
        for key in {*found[0], *other}:
            assert abs(found[0][key] - other[key]) < slack


def run_declining(declines, leads=6_000, seed=11):
    """Good and bad leads by lot for four reps; Ann (0) declines as told. Returns her good leads."""
    random = Random(seed)
    members = [Member(rep_id) for rep_id in range(4)]
    states = {rep_id: RepState(rep_id, str(rep_id)) for rep_id in range(4)}
    roster = Roster(states, {11: PoolState(11, "P", "p", "ROTATION", members)})
    plan, good = single_plan(pool()), 0
    for number in range(leads):
        is_good = random.random() < 0.3
        verdict = decide(plan, LeadView(number, {}), roster, NOW)
        roster.record(verdict)
        if verdict.rep_id == 0 and declines(is_good):
            view = LeadView(number, {}, excluded_rep_ids=frozenset({0}))
            roster.record(decide(plan, view, roster, NOW))
        elif verdict.rep_id == 0:
            good += is_good
    return good


def test_declining_bad_leads_gains_no_good_ones():
    picky = run_declining(lambda is_good: not is_good)
    honest = run_declining(lambda _: False)
    # A quarter of 30 % of 6,000 either way; four standard deviations.
    assert abs(honest - 450) < 75
    assert picky <= honest + 75
    assert abs(picky - 450) < 75


def test_whoever_declines_everything_is_offered_no_more_than_their_share():
    offers = 0

    def decline(_):
        nonlocal offers
        offers += 1
        return True

    run_declining(decline)
    assert offers <= 6_000 / 4 + 3


@given(st.integers(1, 6), st.lists(st.integers(1, 9), min_size=2, max_size=6), st.data())
def test_weights_that_change_and_members_who_leave_alter_nobodys_balance(leads, weights, data):
    members = [Member(number, weight) for number, weight in enumerate(weights)]
    for _ in iter_leads(members, KINDS["any set"], leads, Random(leads)):
        pass
    before = [member.balance for member in members]
    for member in members:
        member.weight = data.draw(st.integers(1, 9))
    assert [member.balance for member in members] == before
    gone = members.pop()
    held = gone.balance
    for _ in iter_leads(members, KINDS["any set"], 5, Random(leads)):
        assert gone.balance == held
    assert sum(member.balance for member in members) == -held


def test_a_pool_that_grows_keeps_the_bound_of_all_who_were_ever_in_it():
    random = Random(5)
    members = make_members(2, random)
    for number in range(400):
        if number % 50 == 49:
            members.append(Member(100 + number, random.randint(1, 9)))
        for _ in iter_leads(members, KINDS["nearest pair"], 1, random):
            assert_bounds(members)
