"""Which values of two attributes never occur together, as axioms of the space.

The kind of a source follows from the source. A territory occurs only in its countries; and where
territories ask for nothing but the country, a lead from there belongs to one of them or to one that
comes before it in the order of precedence (`territory_criteria`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from routing.engine.normal import fold_text
from routing.engine.proving.boxes import Box
from routing.engine.proving.domains import Domain, Knowledge, ListedDomain
from routing.engine.proving.domains.members import ListedSetsDomain
from routing.engine.territories import find_path
from routing.engine.territory_criteria import Criteria, Territory, count_common

Rank = tuple[tuple[int, ...], int, int]


def list_ties(domains: Mapping[str, Domain], knowledge: Knowledge) -> list[Box]:
    """Boxes in which no lead can be."""
    return [*_tie_followers(domains, knowledge), *_tie_territories(domains, knowledge)]


def _tie_followers(domains: Mapping[str, Domain], knowledge: Knowledge) -> Iterator[Box]:
    for name, (leader, values) in knowledge.follows.items():
        first, second = domains.get(leader), domains.get(name)
        if not isinstance(first, ListedDomain) or not isinstance(second, ListedDomain):
            continue
        full = second.variables[0].full
        for value, follower in values.items():
            cell, other = first.find_cell(value), second.find_cell(follower)
            if cell and other != full:
                yield {first.first: cell, second.first: full & ~other}


def _tie_territories(domains: Mapping[str, Domain], knowledge: Knowledge) -> Iterator[Box]:
    country, territory = domains.get("country"), domains.get("territory")
    if not isinstance(country, ListedDomain) or not isinstance(territory, ListedSetsDomain):
        return
    by_id = {one.id: one for one in knowledge.places}
    paths = [path for one in by_id.values() if (path := find_path(one, by_id)) is not None]
    cells = {
        path[-1].id: territory.find_set(frozenset(step.slug for step in path)) for path in paths
    }
    outranked = _find_outranked(paths, cells)
    for path in paths:
        here = _find_countries(path)
        if here is None:
            continue
        inside = 0
        for code in here:
            inside |= country.find_cell(code)
        outside = country.variables[0].full & ~inside
        if outside and cells[path[-1].id]:
            yield {country.first: outside, territory.first: cells[path[-1].id]}
        if inside and _asks_only_for_country(path):
            unknown = territory.variables[0].unknown
            yield {country.first: inside, territory.first: unknown | outranked[path[-1].id]}


def _find_outranked(
    paths: Sequence[tuple[Territory, ...]], cells: Mapping[int, int]
) -> dict[int, int]:
    """{territory: cells of all that rank lower, whatever the lead}."""
    outranked: dict[int, int] = {}
    below = 0
    ordered = sorted(paths, key=_find_highest_rank)
    for _, equals in groupby(ordered, key=_find_highest_rank):
        group = [path[-1].id for path in equals]
        outranked |= dict.fromkeys(group, below)
        for one in group:
            below |= cells[one]
    return outranked


def _find_countries(path: tuple[Territory, ...]) -> frozenset[str] | None:
    """Those that every step of the path allows; None where none of them says."""
    found: frozenset[str] | None = None
    for step in path:
        own = frozenset(map(fold_text, step.countries))
        if own:
            found = own if found is None else found & own
    return found


def _asks_only_for_country(path: tuple[Territory, ...]) -> bool:
    return not any(
        step.subdivisions
        or step.postal_prefixes
        or step.postal_ranges
        or step.industries
        or step.domains
        or step.employees_min is not None
        or step.employees_max is not None
        for step in path
    )


def _find_highest_rank(path: tuple[Territory, ...]) -> Rank:
    """How the territory ranks where its longest postal code is met; the slug is left out, so equal
    ranks exclude nothing."""
    domains = postal = subdivisions = countries = others = 0
    for step in map(Criteria.of, path):
        has_size = step.employees_min is not None or step.employees_max is not None
        lengths = [len(prefix) for prefix in step.prefixes]
        lengths += [max(1, count_common(low, high)) for low, high in step.ranges]
        domains = max(domains, bool(step.domains))
        postal = max([postal, *lengths])
        subdivisions = max(subdivisions, bool(step.subdivisions))
        countries = max(countries, bool(step.countries))
        others = max(others, bool(step.industries) + has_size)
    return (domains, postal, subdivisions, countries, others), len(path), path[-1].priority
