"""Dates and times as senders and spreadsheets write them, brought to UTC."""

import re
from datetime import UTC, datetime, timedelta

from leads.domain.notes import Notes
from leads.domain.text import NAME_LIMIT, is_placeholder, sanitise_text, shown

_EARLIEST_YEAR = 1990
_LATEST_YEAR = 2199

_EPOCH = re.compile(r"\d{10}|\d{13}")
_NUMERIC_DATE = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?:,?\s+(.+))?", re.ASCII)
_ZONE_UTC = re.compile(r"\s*(?:utc|gmt|z)$", re.IGNORECASE)
_TIME_FORMATS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%I %p")
_DATE_FORMATS = (
    "%Y/%m/%d",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%d-%b-%Y",
)
_MONTH_FIRST_COUNTRIES = frozenset({"US", "PH", "PW", "FM"})


def read_moment(raw: str, country: str, notes: Notes) -> datetime | None:
    """The instant in UTC, or None with a warning. A time without zone counts as UTC.

    "03/04/2026" is day first, month first for senders of the few countries that write so;
    either way a warning says how it was read.
    """
    text = sanitise_text(raw, limit=NAME_LIMIT)
    if not text or is_placeholder(text):
        return None
    moment = _parse(text, country, notes)
    if moment is None:
        notes.warn("occurred_at", "occurred_at_unread", f"Date “{shown(text)}” cannot be read.")
        return None
    notes.change("occurred_at", "utc", raw, moment.isoformat())
    return moment


def _parse(text: str, country: str, notes: Notes) -> datetime | None:
    try:
        moment = (
            _from_iso(text)
            or _from_epoch(text)
            or _from_numeric(text, country, notes)
            or _from_words(text)
        )
        if moment is None:
            return None
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR else None


def _from_iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(_ZONE_UTC.sub("+00:00", text) if " " in text else text)
    except ValueError:
        return None


def _from_epoch(text: str) -> datetime | None:
    if not _EPOCH.fullmatch(text) or not text.isascii():
        return None
    seconds = int(text) if len(text) == len("1700000000") else int(text) / 1000
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def _from_numeric(text: str, country: str, notes: Notes) -> datetime | None:
    match = _NUMERIC_DATE.fullmatch(_ZONE_UTC.sub("", text))
    if not match:
        return None
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    is_month_first = match[2] == "/" and country in _MONTH_FIRST_COUNTRIES
    is_ambiguous = match[2] == "/" and first <= 12 and second <= 12 and first != second
    if is_ambiguous:
        order = "month" if is_month_first else "day"
        notes.warn("occurred_at", "date_ambiguous", f"Date “{shown(text)}” was read {order} first.")
    elif first <= 12 < second:
        is_month_first = True
    elif second <= 12 < first:
        is_month_first = False
    month, day = (first, second) if is_month_first else (second, first)
    century = 2000 if year < 100 else 0
    return _with_time(datetime(century + year, month, day), match[5])  # noqa: DTZ001


def _from_words(text: str) -> datetime | None:
    text = _ZONE_UTC.sub("", text)
    for words in range(1, 4):
        parts = text.split(" ")
        moment = _first_format(" ".join(parts[:words]).rstrip(","), _DATE_FORMATS)
        if moment is not None:
            return _with_time(moment, " ".join(parts[words:]) or None)
    return None


def _with_time(day: datetime, clock: str | None) -> datetime:
    """Raises: ValueError when there is a time that cannot be read."""
    if clock is None:
        return day
    time = _first_format(clock.upper(), _TIME_FORMATS)
    if time is None:
        raise ValueError(clock)
    return day.replace(hour=time.hour, minute=time.minute, second=time.second)


def _first_format(text: str, formats: tuple[str, ...]) -> datetime | None:
    for form in formats:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
    return None
