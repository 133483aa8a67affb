"""A person as matching sees them: what a delivery or a stored lead says, in one shape."""

import re
from dataclasses import dataclass, field

from leads.domain.draft import Draft
from leads.domain.text import fold

_EXTENSION = re.compile(r"(?:\bext\.?|\bx|#|;ext=|\bdw\.?|\bapp\.?)\s*(\d{1,6})\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Person:
    """Unknown is the empty string. `email` is the key form, `phone` E.164, `company` the folded key.

    `given` and `family` are the words of the name, folded; a name that is one word is given.
    """

    given: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    shown_name: str = ""
    email: str = ""
    is_free_mail: bool = False
    phone: str = ""
    extension: str = ""
    company: str = ""
    company_domain: str = ""
    shown_company: str = ""
    country: str = ""
    city: str = ""
    postal_code: str = ""
    street: str = ""
    job_title: str = ""
    lead_id: int = field(default=0, compare=False)


def person_of_draft(draft: Draft) -> Person:
    """The person a delivery names."""
    given, family = name_words(draft.first_name, draft.last_name, draft.full_name)
    return Person(
        given=given,
        family=family,
        shown_name=draft.full_name,
        email=draft.email_key,
        is_free_mail=draft.is_free_mail or draft.is_disposable,
        phone=draft.phone_e164,
        extension=draft.phone_extension,
        company=draft.company_key,
        company_domain=draft.company_domain,
        shown_company=draft.company_name or draft.company_domain,
        country=draft.country,
        city=draft.city,
        postal_code=draft.postal_code,
        street=draft.street,
        job_title=draft.job_title,
    )


def name_words(first: str, last: str, full: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The folded words of given and family name; from the whole name where its parts are unknown."""
    given, family = fold(first).split(), fold(last).split()
    if not given and not family:
        *given, last_word = fold(full).split() or [""]
        family = [last_word] if last_word and given else []
        given = given or ([last_word] if last_word else [])
    return tuple(given), tuple(family)


def read_extension(phone: str) -> str:
    """The extension of a number as typed ("+49 30 1234 ext. 12" gives 12), empty if it has none."""
    found = _EXTENSION.search(phone)
    return found[1] if found else ""


def email_key_of(email: str, email_domain: str) -> str:
    """The key of a stored address, whose domain may be shown in letters of another script."""
    return f"{email.rpartition('@')[0].lower()}@{email_domain}" if email_domain else ""
