"""Postal codes in each country's own form, and the state a North American code lies in."""

import re
from dataclasses import dataclass
from functools import lru_cache

from leads.domain.notes import Notes
from leads.domain.text import is_placeholder, sanitise_text, shown

POSTAL_CODE_LIMIT = 20

_FLOAT_TAIL = re.compile(r"^(\d{3,7})\.0+$")
_US_TAIL = re.compile(r"^(\d{5})-?\d{4}$")


@dataclass(frozen=True, slots=True)
class _Form:
    """`pattern` matches the code without blanks and hyphens; its groups are joined by `joint`.

    `digits` is the full length of an all-digit code, to which a spreadsheet's lost zeros return;
    0 where codes have letters or never begin with zero.
    """

    pattern: re.Pattern[str]
    joint: str = ""
    digits: int = 0


def _digits(*groups: int, joint: str = "", pads: bool = True) -> _Form:
    pattern = "".join(rf"(\d{{{size}}})" for size in groups)
    return _Form(re.compile(pattern), joint, sum(groups) if pads else 0)


_FOUR = _digits(4, pads=False)
_FIVE = _digits(5)
_SIX = _digits(6, pads=False)
_FOUR_DIGITS = ("AT", "BE", "BG", "CH", "CY", "DK", "GE", "HU", "LI", "LU", "NZ", "PH", "SI")
_FIVE_DIGITS = (
    "DE", "EE", "ES", "FI", "FR", "HR", "ID", "IT", "KR", "KW", "LT", "MA", "MC", "ME", "MX", "MY",
    "PE", "PR", "RS", "SA", "SM", "TH", "TR", "UA", "US", "UY", "VA",
)  # fmt: skip
# Source: Universal Postal Union, addressing systems per country (formats only).
_FORMS = {
    **dict.fromkeys(_FOUR_DIGITS, _FOUR),
    **dict.fromkeys(("AU", "NO", "ZA"), _digits(4)),
    **dict.fromkeys(_FIVE_DIGITS, _FIVE),
    **dict.fromkeys(("CN", "CO", "IN", "KZ", "RU", "VN"), _SIX),
    **dict.fromkeys(("RO", "SG"), _digits(6)),
    **dict.fromkeys(("CZ", "GR", "SE", "SK"), _digits(3, 2, joint=" ")),
    "BR": _digits(5, 3, joint="-"), "IL": _digits(7), "JP": _digits(3, 4, joint="-"),
    "LV": _FOUR, "PL": _digits(2, 3, joint="-"), "PT": _digits(4, 3, joint="-", pads=False),
    "AR": _Form(re.compile(r"([A-Z]?\d{4}(?:[A-Z]{3})?)")),
    "CA": _Form(re.compile(r"([ABCEGHJ-NPRSTVXY]\d[A-Z])(\d[A-Z]\d)"), " "),
    "GB": _Form(re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})"), " "),
    "IE": _Form(re.compile(r"([A-Z]\d[\dW])([A-Z\d]{4})"), " "),
    "MT": _Form(re.compile(r"([A-Z]{3})(\d{4})"), " "),
    "NL": _Form(re.compile(r"(\d{4})([A-Z]{2})"), " "),
}  # fmt: skip
_PREFIXES = {
    "AT": ("AT", "A"), "BE": ("BE", "B"), "CH": ("CH",), "DE": ("DE", "D"), "DK": ("DK",),
    "ES": ("ES", "E"), "FI": ("FIN", "FI"), "FR": ("FR", "F"), "IT": ("IT", "I"), "LT": ("LT",),
    "LU": ("LU", "L"), "LV": ("LV",), "SE": ("SE", "S"),
}  # fmt: skip
# Three-digit ZIP prefixes of each state. Source: USPS publication L002.
_ZIP_PREFIXES = (
    "AL350-369 AK995-999 AZ850-865 AR716-729 CA900-961 CO800-816 CT060-062 CT064-069 "
    "DE197-199 DC200-200 DC202-205 FL320-349 GA300-319 GA398-399 HI967-968 ID832-838 "
    "IL600-629 IN460-479 IA500-528 KS660-679 KY400-427 LA700-714 ME039-049 MD206-219 "
    "MA010-027 MA055-055 MI480-499 MN550-567 MS386-397 MO630-658 MT590-599 NE680-693 "
    "NV889-898 NH030-038 NJ070-089 NM870-884 NY005-005 NY063-063 NY100-149 NC270-289 "
    "ND580-588 OH430-459 OK730-749 OR970-979 PA150-196 PR006-007 PR009-009 RI028-029 "
    "SC290-299 SD570-577 TN370-385 TX750-799 TX733-733 TX885-885 UT840-847 VT050-054 "
    "VT056-059 VA201-201 VA220-246 VI008-008 WA980-994 WV247-268 WI530-549 WY820-831 "
    "GU969-969 "
)
# First letter of a Canadian code. X is shared by Nunavut and the Northwest Territories.
_CANADA = {"A": "NL", "B": "NS", "C": "PE", "E": "NB", "G": "QC", "H": "QC", "J": "QC", "K": "ON",
           "L": "ON", "M": "ON", "N": "ON", "P": "ON", "R": "MB", "S": "SK", "T": "AB", "V": "BC",
           "Y": "YT"}  # fmt: skip


