from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine.roster import TURN, Member
from routing.engine.strategies import STRATEGIES, get_strategy
from routing.engine.strategies.weighted import Turn, pick, share_turn

weights = st.lists(st.integers(1, 60), min_size=1, max_size=14)
salts = st.integers(0, 2**63)


class Ledger:
    """The pool as the database keeps it: balances, last turns, turn number."""

    def __init__(self, member_weights, strategy=pick):
        self.members = {
            number: Member(rep_id=number, weight=weight)
            for number, weight in enumerate(member_weights, 1)
        }
        self.strategy = strategy
        self.turn_number = 0

    def take(self, rep_ids=None, salt=0):
        candidates = [self.members[rep_id] for rep_id in rep_ids or self.members]
        found = self.strategy(candidates, Turn(self.turn_number, salt))
        self.turn_number += 1
        for rep_id, microturns in found.deltas:
            self.members[rep_id].balance += microturns
        self.members[found.rep_id].last_turn = self.turn_number
        return found

    def balances(self):
        return [member.balance for member in self.members.values()]


@given(weights, st.integers(0, 10**9))
def test_a_turn_is_divided_without_remainder_and_to_the_microturn(member_weights, turn_number):
    shares = share_turn(member_weights, turn_number)
    assert sum(shares) == TURN
    for share, weight in zip(shares, member_weights, strict=True):
        assert abs(share - Fraction(TURN * weight, sum(member_weights))) < 2


@given(weights, st.integers(0, 10**6), st.integers(1, 200))
def test_remainders_never_build_up(member_weights, first, count):
    turns = [share_turn(member_weights, first + number) for number in range(count)]
    for position, weight in enumerate(member_weights):
        exact = Fraction(count * TURN * weight, sum(member_weights))
        assert abs(sum(turn[position] for turn in turns) - exact) < 2


@given(weights, st.data())
def test_a_pool_sums_to_zero_whoever_is_eligible(member_weights, data):
    ledger = Ledger(member_weights)
    some = st.sets(st.sampled_from(sorted(ledger.members)), min_size=1).map(sorted)
    for _ in range(30):
        rep_ids = data.draw(some)
        found = ledger.take(rep_ids, data.draw(salts))
        assert found.rep_id in rep_ids
        assert {rep_id for rep_id, _ in found.deltas} == set(rep_ids)
        assert sum(microturns for _, microturns in found.deltas) == 0
        assert sum(ledger.balances()) == 0


def worst_distance(member_weights, leads, salt=0):
    """Greatest distance from the exact share in leads, by counting: not by the engine's
    balances."""
    ledger = Ledger(member_weights)
    total, counts, worst = sum(member_weights), dict.fromkeys(ledger.members, 0), Fraction(0)
    for lead in range(1, leads + 1):
        counts[ledger.take(salt=salt + lead).rep_id] += 1
        for rep_id, member in ledger.members.items():
            share = Fraction(lead * member.weight, total)
            worst = max(worst, abs(counts[rep_id] - share))
    return worst


@settings(max_examples=60, deadline=None)
@given(weights, salts)
def test_with_a_fixed_pool_each_stays_within_one_lead_of_the_exact_share(member_weights, salt):
    assert worst_distance(member_weights, min(2 * sum(member_weights), 250), salt) <= 1


def test_weights_on_which_the_largest_account_alone_would_fail_stay_within_one_lead():
    hard = [1, 1, 3, 3, 34, 1, 13, 3, 3, 21, 34, 34, 1]
    assert worst_distance(hard, 3 * sum(hard)) < 1
    assert worst_largest_account(hard, sum(hard)) > 1


def worst_largest_account(member_weights, leads):
    """The negative control: the same accounts, but the largest account is picked."""
    total, accounts = sum(member_weights), [0] * len(member_weights)
    worst = Fraction(0)
    for _ in range(leads):
        accounts = [held + weight for held, weight in zip(accounts, member_weights, strict=True)]
        accounts[accounts.index(max(accounts))] -= total
        worst = max(worst, Fraction(max(map(abs, accounts)), total))
    return worst


