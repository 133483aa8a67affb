"""A raw lead brought to normal form in one pass, with every change, doubt and refusal recorded."""

from collections.abc import Mapping
from typing import Any

from leads.domain import companies, countries, mail_domains, phones, subdivisions
from leads.domain.draft import Draft, Problem
from leads.domain.emails import EmailReading, read_email
from leads.domain.identity import keys_for
from leads.domain.moments import read_moment
from leads.domain.names import read_name
from leads.domain.notes import Notes
from leads.domain.phones import PhoneReading, international_country, read_phone
from leads.domain.postal_codes import read_postal_code, subdivision_of_postal_code
from leads.domain.text import NAME_LIMIT, SUBJECT_LIMIT, TEXT_LIMIT, is_placeholder, sanitise_text
from leads.domain.values import read_consent, read_employees, read_products

EXTERNAL_ID_LIMIT = 255
INDUSTRY_LIMIT = 100


def inspect(
    fields: Mapping[str, str], *, default_country: str = ""
) -> tuple[Draft, tuple[Problem, ...]]:
    """The cleansed draft and what makes the row unacceptable (empty when it is workable).

    `fields` has raw text by the names of `draft.FIELDS`; missing means empty, others are ignored.
    `default_country` (ISO alpha-2 or empty) reads national phone numbers and bare states; it never
    becomes the lead's country by itself. Never raises on text.
    """
    notes = Notes()
    email = read_email(fields.get("email", ""), notes)
    place = _read_place(fields, default_country, notes)
    region = place["country"] or default_country
    phone = read_phone(fields.get("phone", ""), region, notes)
    parts = {
        **place,
        **_read_person(fields, email, notes),
        **_read_company(fields, email, notes),
        **_read_interest(fields, region, notes),
    }
    _judge_contact(email, phone, notes)
    draft = Draft(
        **parts,
        **_contact(email, phone),
        changes=tuple(notes.changes),
        warnings=tuple(notes.warnings),
    )
    return draft, tuple(notes.problems)


def cleanse(fields: Mapping[str, str], *, default_country: str = "") -> Draft:
    """The draft alone. Idempotent: cleansing `fields_of(draft)` gives the same values again."""
    return inspect(fields, default_country=default_country)[0]


def check(fields: Mapping[str, str], *, default_country: str = "") -> tuple[Problem, ...]:
    """Only what makes the row unacceptable, in a third of the time: what `inspect` says of it."""
    notes = Notes()
    email = read_email(fields.get("email", ""), notes)
    place = _read_place(fields, default_country, notes)
    phone = read_phone(fields.get("phone", ""), place["country"] or default_country, notes)
    _judge_contact(email, phone, notes)
    return tuple(notes.problems)


def warm_up() -> None:
    """Load every table now (about 0.6 s, once per process), so that no lead waits for it."""
    countries.country_index()
    countries.country_codes()
    countries.language_index()
    subdivisions.subdivision_index()
    companies.legal_forms()
    mail_domains.registrable_domain("example.com")
    phones.load_metadata()
    inspect(
        {"full_name": "Dr. Ada de Lovelace", "email": "ada@example.com", "phone": "+15550100001"}
    )


def _read_place(fields: Mapping[str, str], default_country: str, notes: Notes) -> dict[str, Any]:
    raw_region = fields.get("subdivision", "")
    country = countries.read_country(fields.get("country", ""), notes)
    if raw_region and not country:
        country = subdivisions.infer_country(
            raw_region,
            postal_code=fields.get("postal_code", ""),
            phone_country=international_country(fields.get("phone", "")),
            default_country=default_country,
            notes=notes,
        )
    subdivision = subdivisions.read_subdivision(raw_region, country, notes)
    postal_code = read_postal_code(fields.get("postal_code", ""), country, notes)
    lies_in = subdivision_of_postal_code(postal_code, country)
    if subdivision and lies_in and lies_in != subdivision:
        message = f"Postal code {postal_code} lies in {lies_in}, not in {subdivision}."
        notes.warn("postal_code", "postal_code_elsewhere", message)
    return {
        "country": country,
        "subdivision": subdivision,
        "postal_code": postal_code,
        "city": _line(fields, "city", NAME_LIMIT, notes),
        "street": _line(fields, "street", SUBJECT_LIMIT, notes),
    }