def read_postal_code(raw: str, country: str, notes: Notes) -> str:
    """The code in the country's form; as written, upper-case, when the form is not known.

    A US ZIP+4 becomes its five digits, which is what territories speak of.
    """
    text = sanitise_text(raw, limit=POSTAL_CODE_LIMIT)
    if not text or is_placeholder(text):
        return ""
    code, rule, fits = _normalise(text, country)
    notes.change("postal_code", rule, raw, code)
    if not fits:
        notes.warn(
            "postal_code",
            "postal_code_form",
            f"Postal code “{shown(text)}” has not the form used in {country}.",
        )
    return code


def subdivision_of_postal_code(postal_code: str, country: str) -> str:
    """The US state or Canadian province a code lies in (ISO 3166-2), or empty."""
    code, _, fits = _normalise(sanitise_text(postal_code, limit=POSTAL_CODE_LIMIT), country)
    if not fits or not code:
        return ""
    if country == "US":
        state = _states_by_zip_prefix().get(code[:3], "")
    else:
        state = _CANADA.get(code[0], "") if country == "CA" else ""
    return f"{country}-{state}" if state else ""


@lru_cache(maxsize=8192)
def _normalise(text: str, country: str) -> tuple[str, str, bool]:
    """The code, the rule that changed it, and whether it fits the country's form."""
    upper = sanitise_text(text.upper(), limit=POSTAL_CODE_LIMIT)  # "ß" in capitals is two
    text = _FLOAT_TAIL.sub(r"\1", upper.lstrip("'")).strip()
    form = _FORMS.get(country)
    if form is None:
        return text, "upper_case", True
    if country in ("US", "PR") and (plus_four := _US_TAIL.match(text)):
        return plus_four[1], "five_digits", True
    bare = _without_prefix(re.sub(r"[\s.\-–]", "", text), country)
    is_short = (
        form.digits
        and bare.isascii()
        and bare.isdigit()
        and form.digits - 2 <= len(bare) < form.digits
    )
    padded = bare.zfill(form.digits) if is_short else bare
    match = form.pattern.fullmatch(padded)
    if not match or not padded.isascii():
        return text, "upper_case", False
    return (
        form.joint.join(match.groups()),
        "leading_zero_restored" if is_short else "country_form",
        True,
    )


def _without_prefix(bare: str, country: str) -> str:
    """Without the old international prefix ("D-80331", "CH-8001")."""
    for prefix in _PREFIXES.get(country, ()):
        if bare.startswith(prefix) and bare[len(prefix) :].isdigit():
            return bare[len(prefix) :]
    return bare


@lru_cache(maxsize=1)
def _states_by_zip_prefix() -> dict[str, str]:
    states: dict[str, str] = {}
    for item in _ZIP_PREFIXES.split():
        first, last = int(item[2:5]), int(item[6:9])
        states |= {f"{prefix:03}": item[:2] for prefix in range(first, last + 1)}
    return states
