"""What a posted lead may say, and how it becomes the payload of an intake item."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from leadrouter.common.errors import InvalidInput
from leads.domain.attribution import CLICK_ID_KEYS, UTM_KEYS, VALUE_LIMIT, touch_from_url
from leads.domain.draft import FIELDS
from leads.domain.emails import read_email
from leads.domain.notes import Notes
from leads.domain.text import NAME_LIMIT as SHORT_LIMIT
from leads.domain.text import sanitise_text

NAME_LIMIT = 100
# Other names that programs send for our fields, in snake_case; camelCase and dashes are understood.
ALIASES: dict[str, tuple[str, ...]] = {
    "full_name": ("name", "contact_name"),
    "first_name": ("firstname", "given_name", "fname"),
    "last_name": ("lastname", "family_name", "surname", "lname"),
    "email": ("e_mail", "mail", "email_address", "work_email"),
    "phone": ("phone_number", "telephone", "tel", "mobile", "mobile_phone"),
    "job_title": ("jobtitle", "title", "position"),
    "company": ("company_name", "organization", "organisation", "employer"),
    "website": ("company_website", "company_url", "domain"),
    "employees": ("company_size", "employee_count", "number_of_employees"),
    "country": ("country_code",),
    "subdivision": ("state", "region", "province", "county"),
    "city": ("town",),
    "postal_code": ("zip", "zip_code", "postcode", "postalcode"),
    "street": ("address", "street_address"),
    "language": ("locale", "lang"),
    "products": ("product", "interests", "product_interest"),
    "message": ("comment", "comments", "notes", "description"),
    "external_id": ("lead_id", "record_id"),
    "occurred_at": ("submitted_at",),
    "consent": ("opt_in", "marketing_consent", "gdpr_consent"),
}
ADDRESS_ALIASES: dict[str, tuple[str, ...]] = {
    "landing_url": ("page_url", "landing_page"),
    "referrer": ("referer", "referrer_url"),
}
CUSTOM = "custom"
_CANONICAL: dict[str, str] = {
    alias: name
    for table in (ALIASES, ADDRESS_ALIASES)
    for name, aliases in table.items()
    for alias in (name, *aliases)
} | {name: name for name in (*FIELDS, CUSTOM)}
_TRACKING = {key.lower(): key for key in (*UTM_KEYS, *CLICK_ID_KEYS)}
_SHORT = frozenset({"full_name", "first_name", "last_name", "company", "job_title", "city"})
_NUMBERS_TOO = frozenset({"employees", "postal_code", "external_id", "phone"})
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_DIGITS = re.compile(r"\d")
# No country's numbers are shorter; a local number without its area code is no way to reach anybody.
FEWEST_DIGITS = 6
_PLAIN_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}", re.ASCII)


@dataclass(slots=True)
class Reading:
    """A posted lead sorted into the parts of a payload; `warnings` are shown to the sender."""

    fields: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    tracking: dict[str, str] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    warnings: list[dict[str, str]] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)

    def warn(self, name: str, code: str, message: str) -> None:
        self.warnings.append({"field": name[:NAME_LIMIT], "code": code, "message": message})


def read_lead(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The payload of an intake item and the warnings for its sender.

    Raises: InvalidInput naming every field of a wrong type, or that nobody could be reached.
    """
    reading = Reading()
    for name, value in data.items():
        if value is not None:
            _place(reading, name, value)
    _demand_contact(reading)
    if reading.problems:
        raise InvalidInput(_sentence(reading.problems), fields=reading.problems)
    return _payload(reading), reading.warnings


def _sentence(problems: Mapping[str, str]) -> str:
    name, problem = next(iter(problems.items()))
    others = len(problems) - 1
    more = f" ({others} more field{'s' if others > 1 else ''} refused.)" if others else ""
    return f"{name}: {problem}{more}"


@lru_cache(maxsize=4096)
def canonical_name(name: str) -> str:
    """Our name of a sent field: a lead field, an address, a utm_* or click id, "custom", or ""."""
    if name in _CANONICAL:
        return _CANONICAL[name]
    snake = _WORD_START.sub("_", name[:NAME_LIMIT]).replace("-", "_").replace(" ", "_").lower()
    return _CANONICAL.get(snake) or _TRACKING.get(snake, "")


