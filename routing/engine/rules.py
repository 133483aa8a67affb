"""Rules and their destinations as a published version holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum

from routing.engine.conditions import Condition
from routing.engine.windows import WeeklyWindow, say_limits


class DestinationKind(StrEnum):
    """OVERFLOW is what a pool hands on to; no rule names it, and only traces hold it."""

    POOL = "POOL"
    REP = "REP"
    TERRITORY_OWNER = "TERRITORY_OWNER"
    ACCOUNT_OWNER = "ACCOUNT_OWNER"
    PREVIOUS_OWNER = "PREVIOUS_OWNER"
    LEAD_FIELD = "LEAD_FIELD"
    HOLDING_QUEUE = "HOLDING_QUEUE"
    NURTURE = "NURTURE"
    REJECT = "REJECT"
    OVERFLOW = "OVERFLOW"


FINAL_KINDS = frozenset(
    {DestinationKind.HOLDING_QUEUE, DestinationKind.NURTURE, DestinationKind.REJECT}
)
"""Destinations that always take the lead."""


@dataclass(frozen=True, slots=True)
class Destination:
    """One choice of a rule; only the fields of its kind are set. `required_skills` (slug to lowest
    level) come on top of those of the pool. `max_age_days` is of PREVIOUS_OWNER, None for any age;
    `lead_field` is an attribute whose value names a rep."""

    kind: DestinationKind
    pool_id: int | None = None
    rep_id: int | None = None
    territory_role: str | None = None
    holding_queue_id: int | None = None
    track: str | None = None
    reason: str | None = None
    max_age_days: int | None = None
    lead_field: str | None = None
    required_skills: Mapping[str, int] = field(default_factory=dict)

    @property
    def target(self) -> int | str | None:
        """What the kind points at: an id, a role, a track, a reason, a number of days or a field."""
        return getattr(self, _TARGETS[self.kind]) if self.kind in _TARGETS else None


_TARGETS: dict[DestinationKind, str] = {
    DestinationKind.POOL: "pool_id",
    DestinationKind.REP: "rep_id",
    DestinationKind.TERRITORY_OWNER: "territory_role",
    DestinationKind.PREVIOUS_OWNER: "max_age_days",
    DestinationKind.LEAD_FIELD: "lead_field",
    DestinationKind.HOLDING_QUEUE: "holding_queue_id",
    DestinationKind.NURTURE: "track",
    DestinationKind.REJECT: "reason",
    DestinationKind.OVERFLOW: "pool_id",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """`choices` are tried in order. The dates are half-open instants; None is open on that side.
    `fault` says why the stored rule cannot be read; such a rule is never met."""

    id: int
    position: int
    name: str
    condition: Condition
    choices: tuple[Destination, ...]
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    weekly_window: WeeklyWindow | None = None
    fault: str = ""

    @property
    def is_limited(self) -> bool:
        """Whether the rule is limited by date or by weekday and hour."""
        limits = (self.starts_at, self.ends_at, self.weekly_window)
        return any(limit is not None for limit in limits)

    def is_in_force(self, now: datetime, zone: tzinfo) -> bool:
        is_early = self.starts_at is not None and now < self.starts_at
        is_late = self.ends_at is not None and now >= self.ends_at
        if is_early or is_late:
            return False
        return self.weekly_window is None or self.weekly_window.covers(now, zone)

    def say_limits(self, zone: tzinfo) -> str:
        """“from 1 Dec 2026 09:00, Mon–Fri 09:00–17:00”; "" for a rule that is always in force."""
        return say_limits(self.starts_at, self.ends_at, self.weekly_window, zone)
