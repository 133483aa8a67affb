"""What is known about a lead at the moment of a decision, by attribute name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, tzinfo

FactValue = str | int | float | bool | frozenset[str] | None
Facts = Mapping[str, FactValue]
"""Keys are attribute names. A missing key, None, blank text and an empty set all mean “unknown”."""

JsonFact = str | int | float | bool | list[str] | None

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


def facts_to_json(facts: Facts) -> dict[str, JsonFact]:
    """Facts as plain JSON, names in order: sets become sorted lists, NaN and infinities (not JSON)
    null."""
    return {name: _to_json(facts[name]) for name in sorted(facts)}


def _to_json(value: FactValue) -> JsonFact:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def facts_from_json(data: Mapping[str, JsonFact]) -> dict[str, FactValue]:
    """The exact inverse of `facts_to_json`: a list can only have been a set."""
    return {
        name: frozenset(value) if isinstance(value, list) else value for name, value in data.items()
    }


def arrival_facts(received_at: datetime, zone: tzinfo) -> dict[str, FactValue]:
    """Weekday and hour of arrival on the clocks of the rule set's zone."""
    local = received_at.astimezone(zone)
    return {"arrival_weekday": WEEKDAYS[local.weekday()], "arrival_hour": local.hour}