def _place(reading: Reading, name: str, value: Any) -> None:
    known = canonical_name(name)
    if known == CUSTOM:
        _take_custom(reading, name, value)
    elif known in ADDRESS_ALIASES:
        _take_once(reading, reading.addresses, known, name, _plain_text(value))
    elif known in ALIASES or known in FIELDS:
        _take_once(reading, reading.fields, known, name, _field_text(known, value))
    elif known:
        _take_once(reading, reading.tracking, known, name, _plain_text(value))
    else:
        reading.extra.setdefault(name[:NAME_LIMIT], value)
        reading.warn(name, "unknown_field", "Not a field of a lead; kept with the delivery.")


def _take_once(
    reading: Reading, taken: dict[str, str], known: str, name: str, text: str | None
) -> None:
    if text is not None and len(text) > SHORT_LIMIT and known in _SHORT:
        reading.warn(name, "text_cut", f"Only the first {SHORT_LIMIT} characters are kept.")
    if text is None:
        reading.problems[name[:NAME_LIMIT]] = _expectation(known)
    elif taken.setdefault(known, text) != text:
        reading.problems[name[:NAME_LIMIT]] = f"Another value for {known} is given as well."


def _take_custom(reading: Reading, name: str, value: Any) -> None:
    if not isinstance(value, dict):
        reading.problems[name[:NAME_LIMIT]] = 'Must be an object, like {"budget": "10k"}.'
        return
    reading.extra |= {key[:NAME_LIMIT]: inner for key, inner in value.items()}


def _plain_text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _field_text(known: str, value: Any) -> str | None:
    """The raw text of a field, None when the value has a type that cannot mean it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return ("yes" if value else "no") if known == "consent" else None
    if isinstance(value, int):
        return str(value) if known in _NUMBERS_TOO else None
    if known == "products" and isinstance(value, list):
        return ", ".join(value) if all(isinstance(item, str) for item in value) else None
    return None


def _expectation(known: str) -> str:
    if known == "consent":
        return "Must be true, false or text."
    if known == "products":
        return "Must be text or a list of texts."
    if known in _NUMBERS_TOO:
        return "Must be text or a whole number."
    return "Must be text."


def _demand_contact(reading: Reading) -> None:
    """Refuses what nobody could answer, at once: cleansing would only make a dead letter of it."""
    email, phone = reading.fields.get("email", ""), reading.fields.get("phone", "")
    # Most addresses are plain; only a doubtful one is worth the time of reading it in full.
    has_email = bool(_PLAIN_EMAIL.fullmatch(email) or read_email(email, Notes()).key)
    has_phone = len(_DIGITS.findall(phone)) >= FEWEST_DIGITS
    if has_email or has_phone:
        if email.strip() and not has_email:
            message = "Not an e-mail address; kept as it was sent, and the phone number is used."
            reading.warn("email", "email_unusable", message)
        return
    for name, value in (("email", email), ("phone", phone)):
        given = "Cannot be used." if value.strip() else "Missing."
        message = f"{given} A lead needs an e-mail address or a phone number."
        reading.problems.setdefault(name, message)


def _payload(reading: Reading) -> dict[str, Any]:
    if not (reading.addresses or reading.tracking):
        touch = {"landing_url": "", "referrer": "", "utm": {}, "click_ids": {}}
        return {"fields": reading.fields, "touch": touch, "extra": reading.extra}
    visit = touch_from_url(
        reading.addresses.get("landing_url", ""), reading.addresses.get("referrer", "")
    )
    said = {key: sanitise_text(raw, limit=VALUE_LIMIT) for key, raw in reading.tracking.items()}
    utm = {key.removeprefix("utm_"): text for key, text in said.items() if key in UTM_KEYS and text}
    clicks = {key: text for key, text in said.items() if key in CLICK_ID_KEYS and text}
    touch = {
        "landing_url": visit.landing_url,
        "referrer": visit.referrer,
        "utm": visit.utm | utm,
        "click_ids": visit.click_ids | clicks,
    }
    return {"fields": reading.fields, "touch": touch, "extra": reading.extra}
