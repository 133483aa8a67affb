"""Which of two deliveries is believed about a field, when they come in any order.

The later event wins, field by field, whichever arrives first; so all orders end alike. What belongs
together (a name, an address, a phone number with its country) is told and believed together.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from leads.domain.draft import Draft
from leads.domain.survivorship import Value, merge_fields

# What is told together, by the field that decides.
UNITS: dict[str, tuple[str, ...]] = {
    "full_name": ("full_name", "first_name", "last_name"),
    "email": ("email", "email_key", "email_domain", "is_free_mail"),
    "phone": ("phone", "phone_e164", "phone_country"),
    "company": ("company_name", "company_key"),
    "place": ("country", "subdivision", "city", "postal_code", "street"),
}
_UNIT_OF = {name: unit for unit, names in UNITS.items() for name in names}
EVERYTHING_ELSE = "*"


def merge_told(
    existing: Mapping[str, Value],
    draft: Draft,
    *,
    at: datetime,
    told_at: Mapping[str, str],
    first_at: datetime,
    is_correction: bool,
) -> tuple[dict[str, Value], dict[str, str]]:
    """The fields of `existing` to change, and `told_at` after it.

    `at` is when the event happened, `first_at` when whatever `told_at` does not name was told. A
    correction (the sender changed its record of the person) replaces whatever was told before; what a
    person tells anew follows `survivorship`.
    """
    if_newer = merge_fields(existing, draft, is_newer=True)
    if_older = merge_fields(existing, draft, is_newer=False)
    if is_correction:
        if_newer |= _corrections(existing, draft)
    changes: dict[str, Value] = {}
    told = dict(told_at)
    for name in (*if_newer, *(set(if_older) - set(if_newer))):
        merged = if_newer if is_newer(name, at, told_at, first_at) else if_older
        if name in merged:
            changes[name] = merged[name]
    for unit in {_UNIT_OF.get(name, name) for name in _told(existing, draft)}:
        if is_newer(unit, at, told_at, first_at):
            told[unit] = at.isoformat()
    return changes, told


def is_newer(name: str, at: datetime, told_at: Mapping[str, str], first_at: datetime) -> bool:
    """Whether an event at that moment is not older than what is known of the field."""
    stated = told_at.get(_UNIT_OF.get(name, name)) or told_at.get(EVERYTHING_ELSE)
    return at >= (datetime.fromisoformat(stated) if stated else first_at)


def _corrections(existing: Mapping[str, Value], draft: Draft) -> dict[str, Value]:
    """Every field that the draft names; of what belongs together, all of it."""
    named = set(_told(existing, draft))
    units = {_UNIT_OF.get(name, name) for name in named}
    whole = [name for unit in units for name in UNITS.get(unit, (unit,))]
    return {
        name: value
        for name in whole
        if name in existing and (value := getattr(draft, name)) != existing[name]
    }


def _told(existing: Mapping[str, Value], draft: Draft) -> Iterator[str]:
    for name in existing:
        value: Any = getattr(draft, name, None)
        if value not in (None, "", (), False):
            yield name
