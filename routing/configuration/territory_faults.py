"""What the form of a territory would refuse as well: codes that do not exist, two owners at once."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from leadrouter.common.admin_fields import write_value
from routing.configuration.columns import Entry
from routing.models import Territory, TerritoryRole
from routing.territory_files.values import LISTS, OwnerPeriod, find_period_fault


def find_territory_faults(entry: Entry, known: Territory | None) -> Iterator[tuple[str, str]]:
    """Yields (field, sentence). What is there already may come back as it is, right or wrong."""
    for name, read in LISTS.items():
        values = entry.get(name, [])
        if known is not None and values == getattr(known, name):
            continue
        for value in values:
            try:
                read(write_value(value))
            except ValidationError as fault:
                yield name, " ".join(fault.messages)
    for role, periods in _periods(entry).items():
        if fault_of_role := find_period_fault(periods, role):
            yield "owners", fault_of_role


def _periods(entry: Entry) -> dict[str, list[OwnerPeriod]]:
    """Owners by role; a day that does not exist is refused where the owner is written."""
    found: dict[str, list[OwnerPeriod]] = defaultdict(list)
    for one in entry.get("owners", ()):
        try:
            days = [_day(one[name]) if one.get(name) else None for name in ("starts_on", "ends_on")]
        except ValueError:
            continue
        found[one.get("role", TerritoryRole.AE)].append(OwnerPeriod(one["rep"], *days))  # type: ignore[arg-type]
    return found


def _day(text: Any) -> date:
    return date.fromisoformat(str(text))
