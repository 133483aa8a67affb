"""States, provinces and regions to ISO 3166-2, and the country a bare state name may prove."""

import re
from functools import lru_cache

from leads.domain.notes import Notes
from leads.domain.postal_codes import subdivision_of_postal_code
from leads.domain.subdivision_names import ENGLISH_NAMES
from leads.domain.text import NAME_LIMIT, fold, is_placeholder, sanitise_text, shown

_ISO_FORM = re.compile(r"([A-Z]{2})-[A-Z0-9]{1,3}")
_VARIANTS = re.compile(r"[\[\]/*()]")
# Countries whose bare states are recognised when the postal code or the phone agrees.
_COUNTRIES_OF_BARE_STATES = ("US", "CA")


def read_subdivision(raw: str, country: str, notes: Notes) -> str:
    """The ISO 3166-2 code ("US-CA") of a code or name within the country; else empty, a warning."""
    text = sanitise_text(raw, limit=NAME_LIMIT)
    if not text or is_placeholder(text):
        return ""
    code = find_subdivision(text, country)
    if code:
        notes.change("subdivision", "iso_code", raw, code)
    elif country:
        notes.warn(
            "subdivision",
            "subdivision_unknown",
            f"“{shown(text)}” is no known region of {country}.",
        )
    else:
        notes.warn(
            "subdivision",
            "subdivision_unplaced",
            f"“{shown(text)}” cannot be placed: the country is not known.",
        )
    return code


def infer_country(
    raw: str, *, postal_code: str, phone_country: str, default_country: str, notes: Notes
) -> str:
    """The country a state proves together with a second sign, else empty.

    A full ISO code ("DE-BY") proves it alone. A bare state needs the source's default country,
    a postal code of that state, or a phone number of that country.
    """
    text = sanitise_text(raw, limit=NAME_LIMIT)
    if not text:
        return ""
    if (iso := _ISO_FORM.fullmatch(text.upper())) and find_subdivision(text, iso[1]):
        reason, country = "region_code", iso[1]
    elif default_country and find_subdivision(text, default_country):
        reason, country = "region_and_source_country", default_country
    else:
        reason, country = _second_sign(text, postal_code, phone_country)
    if country:
        notes.change("country", f"inferred_from_{reason}", "", country)
    return country


def _second_sign(text: str, postal_code: str, phone_country: str) -> tuple[str, str]:
    for country in _COUNTRIES_OF_BARE_STATES:
        code = find_subdivision(text, country)
        if code and subdivision_of_postal_code(postal_code, country) == code:
            return "region_and_postal_code", country
        if code and phone_country == country:
            return "region_and_phone", country
    return "", ""


@lru_cache(maxsize=8192)
def find_subdivision(name: str, country: str) -> str:
    """The ISO 3166-2 code for a full code, short code or name within the country, or empty."""
    index = subdivision_index().get(country)
    if not index:
        return ""
    folded = fold(name)
    return index.get(folded) or index.get(folded.removeprefix("state of "), "")


@lru_cache(maxsize=1)
def subdivision_index() -> dict[str, dict[str, str]]:
    """Country → folded code or name → ISO 3166-2 code. A region wins over its part of like name."""
    import pycountry

    ordered = sorted(pycountry.subdivisions, key=lambda s: (s.parent_code is not None, s.code))
    index: dict[str, dict[str, str]] = {}
    for entry in ordered:
        names = index.setdefault(entry.country_code, {})
        names[fold(entry.code)] = entry.code
        names[fold(entry.code[3:])] = entry.code
    for entry in ordered:
        for name in _forms(entry.name):
            index[entry.country_code].setdefault(name, entry.code)
    for code, english in ENGLISH_NAMES.items():
        for name in english:
            index[code[:2]].setdefault(fold(name), code)
    return index


def _forms(name: str) -> list[str]:
    """A listed name, its bracketed or slashed twin, and "Madrid, Comunidad de" turned round."""
    forms = [name, *_VARIANTS.split(name)]
    head, comma, tail = name.partition(", ")
    if comma and "," not in tail:
        forms += [head, f"{tail} {head}"]
    return [folded for form in forms if (folded := fold(form))]
