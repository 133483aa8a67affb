"""Which fields of two leads are chosen together when they become one."""

from collections.abc import Mapping
from typing import Any

# unit: (label, fields). Parts of one unit never come from two leads: no half of an address.
UNITS: dict[str, tuple[str, tuple[str, ...]]] = {
    "name": ("Name", ("full_name", "first_name", "last_name")),
    "email": ("E-mail", ("email", "email_domain", "is_free_mail")),
    "phone": ("Phone", ("phone_e164", "phone", "phone_country")),
    "job_title": ("Job title", ("job_title",)),
    "company": (
        "Company",
        ("company_name", "company_domain", "website", "account_id", "account_match"),
    ),
    "industry": ("Industry", ("industry",)),
    "employees": ("Employees", ("employees",)),
    "place": ("Place", ("country", "subdivision", "city", "postal_code", "street")),
    "language": ("Language", ("language",)),
    "message": ("Message", ("message",)),
    "consent": ("Consent", ("consent",)),
    "deal": ("Deal", ("deal_value", "deal_currency")),
}
KEPT, MERGED = "kept", "merged"


def chosen_values(
    choices: Mapping[str, str], merged: Mapping[str, Any], kept: Mapping[str, Any]
) -> dict[str, Any]:
    """{field: value} of the units that a person chose, whatever survivorship would have done."""
    sides = {KEPT: kept, MERGED: merged}
    return {name: sides[side][name] for unit, side in choices.items() for name in UNITS[unit][1]}


def default_side(unit: str, after: Mapping[str, Any], kept: Mapping[str, Any]) -> str:
    """Whose value of a unit the rules of survivorship take (“merged” when it fills a blank)."""
    names = UNITS[unit][1]
    return KEPT if all(after[name] == kept[name] for name in names) else MERGED
