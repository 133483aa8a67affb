"""Other ways to share leads, written from their published descriptions, as peers.

Each is told the weights once and then picks one of the eligible for lead after lead. Sources: plain
and weighted round robin as in K. Katevenis et al., IEEE JSAC 9 (1991) 1265-1279; smooth weighted
round robin as in nginx (src/http/ngx_http_upstream_round_robin.c, 2012); stride scheduling with a
global pass for those who come back, C. Waldspurger, W. Weihl, MIT/LCS/TM-528 (1995).
"""

from collections.abc import Sequence
from random import Random
from typing import Protocol

from routing.engine.roster import TURN, Member
from routing.engine.strategies import STRATEGIES, Turn


class Sharing(Protocol):
    def pick(self, eligible: Sequence[int]) -> int: ...


class RoundRobin:
    """Everybody as often in a row as their weight; who is not eligible is passed by."""

    def __init__(self, weights: Sequence[int], _: Random) -> None:
        self.order = [place for place, weight in enumerate(weights) for _ in range(weight)]
        self.next = 0

    def pick(self, eligible: Sequence[int]) -> int:
        wanted = set(eligible)
        while True:
            place = self.order[self.next]
            self.next = (self.next + 1) % len(self.order)
            if place in wanted:
                return place


class WeightedRandom:
    """A lot for each lead."""

    def __init__(self, weights: Sequence[int], random: Random) -> None:
        self.weights, self.random = weights, random

    def pick(self, eligible: Sequence[int]) -> int:
        return self.random.choices(eligible, [self.weights[place] for place in eligible])[0]


class SmoothWeighted:
    """Each eligible one gains their weight; the highest is picked and loses the sum."""

    def __init__(self, weights: Sequence[int], _: Random) -> None:
        self.weights, self.current = weights, [0] * len(weights)

    def pick(self, eligible: Sequence[int]) -> int:
        total = 0
        for place in eligible:
            self.current[place] += self.weights[place]
            total += self.weights[place]
        best = max(eligible, key=self.current.__getitem__)
        self.current[best] -= total
        return best


class Stride:
    """The lowest pass is picked and moves on by 1 / weight; who comes back starts at the pool's."""

    def __init__(self, weights: Sequence[int], _: Random) -> None:
        self.weights = weights
        self.passes = [1 / weight for weight in weights]
        self.pool_pass = 0.0
        self.present: set[int] = set()

    def pick(self, eligible: Sequence[int]) -> int:
        for place in eligible:
            if place not in self.present:
                self.passes[place] = max(self.passes[place], self.pool_pass)
        self.present = set(eligible)
        best = min(eligible, key=self.passes.__getitem__)
        self.passes[best] += 1 / self.weights[best]
        self.pool_pass += 1 / sum(self.weights[place] for place in eligible)
        return best


class Accounts:
    """The product's rotation by weight."""

    def __init__(self, weights: Sequence[int], random: Random) -> None:
        self.members = [Member(place, weight) for place, weight in enumerate(weights)]
        self.random, self.number = random, 0

    def pick(self, eligible: Sequence[int]) -> int:
        chosen = [self.members[place] for place in eligible]
        turn = Turn(self.number, self.random.getrandbits(32))
        found = STRATEGIES["WEIGHTED"](chosen, turn)
        self.number += 1
        for place, microturns in found.deltas:
            self.members[place].balance += microturns
        self.members[found.rep_id].last_turn = self.number
        assert abs(self.members[found.rep_id].balance) < len(self.members) * TURN
        return found.rep_id


PEERS: dict[str, type[Sharing]] = {
    "round robin": RoundRobin,
    "weighted random": WeightedRandom,
    "smooth weighted round robin": SmoothWeighted,
    "stride": Stride,
    "leadrouter": Accounts,
}
