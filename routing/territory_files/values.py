"""One value of a territory as people write it, and what is wrong with it: for forms and files alike."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import pycountry
from django.core.exceptions import ValidationError

from leadrouter.common.admin_choices import country_codes
from leads.domain.countries import find_country
from routing.engine.postal import compact_postal, find_range_fault


@lru_cache(maxsize=4096)
def read_country(text: str) -> str:
    code = text.upper()
    if code in country_codes():
        return code
    if found := (find_country(text) if len(text) > 2 else ""):
        return found
    raise ValidationError(f"“{text}” is not a country code.")


@lru_cache(maxsize=4096)
def read_subdivision(text: str) -> str:
    code = text.upper().replace("_", "-")
    found: Any = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
    if found is None:
        raise ValidationError(f"“{text}” is not a state or region code such as US-CA.")
    return code


def read_postal_prefix(text: str) -> str:
    code = compact_postal(text)
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{0,9}", code):
        raise ValidationError(f"“{text}” is not the beginning of a postal code.")
    return code


def read_postal_range(text: str) -> list[str]:
    """“10000–19999”, “10000-19999”, “10000..19999” or “10000 to 19999” as [low, high]."""
    ends = re.split(r"\s*(?:–|—|\.\.+|\bto\b)\s*", text)
    if len(ends) == 1:
        ends = text.split("-")
    if len(ends) != 2:
        raise ValidationError(f"“{text}” is not a range such as 10000–19999.")
    low, high = (compact_postal(end) for end in ends)
    if fault := find_range_fault(low, high):
        raise ValidationError(f"“{text}”: {fault}")
    return [low, high]


def read_domain(text: str) -> str:
    domain = re.sub(r"^(https?://)?(www\.)?", "", text.lower()).rstrip("/.")
    if not re.fullmatch(r"[^\s/@:.]+(\.[^\s/@:.]+)+", domain):
        raise ValidationError(f"“{text}” is not a web domain such as example.com.")
    return domain


LISTS: dict[str, Callable[[str], Any]] = {
    "countries": read_country,
    "subdivisions": read_subdivision,
    "postal_prefixes": read_postal_prefix,
    "postal_ranges": read_postal_range,
    "industries": str,
    "named_domains": read_domain,
}


class OwnerPeriod(NamedTuple):
    """Who owns a territory in one role; `ends_on` is the first day not owned any more."""

    rep: str
    starts_on: date
    ends_on: date | None = None


def find_period_fault(periods: Sequence[OwnerPeriod], role: str) -> str | None:
    """What is wrong with the owners of one role, as a sentence: one at a time, each for a day at least."""
    for period in periods:
        if period.ends_on is not None and period.ends_on <= period.starts_on:
            return f"{period.rep} ends before starting."
    for earlier, later in pairwise(sorted(periods, key=lambda period: period.starts_on)):
        if earlier.ends_on is None or earlier.ends_on > later.starts_on:
            return (
                f"{earlier.rep} and {later.rep} both own it as {role} on "
                f"{later.starts_on:%d %b %Y}. End the first by then."
            )
    return None
