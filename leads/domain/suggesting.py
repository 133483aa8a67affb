"""What may be better about a lead's values, for a person to decide: nothing here is certain enough to
be done by itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from leads.domain.mail_domains import LIKELY_TYPOS
from leads.domain.names import repair_case
from leads.domain.postal_codes import subdivision_of_postal_code


@dataclass(frozen=True, slots=True)
class Proposed:
    """One value to change. `why` is a sentence."""

    field: str
    rule: str
    before: str
    after: str
    why: str


FIELDS = (
    "first_name", "last_name", "full_name", "email", "country", "subdivision", "city",
    "phone_country", "postal_code",
)  # fmt: skip
RULES = {
    "country_of_phone": "Country by the phone number",
    "state_of_postal_code": "State by the postal code",
    "casing": "Capitals and small letters",
    "mail_typo": "Mistyped mail domain",
}


def propose(values: Mapping[str, str]) -> list[Proposed]:
    """Everything that may be better; `values` by the columns `FIELDS`. Accepting all of it leaves
    nothing to propose of the same rules."""
    found = [
        _country(values),
        _state(values),
        _mail(values),
        *(_casing(values, name) for name in ("first_name", "last_name", "full_name", "city")),
    ]
    return [one for one in found if one is not None]


def _country(values: Mapping[str, str]) -> Proposed | None:
    country = values["phone_country"]
    if values["country"] or not country:
        return None
    why = f"No country was told, and the phone number is of {country}."
    return Proposed("country", "country_of_phone", "", country, why)


def _state(values: Mapping[str, str]) -> Proposed | None:
    if values["subdivision"] or not values["country"]:
        return None
    state = subdivision_of_postal_code(values["postal_code"], values["country"])
    if not state:
        return None
    why = f"Postal code {values['postal_code']} lies in {state}."
    return Proposed("subdivision", "state_of_postal_code", "", state, why)


def _mail(values: Mapping[str, str]) -> Proposed | None:
    local, _, domain = values["email"].rpartition("@")
    better = LIKELY_TYPOS.get(domain.lower())
    if not local or better is None:
        return None
    why = f"{domain} is often a slip for {better}."
    return Proposed("email", "mail_typo", values["email"], f"{local}@{better}", why)


def _casing(values: Mapping[str, str], name: str) -> Proposed | None:
    before = values[name]
    if len(before) < 2 or not (before.isupper() or before.islower()):
        return None
    after = repair_case(before, is_shouted=True, is_family=name == "last_name")
    if after == before:
        return None
    why = "It is written in capitals." if before.isupper() else "It has no capitals."
    return Proposed(name, "casing", before, after, why)
