"""Half-open periods of time in UTC, and set arithmetic on sorted lists of them.

A list of periods is *canonical* when it is sorted, disjoint and without touching neighbours; every
function here takes periods in any order and answers with a canonical list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SECOND = timedelta(seconds=1)


def to_utc(instant: datetime) -> datetime:
    """The same instant with tzinfo UTC.

    Python subtracts two datetimes of the same non-UTC zone by wall clock, which is an hour wrong
    across a clock change; every instant is therefore brought to UTC before it is compared.
    Raises: ValueError for a naive datetime.
    """
    if instant.utcoffset() is None:
        raise ValueError("An instant needs a time zone.")
    return instant.astimezone(UTC)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From starts_at (included) to ends_at (excluded), never empty. Raises: ValueError."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts_at", to_utc(self.starts_at))
        object.__setattr__(self, "ends_at", to_utc(self.ends_at))
        if self.ends_at <= self.starts_at:
            raise ValueError("A period must end after it starts.")

    def __contains__(self, instant: datetime) -> bool:
        return self.starts_at <= to_utc(instant) < self.ends_at

    @property
    def duration(self) -> timedelta:
        return self.ends_at - self.starts_at

    def overlap(self, other: Period) -> Period | None:
        """The part both have in common, or None when they merely touch or are apart."""
        starts_at = max(self.starts_at, other.starts_at)
        ends_at = min(self.ends_at, other.ends_at)
        return Period(starts_at, ends_at) if starts_at < ends_at else None


def merge(periods: Iterable[Period]) -> list[Period]:
    """The union as a canonical list: overlapping and touching periods become one."""
    merged: list[Period] = []
    for period in sorted(periods):
        if merged and period.starts_at <= merged[-1].ends_at:
            if period.ends_at > merged[-1].ends_at:
                merged[-1] = Period(merged[-1].starts_at, period.ends_at)
        else:
            merged.append(period)
    return merged


def intersect(left: Iterable[Period], right: Iterable[Period]) -> list[Period]:
    """What lies in both, canonical. Linear after sorting."""
    lefts, rights = merge(left), merge(right)
    common: list[Period] = []
    i = j = 0
    while i < len(lefts) and j < len(rights):
        part = lefts[i].overlap(rights[j])
        if part is not None:
            common.append(part)
        if lefts[i].ends_at <= rights[j].ends_at:
            i += 1
        else:
            j += 1
    return common


def subtract(periods: Iterable[Period], removed: Iterable[Period]) -> list[Period]:
    """What lies in periods and not in removed, canonical."""
    holes = merge(removed)
    left: list[Period] = []
    for period in merge(periods):
        cursor = period.starts_at
        for hole in holes:
            if hole.ends_at <= cursor:
                continue
            if hole.starts_at >= period.ends_at:
                break
            if hole.starts_at > cursor:
                left.append(Period(cursor, hole.starts_at))
            cursor = min(hole.ends_at, period.ends_at)
        if cursor < period.ends_at:
            left.append(Period(cursor, period.ends_at))
    return left


def total_seconds(periods: Iterable[Period]) -> int:
    """Whole elapsed seconds covered by the union; a fraction at the end is dropped."""
    return sum((period.duration for period in merge(periods)), timedelta()) // SECOND
