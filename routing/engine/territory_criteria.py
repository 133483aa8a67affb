"""Which territory a lead belongs to, and who owns it.

A territory matches when every kind of criterion it states is met and its parents match as well; a
territory without criteria matches everything inside its parent. Within one kind any entry will do,
and postal prefixes and ranges are one kind.

The most specific match wins. Compared in this order, counting what a territory inherits:
 1. a named account (the company's domain is listed),
 2. the longer postal prefix met (a range counts as long as its two ends agree),
 3. a subdivision, 4. a country, 5. industry and company size (both before one),
 6. the deeper place in the tree, 7. the higher priority, 8. the slug, in alphabetical order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from routing.engine.facts import Facts
from routing.engine.normal import fold_text
from routing.engine.operators import find_listed_domain
from routing.engine.postal import compact_postal, is_in_range

Specificity = tuple[int, int, int, int, int]
NOT_SPECIFIC: Specificity = (0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class TerritoryOwner:
    """Days are half-open: the owner's last day is the one before `ends_on`."""

    rep_id: int
    role: str
    starts_on: date
    ends_on: date | None = None

    def is_on_duty(self, role: str, day: date) -> bool:
        is_ended = self.ends_on is not None and self.ends_on <= day
        return self.role == role and self.starts_on <= day and not is_ended


@dataclass(frozen=True, slots=True)
class Territory:
    """Empty criteria match everything. Countries, subdivisions, industries and domains in any
    case."""

    id: int
    slug: str
    name: str
    parent_id: int | None = None
    priority: int = 0
    countries: frozenset[str] = frozenset()
    subdivisions: frozenset[str] = frozenset()
    postal_prefixes: tuple[str, ...] = ()
    postal_ranges: tuple[tuple[str, str], ...] = ()
    industries: frozenset[str] = frozenset()
    employees_min: int | None = None
    employees_max: int | None = None
    domains: frozenset[str] = frozenset()
    owners: tuple[TerritoryOwner, ...] = ()


@dataclass(frozen=True, slots=True)
class TerritoryMatch:
    """`path` runs from the root to the territory itself; `slugs` are those of the path."""

    territory: Territory
    path: tuple[Territory, ...]
    slugs: frozenset[str]


def owner_on(path: Iterable[Territory], role: str, day: date) -> int | None:
    """The rep who owns the most specific territory of the path in this role on that day.

    Of several owners of one territory the one who started last is taken.
    """
    for territory in reversed(tuple(path)):
        owners = [owner for owner in territory.owners if owner.is_on_duty(role, day)]
        if owners:
            return max(owners, key=lambda owner: owner.starts_on).rep_id
    return None


@dataclass(frozen=True, slots=True)
class Place:
    """The facts of a lead that territories look at, in comparable form; "" and None are unknown."""

    country: str
    subdivision: str
    postal: str
    industry: str
    employees: int | float | None
    domain: str

    @classmethod
    def of(cls, facts: Facts) -> Place:
        employees = facts.get("employees")
        is_number = isinstance(employees, int | float) and not isinstance(employees, bool)
        return cls(
            country=_text(facts, "country"),
            subdivision=_text(facts, "subdivision"),
            postal=compact_postal(_text(facts, "postal_code")),
            industry=_text(facts, "industry"),
            employees=employees if is_number else None,  # type: ignore[arg-type]
            domain=_company_domain(facts),
        )


def _text(facts: Facts, name: str) -> str:
    value = facts.get(name)
    return fold_text(value) if isinstance(value, str) else ""


def _company_domain(facts: Facts) -> str:
    """The company's domain, or that of the address unless it is (or may be) a free mail
    provider's."""
    domain = _text(facts, "company_domain")
    if domain or facts.get("is_free_mail") is not False:
        return domain
    return _text(facts, "email_domain")


@dataclass(frozen=True, slots=True)
class Criteria:
    """One territory's own criteria in comparable form."""

    countries: frozenset[str]
    subdivisions: frozenset[str]
    prefixes: tuple[str, ...]
    ranges: tuple[tuple[str, str], ...]
    industries: frozenset[str]
    employees_min: int | None
    employees_max: int | None
    domains: frozenset[str]

    @classmethod
    def of(cls, territory: Territory) -> Criteria:
        return cls(
            countries=_fold_all(territory.countries),
            subdivisions=_fold_all(territory.subdivisions),
            prefixes=tuple(compact_postal(item) for item in territory.postal_prefixes),
            ranges=tuple(
                (compact_postal(low), compact_postal(high)) for low, high in territory.postal_ranges
            ),
            industries=_fold_all(territory.industries),
            employees_min=territory.employees_min,
            employees_max=territory.employees_max,
            domains=_fold_all(territory.domains),
        )

    def find_specificity(self, place: Place) -> Specificity | None:
        """What is met, as the numbers to compare (points 1 to 5 above); None when one is not
        met."""
        is_outside = (
            (self.countries and place.country not in self.countries)
            or (self.subdivisions and place.subdivision not in self.subdivisions)
            or (self.industries and place.industry not in self.industries)
            or not self.meets_size(place.employees)
            or (self.domains and not find_listed_domain(place.domain, self.domains))
        )
        postal_length = self._find_postal_length(place.postal)
        if is_outside or postal_length is None:
            return None
        has_size = self.employees_min is not None or self.employees_max is not None
        return (
            bool(self.domains),
            postal_length,
            bool(self.subdivisions),
            bool(self.countries),
            bool(self.industries) + has_size,
        )

    def meets_size(self, employees: float | None) -> bool:
        if employees is None:
            return self.employees_min is None and self.employees_max is None
        is_too_small = self.employees_min is not None and employees < self.employees_min
        is_too_large = self.employees_max is not None and employees > self.employees_max
        return not is_too_small and not is_too_large

    def _find_postal_length(self, postal: str) -> int | None:
        """How many characters were met: 0 without postal criteria, None when none is met."""
        if not self.prefixes and not self.ranges:
            return 0
        met = [len(prefix) for prefix in self.prefixes if postal.startswith(prefix)]
        met += [
            # At least 1, so that 00000-99999 still beats a subdivision.
            max(1, count_common(low, high))
            for low, high in self.ranges
            if is_in_range(postal, low, high)
        ]
        return max(met, default=None)


def _fold_all(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(fold_text(text) for text in texts)


def count_common(low: str, high: str) -> int:
    """How many leading characters two codes of equal length share."""
    pairs = zip(low, high, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(low), len(high)))