def _read_person(fields: Mapping[str, str], email: EmailReading, notes: Notes) -> dict[str, Any]:
    first, last = fields.get("first_name", ""), fields.get("last_name", "")
    full = fields.get("full_name", "")
    if email.display_name and not (first.strip() or last.strip() or full.strip()):
        full = email.display_name
        notes.change("full_name", "taken_from_email", "", full)
    name = read_name(first, last, full, notes)
    return {
        "first_name": name.first,
        "last_name": name.last,
        "full_name": name.full,
        "job_title": _line(fields, "job_title", NAME_LIMIT, notes),
        "language": countries.read_language(fields.get("language", ""), notes),
        "consent": read_consent(fields.get("consent", ""), notes),
    }


def _read_company(fields: Mapping[str, str], email: EmailReading, notes: Notes) -> dict[str, Any]:
    name, key = companies.read_company(fields.get("company", ""), notes)
    website, site_domain = companies.read_website(fields.get("website", ""), notes)
    is_own_mail = email.domain and not (email.is_free_mail or email.is_disposable)
    mail_domain = mail_domains.registrable_domain(email.domain) if is_own_mail else ""
    return {
        "company_name": name,
        "company_key": key,
        "company_domain": site_domain or mail_domain,
        "website": website,
        "industry": _line(fields, "industry", INDUSTRY_LIMIT, notes),
        "employees": read_employees(fields.get("employees", ""), notes),
    }


def _read_interest(fields: Mapping[str, str], region: str, notes: Notes) -> dict[str, Any]:
    return {
        "products": read_products(fields.get("products", ""), notes),
        "message": _read_message(fields.get("message", ""), notes),
        "campaign": _line(fields, "campaign", NAME_LIMIT, notes),
        "external_id": _line(fields, "external_id", EXTERNAL_ID_LIMIT, notes),
        "occurred_at": read_moment(fields.get("occurred_at", ""), region, notes),
    }


def _read_message(raw: str, notes: Notes) -> str:
    whole = sanitise_text(raw, limit=2 * TEXT_LIMIT, keeps_lines=True)
    message = whole[:TEXT_LIMIT].rstrip()
    notes.change("message", "tidied", raw, message)
    if message != whole:
        notes.warn("message", "cut", f"Message was cut to {TEXT_LIMIT} characters.")
    return message


def _contact(email: EmailReading, phone: PhoneReading) -> dict[str, Any]:
    return {
        "email": email.shown,
        "email_key": email.key,
        "email_domain": email.domain,
        "is_free_mail": email.is_free_mail,
        "is_disposable": email.is_disposable,
        "phone": phone.shown,
        "phone_e164": phone.e164,
        "phone_country": phone.country,
        "phone_extension": phone.extension,
        "identity_keys": keys_for(
            email_key=email.key, phone_e164=phone.e164, phone_extension=phone.extension
        ),
    }


def _line(fields: Mapping[str, str], field: str, limit: int, notes: Notes) -> str:
    raw = fields.get(field, "")
    if not raw:
        return ""
    text = sanitise_text(raw, limit=limit)
    if is_placeholder(text):
        text = ""
    notes.change(field, "tidied", raw, text)
    return text


def _judge_contact(email: EmailReading, phone: PhoneReading, notes: Notes) -> None:
    """A person who can be reached one way is workable; what is wrong with the other is a doubt."""
    is_email_refused = bool(notes.problems)  # two people's addresses: said already
    faults = [("phone", "phone_invalid", phone.fault)]
    if not is_email_refused:
        faults.insert(0, ("email", "email_invalid", email.fault))
    tell = notes.warn if email.key or phone.e164 else notes.refuse
    for field, code, message in faults:
        if message:
            tell(field, code, message)
    if not (email.shown or phone.shown):
        notes.refuse("email", "contact_missing", "E-mail and Phone are both empty; one is needed.")
