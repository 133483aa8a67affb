"""The shapes a lead has between a way in (flat raw text) and the database (a cleansed draft)."""

from dataclasses import dataclass, field
from datetime import datetime

FIELD_LABELS: dict[str, str] = {
    "full_name": "Full name",
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "phone": "Phone",
    "job_title": "Job title",
    "company": "Company",
    "website": "Website",
    "industry": "Industry",
    "employees": "Employees",
    "country": "Country",
    "subdivision": "State or region",
    "city": "City",
    "postal_code": "Postal code",
    "street": "Street",
    "language": "Language",
    "products": "Products of interest",
    "message": "Message",
    "campaign": "Campaign",
    "external_id": "External id",
    "occurred_at": "Occurred at",
    "consent": "Consent",
}
FIELDS: tuple[str, ...] = tuple(FIELD_LABELS)


@dataclass(frozen=True, slots=True)
class Change:
    """One value brought to normal form. `before` and `after` are safe to store and show."""

    field: str
    rule: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class FieldWarning:
    """A doubt about a value; the lead is still workable."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused: a sentence for a human that names the field and the reason."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A cleansed lead. Unknown is the empty string, None or the empty tuple, never a guess.

    `email` and `phone` are as shown to people; only `email_key` and `phone_e164` are usable
    addresses, and both are empty when the raw text could not be read.
    """

    first_name: str = ""
    last_name: str = ""
    full_name: str = ""
    email: str = ""
    email_key: str = ""
    email_domain: str = ""
    is_free_mail: bool = False
    is_disposable: bool = False
    phone: str = ""
    phone_e164: str = ""
    phone_country: str = ""
    phone_extension: str = ""
    job_title: str = ""
    company_name: str = ""
    company_key: str = ""
    company_domain: str = ""
    website: str = ""
    industry: str = ""
    employees: int | None = None
    country: str = ""
    subdivision: str = ""
    city: str = ""
    postal_code: str = ""
    street: str = ""
    language: str = ""
    products: tuple[str, ...] = ()
    message: str = ""
    campaign: str = ""
    external_id: str = ""
    occurred_at: datetime | None = None
    consent: bool | None = None
    changes: tuple[Change, ...] = field(default=())
    warnings: tuple[FieldWarning, ...] = field(default=())
    identity_keys: tuple[tuple[str, str], ...] = field(default=())


def fields_of(draft: Draft) -> dict[str, str]:
    """The draft as flat raw fields again; `cleanse(fields_of(d))` keeps every value of `d`."""
    same_name = {name: getattr(draft, name) for name in FIELDS if name in _PLAIN_TEXT}
    return same_name | {
        "company": draft.company_name,
        "employees": "" if draft.employees is None else str(draft.employees),
        "products": ", ".join(draft.products),
        "occurred_at": draft.occurred_at.isoformat() if draft.occurred_at else "",
        "consent": {True: "yes", False: "no", None: ""}[draft.consent],
    }


_PLAIN_TEXT = frozenset(FIELDS) - {"company", "employees", "products", "occurred_at", "consent"}
