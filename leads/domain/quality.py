"""How good the data of one lead is: 0 to 100, as parts that add up.

It says how well a person can be reached and understood, not how likely they buy. The weights are our
own: half is being reachable, because a lead nobody can reach is worth nothing whatever else is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the score: `points` of `most`, and why."""

    name: str
    points: int
    most: int
    why: str


def quality_parts(values: Mapping[str, Any]) -> tuple[Part, ...]:
    """The parts of a lead's score by its columns (names of `Lead`). They add up to 100 at most."""
    return (
        _email(values),
        _phone(values),
        _name(values),
        _company(values),
        _role(values),
        _place(values),
        _wish(values),
    )


def quality_score(values: Mapping[str, Any]) -> int:
    """0 to 100."""
    return sum(part.points for part in quality_parts(values))


def _email(values: Mapping[str, Any]) -> Part:
    if not (values.get("email") and values.get("email_domain")):
        return Part("E-mail", 0, 30, "no usable address")
    if values.get("is_disposable"):
        return Part("E-mail", 3, 30, "a throw-away address")
    if values.get("is_free_mail"):
        return Part("E-mail", 22, 30, "a free mail address")
    return Part("E-mail", 30, 30, "an address of its own domain")


def _phone(values: Mapping[str, Any]) -> Part:
    if values.get("phone_e164"):
        return Part("Phone", 20, 20, "a number that can be called")
    why = "cannot be read as a number" if values.get("phone") else "not told"
    return Part("Phone", 0, 20, why)


def _name(values: Mapping[str, Any]) -> Part:
    if values.get("first_name") and values.get("last_name"):
        return Part("Name", 12, 12, "first and last name")
    if values.get("full_name") or values.get("first_name") or values.get("last_name"):
        return Part("Name", 6, 12, "only one name")
    return Part("Name", 0, 12, "not told")


def _company(values: Mapping[str, Any]) -> Part:
    points = (8 if values.get("company_name") else 0) + (5 if values.get("company_domain") else 0)
    why = {13: "name and domain", 8: "name, no domain", 5: "only its domain", 0: "not told"}[points]
    return Part("Company", points, 13, why)


def _role(values: Mapping[str, Any]) -> Part:
    if values.get("seniority") and values.get("job_function"):
        return Part("Role", 8, 8, "the title says seniority and function")
    if values.get("job_title"):
        return Part("Role", 4, 8, "the title does not say both seniority and function")
    return Part("Role", 0, 8, "not told")


def _place(values: Mapping[str, Any]) -> Part:
    has_inner = values.get("subdivision") or values.get("postal_code") or values.get("city")
    points = (7 if values.get("country") else 0) + (3 if has_inner else 0)
    why = {10: "country and town", 7: "only the country", 3: "no country", 0: "not told"}[points]
    return Part("Place", points, 10, why)


def _wish(values: Mapping[str, Any]) -> Part:
    points = (4 if values.get("products") else 0) + (3 if values.get("message") else 0)
    why = {7: "products and a message", 4: "products", 3: "a message", 0: "nothing told"}[points]
    return Part("Wish", points, 7, why)
