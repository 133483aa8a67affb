"""What giving a lead to a rep is worth, from how their past leads ended.

A rep's chance to win is estimated in two steps, each shrunk towards what is known better. First the
rep is compared with the pool by all other sources: the leads they won there against those the pool's
rates would have won, as if they had also closed `PRIOR` leads exactly like the pool. So nobody looks
better for having been given better sources. Then the source itself: the leads they won from it, as
if they had also closed `PRIOR` of them at the source's rate times that comparison. Where all known
deals of the pool are in one currency, the chance is multiplied by the size of deals, shrunk the same
way; else it stands alone.

Source: D. Clayton, J. Kaldor, Empirical Bayes estimates of age-standardized relative risks,
Biometrics 43 (1987) 671-681 (observed over expected, shrunk by a prior of observed and expected
counts); B. Efron, C. Morris, Stein's paradox in statistics, Scientific American 236 (1977) 119-127.
The prior's strength is a stated choice, not estimated, so that it does not jump from day to day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

PRIOR = 20
"""Leads closed like the pool's that are added to everybody's own."""
FEWEST_OUTCOMES = 30
"""With fewer won and lost leads in a pool nothing is expected of anybody."""
FEWEST_DEALS = 10
"""With fewer deals of known size only the chance counts."""


class Tally(NamedTuple):
    """How the leads of one rep from one source ended. `deal_cents` is the sum over `deals` won leads
    whose size is known, all in `currency`."""

    rep_id: int
    source: str
    won: int
    lost: int
    deals: int = 0
    deal_cents: int = 0
    currency: str = ""


class Expectation(NamedTuple):
    """`worth` compares: millionths of a won lead, or of a cent. `closed` counts the rep's own won and
    lost leads behind it."""

    worth: int
    text: str
    closed: int


@dataclass(slots=True)
class _Sum:
    """Something that was won over how many were closed; cents over deals likewise."""

    won: int = 0
    closed: int = 0

    def shrink(self, rate: Fraction) -> Fraction:
        """The mean, as if `PRIOR` more had been closed at this rate."""
        return (self.won + PRIOR * rate) / (self.closed + PRIOR)


class OutcomeTable:
    """The outcomes of one pool's members. Expectations are worked out when first asked for."""

    def __init__(self, tallies: Iterable[Tally]) -> None:
        self._own: dict[int, dict[str, _Sum]] = defaultdict(lambda: defaultdict(_Sum))
        self._by_source: dict[str, _Sum] = defaultdict(_Sum)
        self._deals: dict[int, _Sum] = defaultdict(_Sum)
        self._pool = _Sum()
        self._all_deals = _Sum()
        self._known: dict[tuple[int, str], Expectation] = {}
        currencies = set()
        for one in tallies:
            for total in (
                self._own[one.rep_id][one.source],
                self._by_source[one.source],
                self._pool,
            ):
                total.won += one.won
                total.closed += one.won + one.lost
            for total in (self._deals[one.rep_id], self._all_deals):
                total.won += one.deal_cents
                total.closed += one.deals
            currencies |= {one.currency} if one.deals else set()
        is_enough = len(currencies) == 1 and self._all_deals.closed >= FEWEST_DEALS
        self.currency = currencies.pop() if is_enough else ""

    @property
    def closed(self) -> int:
        """Won and lost leads of all members."""
        return self._pool.closed

    @property
    def is_telling(self) -> bool:
        """False while too few leads have ended to expect anything of anybody."""
        return self.closed >= FEWEST_OUTCOMES and self._pool.won > 0

    def expect(self, rep_id: int, source: str) -> Expectation:
        """What a lead from this source is worth with this rep. Raises: ValueError when the table is
        not telling."""
        if not self.is_telling:
            raise ValueError(f"{self.closed} outcomes are too few to expect anything.")
        key = (rep_id, source)
        if key not in self._known:
            self._known[key] = self._work_out(rep_id, source)
        return self._known[key]

    def count_closed(self, rep_id: int) -> int:
        """Won and lost leads of one member."""
        return sum(total.closed for total in self._own[rep_id].values())

    def _work_out(self, rep_id: int, source: str) -> Expectation:
        expected = min(Fraction(1), self._ratio(rep_id, source) * self._source_rate(source))
        chance = self._own[rep_id][source].shrink(expected)
        closed = self.count_closed(rep_id)
        if not self.currency:
            return Expectation(int(chance * 1_000_000), f"{float(chance):.2f}", closed)
        mean = Fraction(self._all_deals.won, self._all_deals.closed)
        cents = chance * self._deals[rep_id].shrink(mean)
        return Expectation(
            int(cents * 1_000_000), f"{round(cents / 100):,} {self.currency}", closed
        )

    def _ratio(self, rep_id: int, source: str) -> Fraction:
        """Won against what the pool would have won, over the rep's sources but this one."""
        others = [(one, total) for one, total in self._own[rep_id].items() if one != source]
        expected = sum(total.closed * self._source_rate(one) for one, total in others)
        prior = PRIOR * self._pool_rate()
        return (sum(total.won for _, total in others) + prior) / (expected + prior)

    def _source_rate(self, source: str) -> Fraction:
        return self._by_source[source].shrink(self._pool_rate())

    def _pool_rate(self) -> Fraction:
        return Fraction(self._pool.won, self._pool.closed)
