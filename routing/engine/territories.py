"""Finding a lead's territory among many thousands without looking at each.

Every territory is filed once, under the rarest kind of criterion that it states or inherits:
domain, else postal prefix within its countries, else subdivision, else country, else “anywhere”. A
lead looks only into the files that its own facts open; what it finds there is then checked in
full.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from routing.engine.facts import Facts
from routing.engine.postal import is_digits
from routing.engine.territory_criteria import (
    NOT_SPECIFIC,
    Criteria,
    Place,
    Specificity,
    Territory,
    TerritoryMatch,
    TerritoryOwner,
    count_common,
    owner_on,
)

__all__ = ["Territory", "TerritoryIndex", "TerritoryMatch", "TerritoryOwner", "owner_on"]

FileKey = tuple[str, ...]


class TerritoryIndex:
    """Territories are given whole: those whose parent is missing or whose parents form a circle can
    never match and are named in `unreachable` (slugs)."""

    def __init__(self, territories: Iterable[Territory]) -> None:
        by_id = {territory.id: territory for territory in territories}
        self._criteria = {key: Criteria.of(territory) for key, territory in by_id.items()}
        self._paths: dict[int, tuple[Territory, ...]] = {}
        self._files: dict[FileKey, list[int]] = {}
        self.unreachable: tuple[str, ...] = ()
        unreachable = []
        for territory in by_id.values():
            path = find_path(territory, by_id)
            if path is None:
                unreachable.append(territory.slug)
                continue
            self._paths[territory.id] = path
            for key in set(_list_file_keys([self._criteria[step.id] for step in path])):
                self._files.setdefault(key, []).append(territory.id)
        self.unreachable = tuple(sorted(unreachable))
        self._postal_lengths = sorted({len(key[2]) for key in self._files if key[0] == "postal"})

    def __len__(self) -> int:
        return len(self._paths)

    def list_paths(self) -> Iterable[tuple[Territory, ...]]:
        """Each territory that can match, with those above it, from the root."""
        return self._paths.values()

    def list_slugs(self, without: Collection[str] = ()) -> set[frozenset[str]]:
        """What `TerritoryMatch.slugs` can be: for each territory, but those without, its own and those
        above it."""
        return {
            frozenset([step.slug for step in path])
            for path in self._paths.values()
            if path[-1].slug not in without
        }

    def locate(self, facts: Facts) -> TerritoryMatch | None:
        """The most specific territory of the lead (see `territory_criteria.py` for the order), or
        None."""
        if not self._paths:
            return None
        place = Place.of(facts)
        known: dict[int, Specificity | None] = {}
        best: tuple[tuple[Specificity, int, int], str, tuple[Territory, ...]] | None = None
        for territory_id in self._list_candidates(place):
            path = self._paths[territory_id]
            specificity = self._find_path_specificity(path, place, known)
            if specificity is None:
                continue
            rank = (specificity, len(path), path[-1].priority)
            if best is None or rank > best[0] or (rank == best[0] and path[-1].slug < best[1]):
                best = (rank, path[-1].slug, path)
        if best is None:
            return None
        path = best[2]
        return TerritoryMatch(path[-1], path, frozenset([step.slug for step in path]))

    def _list_candidates(self, place: Place) -> Iterator[int]:
        files = self._files
        for key in self._list_keys(place):
            if key in files:
                yield from files[key]

    def _list_keys(self, place: Place) -> Iterator[FileKey]:
        yield ("anywhere",)
        yield ("country", place.country)
        yield ("subdivision", place.subdivision)
        for length in self._postal_lengths:
            if length > len(place.postal):
                break
            head = place.postal[:length]
            yield ("postal", "", head)
            if place.country:
                yield ("postal", place.country, head)
        domain = place.domain
        while domain:
            yield ("domain", domain)
            domain = domain.partition(".")[2]

    def _find_path_specificity(
        self,
        path: tuple[Territory, ...],
        place: Place,
        known: dict[int, Specificity | None],
    ) -> Specificity | None:
        """The best of the path in each kind; `known` remembers parents within one search."""
        total = NOT_SPECIFIC
        for step in path:
            if step.id in known:
                found = known[step.id]
            else:
                found = known[step.id] = self._criteria[step.id].find_specificity(place)
            if found is None:
                return None
            if found != NOT_SPECIFIC:
                total = tuple(map(max, total, found))  # type: ignore[assignment]
        return total


def find_path(territory: Territory, by_id: dict[int, Territory]) -> tuple[Territory, ...] | None:
    """From the root to the territory; None when the chain is broken or circular."""
    path = [territory]
    seen = {territory.id}
    while path[-1].parent_id is not None:
        parent = by_id.get(path[-1].parent_id)
        if parent is None or parent.id in seen:
            return None
        seen.add(parent.id)
        path.append(parent)
    return tuple(reversed(path))


def _list_file_keys(path: list[Criteria]) -> Iterator[FileKey]:
    """Keys under which every lead that can match looks; taken from the nearest step that has
    them."""
    for step in reversed(path):
        if step.domains:
            yield from (("domain", domain) for domain in step.domains)
            return
    countries = _find_nearest([step.countries for step in path])
    for step in reversed(path):
        heads = list(_list_postal_heads(step))
        if heads and all(heads):
            yield from (
                ("postal", country, head) for head in heads for country in countries or {""}
            )
            return
    subdivisions = _find_nearest([step.subdivisions for step in path])
    if subdivisions:
        yield from (("subdivision", subdivision) for subdivision in subdivisions)
    elif countries:
        yield from (("country", country) for country in countries)
    else:
        yield ("anywhere",)


def _find_nearest(criteria: list[frozenset[str]]) -> frozenset[str]:
    return next((found for found in reversed(criteria) if found), frozenset())


def _list_postal_heads(criteria: Criteria) -> Iterator[str]:
    """Prefixes that together cover every code the criteria can meet; "" where none can be named."""
    yield from criteria.prefixes
    for low, high in criteria.ranges:
        if is_digits(low) and is_digits(high):
            yield from cover_range(low, high)
        else:
            yield low[: count_common(low, high)]


def cover_range(low: str, high: str) -> list[str]:
    """The fewest prefixes for exactly the codes of a range: 94000-96199 → 94, 95, 960, 961."""
    heads: list[str] = []
    position, end, width = int(low), int(high), len(low)
    while position <= end:
        size = 1
        while position % (size * 10) == 0 and position + size * 10 - 1 <= end:
            size *= 10
        head = str(position).zfill(width)[: width - len(str(size)) + 1]
        heads.append(head)
        position += size
    return heads
