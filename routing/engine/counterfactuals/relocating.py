"""Moving a lead into a territory by changing what its criteria ask for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from routing.engine.facts import Facts, FactValue
from routing.engine.operators import find_listed_domain
from routing.engine.territories import Territory, TerritoryIndex
from routing.engine.territory_criteria import Criteria, Place

FILLERS = ("", "0", "00", "000", "0000", " 1AA", "1AA")


def relocate(
    index: TerritoryIndex, facts: Facts, slugs: frozenset[str]
) -> dict[str, FactValue] | None:
    """The facts with as much changed as it takes to belong to the territory whose path has these slugs
    (in any case); None when no attempt ended there."""
    wanted = {slug.casefold() for slug in slugs}
    for path in index.list_paths():
        if {step.slug.casefold() for step in path} != wanted:
            continue
        for lead in _list_attempts(facts, path):
            match = index.locate(lead)
            if match is not None and match.territory.id == path[-1].id:
                return lead
    return None


def leave_all(
    index: TerritoryIndex, facts: Facts, countries: Iterable[str]
) -> dict[str, FactValue] | None:
    """The facts with a country in which nobody has a territory; None when there is none of these."""
    for country in countries:
        lead = {**facts, "country": country}
        for name in ("subdivision", "postal_code"):
            lead.pop(name, None)
        if index.locate(lead) is None:
            return lead
    return None


def _list_attempts(facts: Facts, path: tuple[Territory, ...]) -> Iterable[dict[str, FactValue]]:
    """Leads that meet every criterion of the path, with one postal code after another."""
    lead = dict(facts)
    for step in path:
        _meet(lead, step)
    codes = [code for step in reversed(path) for code in _list_codes(step)]
    yield lead
    for code in codes:
        yield {**lead, "postal_code": code}
    # Something more specific may have been in the way: facts that nobody asks for are dropped.
    for name in ("company_domain", "email_domain", "postal_code", "subdivision"):
        lead = {key: value for key, value in lead.items() if key != name}
        for step in path:
            _meet(lead, step)
        yield lead
        for code in codes:
            yield {**lead, "postal_code": code}


def _meet(lead: dict[str, FactValue], step: Territory) -> None:
    place, criteria = Place.of(lead), Criteria.of(step)
    if criteria.countries and place.country not in criteria.countries:
        lead["country"] = min(step.countries)
        # A state or a code of another country would contradict it.
        lead.pop("subdivision", None)
        lead.pop("postal_code", None)
    if criteria.subdivisions and place.subdivision not in criteria.subdivisions:
        lead["subdivision"] = min(step.subdivisions)
    if criteria.industries and place.industry not in criteria.industries:
        lead["industry"] = min(step.industries)
    if not criteria.meets_size(place.employees):
        low, high = step.employees_min, step.employees_max
        is_too_large = place.employees is not None and high is not None and place.employees > high
        lead["employees"] = high if is_too_large or low is None else low
    if criteria.domains and not find_listed_domain(place.domain, criteria.domains):
        lead["company_domain"] = min(step.domains)


def _list_codes(step: Territory) -> Iterable[str]:
    for prefix in step.postal_prefixes:
        yield from (f"{prefix}{filler}" for filler in FILLERS)
    for low, high in step.postal_ranges:
        yield low
        yield high
