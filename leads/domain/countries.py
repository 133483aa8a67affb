"""Country and language names to ISO codes by exact look-up in many languages, never by likeness.

Fuzzy search takes "Korea" for North Korea; a wrong country sends a lead to the wrong continent.
"""

from collections import defaultdict
from functools import lru_cache
from typing import Any

from leads.domain.notes import Notes
from leads.domain.text import NAME_LIMIT, fold, is_placeholder, sanitise_text, shown

# The languages trade-show sheets and forms most often arrive in.
NAME_LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "ja", "zh", "ko", "sv", "da", "nb", "fi", "cs",
    "tr", "ru",
)  # fmt: skip
# What people write that no list of official names has. Keys are folded (see text.fold).
_ALIASES = {
    "usa": "US", "us of a": "US", "america": "US", "united states of america": "US",
    "the united states": "US", "estados unidos de america": "US", "etats unis d amerique": "US",
    "vereinigte staaten von amerika": "US", "eeuu": "US", "ee uu": "US", "eua": "US",
    "uk": "GB", "great britain": "GB", "britain": "GB", "england": "GB", "scotland": "GB",
    "wales": "GB", "northern ireland": "GB", "grossbritannien": "GB", "grande bretagne": "GB",
    "gran bretana": "GB", "gran bretagna": "GB", "gra bretanha": "GB", "inglaterra": "GB",
    "angleterre": "GB", "inghilterra": "GB", "groot brittannie": "GB",
    "holland": "NL", "the netherlands": "NL", "hollande": "NL", "holanda": "NL", "olanda": "NL",
    "brd": "DE", "bundesrepublik deutschland": "DE", "federal republic of germany": "DE",
    "uae": "AE", "emirates": "AE", "vae": "AE", "el": "GR", "czech republic": "CZ",
    "republic of ireland": "IE", "eire": "IE", "south korea": "KR", "republic of korea": "KR",
    "rok": "KR", "north korea": "KP", "prc": "CN", "mainland china": "CN", "p r china": "CN",
    "hong kong": "HK", "macau": "MO", "macao": "MO", "taiwan": "TW", "russia": "RU",
    "ivory coast": "CI", "cape verde": "CV", "swaziland": "SZ", "burma": "MM", "turkey": "TR",
    "turkiye": "TR", "macedonia": "MK", "vatican": "VA", "palestine": "PS", "kosovo": "XK",
    "xk": "XK", "brasil": "BR", "osterreich": "AT", "oesterreich": "AT", "suisse": "CH",
    "schweiz": "CH", "svizzera": "CH", "ksa": "SA", "rsa": "ZA", "dr congo": "CD", "drc": "CD",
    "viet nam": "VN",
}  # fmt: skip
# One name, several countries: a person must say which.
_AMBIGUOUS = {
    "korea": "South Korea (KR) or North Korea (KP)",
    "congo": "Congo-Brazzaville (CG) or Congo-Kinshasa (CD)",
    "kongo": "Congo-Brazzaville (CG) or Congo-Kinshasa (CD)",
    "virgin islands": "the British (VG) or the U.S. (VI) islands",
}


def read_country(raw: str, notes: Notes) -> str:
    """ISO 3166-1 alpha-2 ("XK" for Kosovo), or empty with a warning when the name is not known."""
    if raw in country_codes():
        return raw
    text = sanitise_text(raw, limit=NAME_LIMIT)
    if not text or is_placeholder(text):
        return ""
    code = find_country(text)
    if code:
        notes.change("country", "iso_code", raw, code)
    elif choice := _AMBIGUOUS.get(fold(text)):
        notes.warn("country", "country_ambiguous", f"Country “{shown(text)}” may be {choice}.")
    else:
        notes.warn("country", "country_unknown", f"Country “{shown(text)}” is not known.")
    return code


@lru_cache(maxsize=4096)
def find_country(name: str) -> str:
    """The alpha-2 code for a code or name in any of `NAME_LANGUAGES`, or empty."""
    return country_index().get(fold(name).removeprefix("the "), "")


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    return frozenset(country_index().values())


@lru_cache(maxsize=1)
def country_index() -> dict[str, str]:
    """Folded name or code → alpha-2. Codes and English names win; other clashes are left out."""
    import pycountry

    index: dict[str, str] = {}
    for country in pycountry.countries:
        names = [
            country.name,
            getattr(country, "official_name", ""),
            getattr(country, "common_name", ""),
        ]
        index |= {fold(name): country.alpha_2 for name in names if name}
    index |= {fold(c.alpha_3): c.alpha_2 for c in pycountry.countries}
    index |= {fold(c.alpha_2): c.alpha_2 for c in pycountry.countries}
    known = frozenset(index.values()) | {"XK"}
    index |= _ALIASES
    for name, codes in _translated_names(known).items():
        if len(codes) == 1:
            index.setdefault(name, next(iter(codes)))
    for name in _AMBIGUOUS:
        index.pop(name, None)
    return index


def _translated_names(known: frozenset[str]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for language in NAME_LANGUAGES:
        for code, name in _locale(language).territories.items():
            if code in known:
                names[fold(name)].add(code)
    return names


def read_language(raw: str, notes: Notes) -> str:
    """ISO 639-1 code ("de" for "de-AT", "German" or "Deutsch"), or empty with a warning."""
    text = sanitise_text(raw, limit=NAME_LIMIT)
    if not text or is_placeholder(text):
        return ""
    code = _find_language(text)
    if code:
        notes.change("language", "iso_code", raw, code)
    else:
        notes.warn("language", "language_unknown", f"Language “{shown(text)}” is not known.")
    return code


@lru_cache(maxsize=1024)
def _find_language(text: str) -> str:
    index = language_index()
    folded = fold(text)
    return index.get(folded) or index.get(folded.partition(" ")[0], "")


@lru_cache(maxsize=1)
def language_index() -> dict[str, str]:
    """Folded code or name → ISO 639-1 code; names in English, in its own and in other languages."""
    index: dict[str, str] = {}
    for language in NAME_LANGUAGES:
        for code, name in _locale(language).languages.items():
            if len(code) == len("en"):
                index.setdefault(code, code)
                index.setdefault(fold(name), code)
    return index | {"mandarin": "zh", "cantonese": "zh", "castellano": "es", "flemish": "nl"}


def _locale(language: str) -> Any:
    from babel import Locale

    return Locale.parse(language)