def test_two_hundred_reps_share_a_long_run_within_one_lead():
    member_weights = [1 + number % 5 for number in range(200)]
    assert worst_distance(member_weights, 1_300) <= 1


@given(weights, st.data())
def test_the_order_of_the_candidates_does_not_matter(member_weights, data):
    ledger = Ledger(member_weights)
    members = list(ledger.members.values())
    for member in members:
        member.balance = data.draw(st.integers(-2 * TURN, 2 * TURN))
    shuffled = data.draw(st.permutations(members))
    salt = data.draw(salts)
    assert pick(members, Turn(7, salt)) == pick(shuffled, Turn(7, salt))


@given(weights, st.integers(0, 40), st.integers(1, 60))
def test_joining_changes_nobodys_balance(member_weights, leads, newcomer_weight):
    ledger = Ledger(member_weights)
    for lead in range(leads):
        ledger.take(salt=lead)
    before = ledger.balances()
    ledger.members[99] = Member(rep_id=99, weight=newcomer_weight)
    assert ledger.balances()[:-1] == before
    ledger.take()
    assert sum(ledger.balances()) == 0


@given(weights, st.integers(1, 60), salts)
def test_absence_is_neutral(member_weights, leads, salt):
    """An absent member's account stands still, and the others share as if it did not exist."""
    ledger, without = Ledger([5, *member_weights]), Ledger([5, *member_weights])
    del without.members[1]
    present = [rep_id for rep_id in ledger.members if rep_id != 1]
    for lead in range(leads):
        assert ledger.take(present, salt + lead) == without.take(salt=salt + lead)
    assert ledger.members[1].balance == 0
    assert ledger.members[1].last_turn == 0


@settings(max_examples=40)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=10), st.randoms(use_true_random=False))
def test_when_eligibility_changes_with_every_lead_accounts_stay_bounded(member_weights, random):
    ledger = Ledger(member_weights)
    for lead in range(300):
        count = random.randint(1, len(member_weights))
        ledger.take(sorted(random.sample(sorted(ledger.members), count)), lead)
    assert max(map(abs, ledger.balances())) < len(member_weights) * TURN


def test_first_turns_favour_no_low_id():
    firsts = [Ledger([1] * 5).take(salt=salt).rep_id for salt in range(500)]
    assert all(60 < firsts.count(rep_id) < 140 for rep_id in range(1, 6))


def test_ties_go_to_the_least_recently_picked():
    members = [Member(rep_id=1, last_turn=9), Member(rep_id=2, last_turn=4)]
    assert all(pick(members, Turn(0, salt)).rep_id == 2 for salt in range(50))


def test_a_whole_turn_owed_is_paid_at_once():
    members = [Member(rep_id=1, weight=90), Member(rep_id=2, weight=1, balance=TURN)]
    assert pick(members, Turn()).rep_id == 2


def test_when_only_the_absent_are_owed_the_fullest_account_is_picked():
    members = [Member(rep_id=1, balance=-3 * TURN), Member(rep_id=2, balance=-2 * TURN)]
    assert pick(members, Turn()).rep_id == 2


@given(st.integers(1, 12), st.integers(1, 60), salts)
def test_rotation_gives_everyone_a_turn_before_anyone_gets_a_second(count, leads, salt):
    ledger = Ledger(range(1, count + 1), STRATEGIES["ROTATION"])
    got = [ledger.take(salt=salt + lead).rep_id for lead in range(leads)]
    for start in range(0, leads, count):
        whole_round = got[start : start + count]
        assert len(set(whole_round)) == len(whole_round)


def test_no_candidates_and_unknown_strategies_are_refused():
    with pytest.raises(ValueError, match="at least one candidate"):
        pick([], Turn())
    with pytest.raises(ValueError, match="no strategy called “BEST”"):
        get_strategy("BEST")
