"""Head counts, product lists and consent words as typed by people and spreadsheets."""

import re
from functools import lru_cache

from leads.domain.notes import Notes
from leads.domain.text import NAME_LIMIT, is_placeholder, sanitise_text, shown

EMPLOYEES_LIMIT = 10_000_000  # four times the largest employer; fits a 32-bit column
PRODUCTS_LIMIT = 50

_MONTH_NAMES = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_SPREADSHEET_DATE = re.compile(r"(?:(\d{1,2})-)?([a-z]{3})(?:-(\d{1,2}))?")
_NUMBER = r"(\d{1,3}(?:[.,'’ ]\d{3})+(?!\d)|\d+(?:[.,]\d+)?)\s*(k|m|thousand|tsd|mio|million)?"
_ABOUT = r"(?:about|approx|ca|circa|over|more than|über|mehr als|plus de|más de|>=?|~|≥)?[\s.]*"
_UP_TO = rf"(?:\s*(?:-|–|—|to|bis|a|à)\s*{_NUMBER}\s*\+?)?"
_PEOPLE = r"(?:\s*(?:employees|people|staff|fte|mitarbeiter|employés|empleados|dipendenti))?\.?"
_COUNT = re.compile(rf"{_ABOUT}{_NUMBER}\s*\+?{_UP_TO}{_PEOPLE}")
_AT_MOST = re.compile(
    r"(?:<=?|≤|up to|under|less than|fewer than|bis zu|unter|moins de|menos de)\s*\d[\d.,' ]*k?"
    + _PEOPLE
)
_ALONE = frozenset({"self-employed", "self employed", "freelancer", "just me", "selbstständig"})
_THOUSANDS = dict.fromkeys(("k", "thousand", "tsd"), 1_000)
_MULTIPLIERS = _THOUSANDS | dict.fromkeys(("m", "mio", "million"), 1_000_000)
_GROUPED = re.compile(r"\d{1,3}(?:[.,'’ ]\d{3})+")
_PRODUCT_SEPARATORS = re.compile(r"[,;|/\n]")
YES_WORDS = frozenset(
    {"yes", "y", "true", "t", "1", "1.0", "on", "checked", "ja", "j", "wahr", "oui", "vrai", "si",
     "sí", "sì", "sim", "tak", "da", "да", "evet", "kyllä", "ano", "はい", "是", "예", "네",
     "opt-in", "opted in", "opt in", "granted", "agreed", "accepted", "subscribed", "consented"}
)  # fmt: skip
NO_WORDS = frozenset(
    {"no", "n", "false", "f", "0", "0.0", "off", "unchecked", "nein", "falsch", "non", "faux",
     "nao", "não", "nie", "nee", "nej", "nei", "нет", "hayır", "ei", "ne", "いいえ", "否", "不",
     "아니요", "opt-out", "opted out", "opt out", "denied", "declined", "refused", "unsubscribed",
     "withdrawn"}
)  # fmt: skip


def read_employees(raw: str, notes: Notes) -> int | None:
    """The head count, the lower bound of a range ("51-200" gives 51, "<50" gives 1)."""
    text = sanitise_text(raw, limit=NAME_LIMIT)
    if not text or is_placeholder(text):
        return None
    count, rule = _count(text)
    if count is None:
        notes.warn("employees", "employees_unread", f"Employees “{shown(text)}” is not a number.")
    else:
        notes.change("employees", rule, raw, str(count))
    return count


@lru_cache(maxsize=2048)
def _count(text: str) -> tuple[int | None, str]:
    text = text.casefold()
    if len(text) <= 8 and text.isascii() and text.isdigit():
        return (int(text), "number") if int(text) <= EMPLOYEES_LIMIT else (None, "")
    if undone := _undo_spreadsheet_date(text):
        return undone, "spreadsheet_date_undone"
    if text in _ALONE or _AT_MOST.fullmatch(text):
        return 1, "lower_bound"
    match = _COUNT.fullmatch(text)
    if not match:
        return None, ""
    low_unit = match[2] or (match[4] if match[3] else None)  # "1-5k" means thousands on both sides
    count = _as_int(match[1], low_unit)
    if count is None or count > EMPLOYEES_LIMIT:
        return None, ""
    return count, "number" if match[1] == text.removesuffix(".") else "lower_bound"


def _undo_spreadsheet_date(text: str) -> int | None:
    """The low end of "11-50" and "1-10", which spreadsheets turn into "Nov-50" and "10-Jan"."""
    match = _SPREADSHEET_DATE.fullmatch(text)
    if not match or (match[1] is None) == (match[3] is None):
        return None
    return _MONTHS.get(match[2])


def _as_int(digits: str, unit: str | None) -> int | None:
    """None for half a person: a fraction needs a unit ("1.5k")."""
    if not digits.isascii() or len(digits) > len("100.000.000"):
        return None
    if _GROUPED.fullmatch(digits) and not unit:
        digits = re.sub(r"[.,'’ ]", "", digits)
    if not re.fullmatch(r"\d+(?:[.,]\d+)?", digits):
        return None
    count = float(digits.replace(",", ".")) * _MULTIPLIERS.get(unit or "", 1)
    return int(count) if unit or count.is_integer() else None


def read_products(raw: str, notes: Notes) -> tuple[str, ...]:
    """The products named, in order, each once (case does not tell them apart)."""
    if not raw or is_placeholder(raw.strip()):
        return ()
    names = (sanitise_text(part, limit=NAME_LIMIT) for part in _PRODUCT_SEPARATORS.split(raw))
    distinct: dict[str, str] = {}
    for name in names:
        if name and not is_placeholder(name):
            distinct.setdefault(name.casefold(), name)
    products = tuple(distinct.values())[:PRODUCTS_LIMIT]
    notes.change("products", "list_split", raw, ", ".join(products))
    return products


def read_consent(raw: str, notes: Notes) -> bool | None:
    """True only for a word that says so; an unreadable answer is no consent and no refusal."""
    text = sanitise_text(raw, limit=NAME_LIMIT).casefold()
    if not text or is_placeholder(text):
        return None
    if text in YES_WORDS:
        return True
    if text in NO_WORDS:
        return False
    notes.warn("consent", "consent_unread", f"Consent “{shown(text)}” is neither yes nor no.")
    return None
