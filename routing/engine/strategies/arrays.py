"""The turns of large pools over arrays: the same picks as `weighted`, to the microturn.

A step over thousands of members in Python takes milliseconds; numpy takes microseconds. Everything
is kept in floats, which is exact here: whole numbers below 2^53, and the correctly rounded quotient
of two such numbers never crosses a whole number that the true quotient does not reach.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from routing.engine.roster import TURN, Member
from routing.engine.strategies.turns import Pick, Turn, draw_lot

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


def pick_large(ordered: Sequence[Member], weights: Sequence[int], turn: Turn) -> Pick:
    """Like `weighted.pick_among` without anybody catching up; the members by rep id."""
    count = len(ordered)
    accounts = Accounts(
        [member.rep_id for member in ordered],
        np.fromiter(weights, np.float64, count),
        np.fromiter((member.balance for member in ordered), np.float64, count),
        np.fromiter((member.last_turn for member in ordered), np.intp, count),
        turn.number,
    )
    chosen, credits_due = accounts.choose(np.arange(count), turn.salt)
    credits_due[chosen] -= TURN
    deltas = zip(accounts.rep_ids, map(int, credits_due.tolist()), strict=True)
    return Pick(accounts.rep_ids[chosen], tuple(deltas))


class Accounts:
    """The accounts of one pool, for many turns in a row. Places count members from 0, by rep id."""

    def __init__(
        self,
        rep_ids: list[int],
        weights: Floats,
        balances: Floats,
        last_turns: Places,
        turn_number: int = 0,
    ) -> None:
        self.rep_ids, self.weights, self.balances = rep_ids, weights, balances
        self.last_turns, self.turn_number = last_turns, turn_number
        # Made once: an array of thousands takes longer to get than to fill.
        self._space = [np.empty(len(rep_ids)) for _ in range(4)]
        self._flags = np.empty(len(rep_ids), np.bool_)

    def take(self, places: Places, salt: int) -> int:
        """Takes one turn among these members, in order of place; returns the place picked."""
        chosen, _ = self.choose(places, salt)
        balances = self._space[2][: len(places)]
        self.balances[places] = balances
        picked = int(places[chosen])
        self.balances[picked] -= TURN
        self.turn_number += 1
        self.last_turns[picked] = self.turn_number
        return picked

    def choose(self, places: Places, salt: int) -> tuple[int, Floats]:
        """The position in `places` to pick, and everybody's credit; nothing is changed yet."""
        weights, shares, balances, spare = (one[: len(places)] for one in self._space)
        # Unlike "raise", "clip" needs no copy; places are within range anyway.
        self.weights.take(places, out=weights, mode="clip")
        self._share(weights, shares, spare)
        self.balances.take(places, out=balances, mode="clip")
        np.add(balances, shares, out=balances)
        highest = int(balances.argmax())
        fullest = float(balances[highest])
        flags = self._flags[: len(places)]
        if fullest >= TURN or fullest <= 0:
            np.equal(balances, fullest, out=flags)
        else:
            np.subtract(TURN, balances, out=spare)
            np.divide(spare, weights, out=spare)
            np.less_equal(balances, 0, out=flags)
            np.copyto(spare, np.inf, where=flags)
            highest = int(spare.argmin())
            np.equal(spare, spare[highest], out=flags)
        if np.count_nonzero(flags) > 1:
            highest = self._settle_tie(places, flags.nonzero()[0], salt)
        return highest, shares

    def _settle_tie(self, places: Places, tied: Places, salt: int) -> int:
        """Most ties end with who has waited longest, so only the rest is looked at one by one."""
        last_turns = self.last_turns[places[tied]]
        longest = tied[last_turns == last_turns.min()].tolist()
        if len(longest) == 1:
            return int(longest[0])
        rep_ids = {place: self.rep_ids[places[place]] for place in longest}
        return draw_lot(longest, rep_ids, salt)

    def _share(self, weights: Floats, shares: Floats, spare: Floats) -> None:
        """As `turns.share_turn`, of which only the remainder of what went before matters."""
        np.add.accumulate(weights, out=spare)
        total = int(spare[-1])
        before = self.turn_number * TURN % total
        np.multiply(spare, before + TURN, out=shares)
        np.divide(shares, total, out=shares)
        np.floor(shares, out=shares)
        if before:
            np.multiply(spare, before, out=spare)
            np.divide(spare, total, out=spare)
            np.floor(spare, out=spare)
            np.subtract(shares, spare, out=shares)
        spare[0] = 0
        spare[1:] = shares[:-1]
        np.subtract(shares, spare, out=shares)
