"""The columns of a file of territories, and which header means which."""

import re

from leads.files.columns import normalise_header
from routing.models import TerritoryRole
from routing.territory_files.values import LISTS

ROLES = tuple(TerritoryRole.values)
FIELDS = (
    "name", "parent", "priority", "countries", "subdivisions", "postal_prefixes", "postal_ranges",
    "industries", "employees_min", "employees_max", "named_domains", "is_active",
)  # fmt: skip
OWNER_PARTS = {
    role: (role.lower(), f"{role.lower()}_from", f"{role.lower()}_until") for role in ROLES
}
HEADERS = ("slug", *FIELDS, *(part for parts in OWNER_PARTS.values() for part in parts))
OWNER_HEADERS = ("territory", "role", "rep", "from", "until")

LABELS = {
    "slug": "Slug", "name": "Name", "parent": "Parent", "priority": "Priority",
    "countries": "Countries", "subdivisions": "States and regions",
    "postal_prefixes": "Postal codes beginning with", "postal_ranges": "Postal ranges",
    "industries": "Industries", "employees_min": "Employees, at least",
    "employees_max": "Employees, at most", "named_domains": "Named accounts",
    "is_active": "Active", **dict(TerritoryRole.choices),
}  # fmt: skip
_SYNONYMS = {
    "territory": "slug", "key": "slug", "territory slug": "slug", "parent slug": "parent",
    "country": "countries", "states": "subdivisions", "states and regions": "subdivisions",
    "postal codes beginning with": "postal_prefixes", "postal codes": "postal_prefixes",
    "industry": "industries", "employees at least": "employees_min",
    "employees at most": "employees_max", "named accounts": "named_domains",
    "domains": "named_domains", "active": "is_active",
}  # fmt: skip
_OWNER_SYNONYMS = {
    "slug": "territory", "owner": "rep", "starts on": "from", "since": "from", "ends on": "until",
}  # fmt: skip
_CONTINUED = re.compile(r"(.+) (\d{1,3})")


def recognise_column(header: str) -> str | None:
    """The column that a header of a file of territories stands for; “named_domains_2” goes on after
    “named_domains” and is a column of its own."""
    text = normalise_header(header)
    if found := _COLUMNS.get(text):
        return found
    match = _CONTINUED.fullmatch(text)
    base = _COLUMNS.get(match[1]) if match else None
    return f"{base}_{int(match[2])}" if match and base in LISTS else None


def recognise_owner_column(header: str) -> str | None:
    """The same for a file of owners."""
    return _OWNER_COLUMNS.get(normalise_header(header))


def recognise_any(header: str) -> str | None:
    """A column of either kind of file, to find the header row by."""
    return recognise_column(header) or recognise_owner_column(header)


def is_owner_file(headers: tuple[str, ...]) -> bool:
    """One row per owner rather than per territory."""
    return {"territory", "role", "rep"} <= {recognise_owner_column(header) for header in headers}


def _by_words(names: tuple[str, ...], synonyms: dict[str, str]) -> dict[str, str]:
    return {normalise_header(name): name for name in names} | synonyms


_COLUMNS = _by_words(HEADERS, _SYNONYMS)
_OWNER_COLUMNS = _by_words(OWNER_HEADERS, _OWNER_SYNONYMS)
