"""Random and hostile sequences of leads, to see how far balances can be driven.

A sequence has 2 to 6 members and some ten leads; who is eligible for each, and with which weight, is
chosen by one of the `KINDS`. Played with the product's own picks.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise
from random import Random

from routing.engine.roster import TURN, Member
from routing.engine.strategies import STRATEGIES, Turn

Chooser = Callable[[Sequence[Member], Random], Sequence[Member]]
pick = STRATEGIES["WEIGHTED"]


def _any_set(members: Sequence[Member], random: Random) -> Sequence[Member]:
    return random.sample(members, random.randint(1, len(members)))


def _new_weights(members: Sequence[Member], random: Random) -> Sequence[Member]:
    """Any set, and weights that change from lead to lead."""
    for member in members:
        member.weight = random.choice((1, 1, 2, 7, 100))
    return _any_set(members, random)


def _nearest_pair(members: Sequence[Member], random: Random) -> Sequence[Member]:
    """The two whose balances are closest: one of them must fall behind the other."""
    ordered = sorted(members, key=lambda member: (member.balance, random.random()))
    gaps = [two.balance - one.balance for one, two in pairwise(ordered)]
    place = gaps.index(min(gaps))
    return ordered[place : place + 2]


def _without_the_owed(members: Sequence[Member], random: Random) -> Sequence[Member]:
    """Those who are owed most are away, so the others go ever further ahead."""
    ordered = sorted(members, key=lambda member: member.balance)
    return ordered[: random.randint(1, max(1, len(ordered) - 1))]


def _weight_on_the_owed(members: Sequence[Member], random: Random) -> Sequence[Member]:
    """Nearly the whole turn is credited to one who is just not picked."""
    chosen = _any_set(members, random)
    for member in chosen:
        member.weight = 1
    max(chosen, key=lambda member: member.balance).weight = random.choice((1, 30, 100))
    return chosen


def _greedy(members: Sequence[Member], random: Random) -> Sequence[Member]:
    """Of all pairs and triples, the one that leaves the largest balance."""
    sets = [list(one) for size in (2, 3) for one in combinations(members, size)]
    random.shuffle(sets)
    return max(sets or [list(members)], key=_largest_after)


def _largest_after(chosen: Sequence[Member]) -> int:
    deltas = dict(pick(chosen, Turn()).deltas)
    return max(abs(member.balance + deltas[member.rep_id]) for member in chosen)


KINDS: dict[str, Chooser] = {
    "any set": _any_set,
    "any set, new weights": _new_weights,
    "nearest pair": _nearest_pair,
    "the owed are away": _without_the_owed,
    "weight on the owed": _weight_on_the_owed,
    "greedy": _greedy,
}


def make_members(count: int, random: Random) -> list[Member]:
    return [Member(number, random.choice((1, 1, 1, 2, 3, 5, 20))) for number in range(1, count + 1)]


def play(kind: str, seed: int) -> tuple[int, int]:
    """Plays one sequence; returns the number of members and the largest balance, in microturns.

    Raises: AssertionError where a balance, or the sum of any k balances, leaves its bound.
    """
    random = Random(f"{kind}:{seed}")
    members = make_members(random.randint(2, 5 if kind == "greedy" else 6), random)
    leads = random.randint(4, 8 if kind == "greedy" else 16)
    worst = 0
    for _ in iter_leads(members, KINDS[kind], leads, random):
        assert_bounds(members)
        worst = max(worst, *(abs(member.balance) for member in members))
    return len(members), worst


def iter_leads(
    members: Sequence[Member], choose: Chooser, leads: int, random: Random
) -> Iterator[int]:
    """Hands out leads one by one and gives the rep of each."""
    by_rep = {member.rep_id: member for member in members}
    for number in range(leads):
        found = pick(choose(members, random), Turn(number, random.getrandbits(32)))
        for rep_id, microturns in found.deltas:
            by_rep[rep_id].balance += microturns
        by_rep[found.rep_id].last_turn = number + 1
        yield found.rep_id


def assert_bounds(members: Sequence[Member]) -> None:
    """The lemma itself: the k largest balances sum to at most k (n - k) turns, and all to none."""
    count, total = len(members), 0
    for k, balance in enumerate(sorted((one.balance for one in members), reverse=True), 1):
        total += balance
        if total > k * (count - k) * TURN:
            raise AssertionError(f"{k} of {count} balances sum to {total / TURN} turns.")
    if total:
        raise AssertionError(f"The balances of {count} members sum to {total / TURN} turns.")
