"""Where territories compete for the same leads, which never win, and which days have no owner.

What a territory states and inherits becomes boxes, one for each length of postal code it can be met
with, because that length counts in the order of precedence (`territory_criteria`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import NamedTuple

from routing.engine.conditions import All, Any, Condition, Test
from routing.engine.facts import Facts
from routing.engine.operators import Operator
from routing.engine.postal import compact_postal
from routing.engine.proving.boxes import Box, intersect, iter_cells, make_bits
from routing.engine.proving.domains import Knowledge
from routing.engine.proving.findings import ProofError
from routing.engine.proving.searching import Cover
from routing.engine.proving.space import Space
from routing.engine.territories import TerritoryIndex, find_path
from routing.engine.territory_criteria import (
    NOT_SPECIFIC,
    Criteria,
    Specificity,
    Territory,
    TerritoryOwner,
    count_common,
)

MANY_CELLS = 512
"""A variable that leaves a box more cells than this is not used to find its neighbours."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two territories (slugs) that are equally specific for the same lead, so that only the last
    steps of the order decide: the higher priority, or else the alphabet (`is_by_slug`)."""

    winner: str
    loser: str
    witness: Facts
    is_by_slug: bool


@dataclass(frozen=True, slots=True)
class TerritoryFindings:
    """`never_won` (slugs): for every lead that they match another territory comes first. `has_more`:
    the list of overlaps was cut off."""

    overlaps: tuple[Overlap, ...] = ()
    never_won: tuple[str, ...] = ()
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class OwnerGap:
    """Nobody owns the territory (slug) or one above it in this role from `starts_on` until before
    `ends_on`; None: for as long as was looked."""

    territory: str
    role: str
    starts_on: date
    ends_on: date | None


class _Claim(NamedTuple):
    """One box of a territory: leads it matches, and how it ranks for them at least. What compares
    higher wins."""

    territory: Territory
    condition: Condition
    specificity: Specificity
    depth: int

    @property
    def level(self) -> tuple[Specificity, int]:
        return self.specificity, self.depth


def prove_territories(
    territories: Iterable[Territory], knowledge: Knowledge | None = None, most: int = 200
) -> TerritoryFindings:
    """`most`: after so many overlaps no more are looked for."""
    by_id = {territory.id: territory for territory in territories}
    claims = [claim for territory in by_id.values() for claim in _list_claims(territory, by_id)]
    # Who wins comes first, so “all that outrank this one” is a run of bits.
    claims.sort(key=_rank, reverse=True)
    claims = _order_equals(claims)
    if not claims:
        return TerritoryFindings()
    return _Proving(claims, TerritoryIndex(by_id.values()), knowledge).prove(most)


def _rank(claim: _Claim) -> tuple[Specificity, int, int]:
    return claim.specificity, claim.depth, claim.territory.priority


def _order_equals(claims: list[_Claim]) -> list[_Claim]:
    """By slug, alphabetically, where the rank is the same."""
    return sorted(sorted(claims, key=lambda claim: claim.territory.slug), key=_rank, reverse=True)


class _Proving:
    def __init__(
        self, claims: Sequence[_Claim], index: TerritoryIndex, knowledge: Knowledge | None
    ) -> None:
        self._claims = claims
        self._index = index
        self._space = Space([claim.condition for claim in claims], knowledge)
        self._boxes: list[Box | None] = []
        for claim in claims:
            found = self._space.find_boxes(claim.condition)
            # All tests of a claim are about different attributes: it is one box, or none.
            self._boxes.append(found[0] if found else None)
        nowhere: Box = {0: 0}
        boxes = [nowhere if box is None else box for box in self._boxes]
        self._cover = Cover(self._space.variables, boxes)

    def prove(self, most: int) -> TerritoryFindings:
        overlaps = list(self._iter_overlaps(most + 1))
        return TerritoryFindings(
            tuple(overlaps[:most]), tuple(sorted(self._list_never_won())), len(overlaps) > most
        )

    def _list_never_won(self) -> set[str]:
        seen, winning = set(), set()
        for number, (claim, box) in enumerate(zip(self._claims, self._boxes, strict=True)):
            slug = claim.territory.slug
            seen.add(slug)
            if slug in winning or box is None:
                continue
            if self._cover.find_point(box, (1 << number) - 1)[0] is not None:
                winning.add(slug)
        return seen - winning

    def _iter_overlaps(self, most: int) -> Iterator[Overlap]:
        seen: set[frozenset[int]] = set()
        for level in self._list_levels():
            bits = make_bits(level)
            for number in level:
                for other in self._list_touching(number, bits):
                    pair = frozenset(self._claims[n].territory.id for n in (number, other))
                    if pair in seen:
                        continue
                    found = self._find_overlap(number, other)
                    if found is not None:
                        seen.add(pair)
                        yield found
                        if len(seen) >= most:
                            return

    def _list_levels(self) -> Iterator[list[int]]:
        levels: dict[tuple[Specificity, int], list[int]] = defaultdict(list)
        for number, claim in enumerate(self._claims):
            if self._boxes[number] is not None:
                levels[claim.level].append(number)
        return iter(levels.values())

    def _list_touching(self, number: int, level: int) -> Iterator[int]:
        """Claims of the level (bits) behind this one that may share a lead with it."""
        box = self._boxes[number] or {}
        bits = level >> (number + 1) << (number + 1)
        for variable, cells in sorted(box.items(), key=lambda item: item[1].bit_count()):
            if not bits or cells.bit_count() > MANY_CELLS:
                break
            bits &= self._cover.list_allowing(variable, cells)
        mine = self._claims[number].territory.id
        for other in iter_cells(bits):
            if self._claims[other].territory.id != mine:
                yield other

    def _find_overlap(self, number: int, other: int) -> Overlap | None:
        """`number` comes first. A lead for which it wins over all, and the other is as specific."""
        first, second = self._claims[number], self._claims[other]
        both = intersect(self._boxes[number] or {}, self._boxes[other] or {})
        if both is None:
            return None
        point = self._cover.find_point(both, (1 << number) - 1)[0]
        if point is None:
            return None
        facts = self._space.make_facts(point)
        match = self._index.locate(facts)
        if match is None or match.territory.id != first.territory.id:
            raise ProofError(f"{match and match.territory.slug} wins {facts}, not {first}.")
        is_by_slug = first.territory.priority == second.territory.priority
        return Overlap(first.territory.slug, second.territory.slug, facts, is_by_slug)


def _list_claims(territory: Territory, by_id: dict[int, Territory]) -> Iterator[_Claim]:
    path = find_path(territory, by_id)
    if path is None:
        return
    steps = [Criteria.of(step) for step in path]
    plain = [test for step in steps for test in _list_tests(step)]
    specificity = _find_plain_specificity(steps)
    for postal in product(*(_list_postal(step) for step in steps)):
        tests = [test for test, _ in postal if test is not None]
        length = max(length for _, length in postal)
        yield _Claim(
            territory,
            All((*plain, *tests)),
            (specificity[0], length, *specificity[2:]),
            len(path),
        )


def _list_tests(step: Criteria) -> Iterator[Condition]:
    if step.countries:
        yield Test("country", Operator.IN, tuple(sorted(step.countries)))
    if step.subdivisions:
        yield Test("subdivision", Operator.IN, tuple(sorted(step.subdivisions)))
    if step.industries:
        yield Test("industry", Operator.IN, tuple(sorted(step.industries)))
    if step.employees_min is not None:
        yield Test("employees", Operator.AT_LEAST, step.employees_min)
    if step.employees_max is not None:
        yield Test("employees", Operator.AT_MOST, step.employees_max)
    if step.domains:
        yield Test("company_domain", Operator.MATCHES_DOMAIN, tuple(sorted(step.domains)))


def _find_plain_specificity(steps: Iterable[Criteria]) -> Specificity:
    """As `Criteria.find_specificity`, for all but the postal code."""
    total = NOT_SPECIFIC
    for step in steps:
        has_size = step.employees_min is not None or step.employees_max is not None
        own = (
            int(bool(step.domains)),
            0,
            int(bool(step.subdivisions)),
            int(bool(step.countries)),
            bool(step.industries) + has_size,
        )
        total = tuple(map(max, total, own))  # type: ignore[assignment]
    return total


def _list_postal(step: Criteria) -> list[tuple[Condition | None, int]]:
    """A test for each length of code that the step can be met with; longer ones are among the
    shorter."""
    if not step.prefixes and not step.ranges:
        return [(None, 0)]
    by_length: dict[int, list[Condition]] = defaultdict(list)
    heads: dict[int, list[str]] = defaultdict(list)
    for prefix in step.prefixes:
        heads[len(prefix)].append(compact_postal(prefix).lower())
    for low, high in step.ranges:
        pair = (low.lower(), high.lower())
        test = Test("postal_code", Operator.WITHIN_POSTAL_RANGE, pair)
        by_length[max(1, count_common(low, high))].append(test)
    for length, found in heads.items():
        by_length[length].append(Test("postal_code", Operator.STARTS_WITH, tuple(sorted(found))))
    return [(Any(tuple(tests)), length) for length, tests in sorted(by_length.items())]


def find_owner_gaps(
    territories: Iterable[Territory], roles: Iterable[str], today: date, days: int = 366
) -> list[OwnerGap]:
    """Days from today on at which nobody owns a territory, or one above it, in one of the roles."""
    by_id = {territory.id: territory for territory in territories}
    horizon = today + timedelta(days=days)
    gaps = []
    for territory in sorted(by_id.values(), key=lambda one: one.slug):
        path = find_path(territory, by_id) or ()
        owners = [owner for step in path for owner in step.owners]
        for role in roles:
            mine = sorted(
                (owner for owner in owners if owner.role == role), key=lambda one: one.starts_on
            )
            gaps += [
                OwnerGap(territory.slug, role, start, None if end >= horizon else end)
                for start, end in _list_free(mine, today, horizon)
            ]
    return gaps


def _list_free(
    owners: Iterable[TerritoryOwner], today: date, horizon: date
) -> Iterator[tuple[date, date]]:
    """Half-open runs of days without any of the owners (in order of their first day)."""
    free_from = today
    for owner in owners:
        if owner.starts_on > free_from:
            yield free_from, min(owner.starts_on, horizon)
        free_from = max(free_from, owner.ends_on or horizon)
        if free_from >= horizon:
            return
    yield free_from, horizon
