"""Callers, durations and moments as Twilio writes them."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from leads.channels.documents import JsonObject

# Written in place of a number that the caller hides; the last spells ANONYMOUS on a keypad.
_HIDDEN = frozenset(
    {"", "anonymous", "restricted", "unavailable", "unknown", "private", "+266696687"}
)
_LONGEST = 7 * 24 * 3600


def read_caller(said: JsonObject, name: str) -> str:
    """The number; empty, with a warning, when it is hidden."""
    text = said.text(name).removeprefix("whatsapp:")
    if text.lower() in _HIDDEN or text.startswith(("client:", "sip:")):
        message = "The caller hides the number, or has none."
        said.warnings.append({"field": "phone", "code": "caller_hidden", "message": message})
        return ""
    return text


def read_seconds(said: JsonObject, name: str) -> int | None:
    text = said.text(name)
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) < 8 and int(text) <= _LONGEST:
        return int(text)
    message = f"{name} is no number of seconds."
    said.warnings.append({"field": name, "code": "wrong_type", "message": message})
    return None


def read_moment(said: JsonObject, name: str) -> datetime | None:
    """Of the form “Mon, 05 Jan 2026 09:30:00 +0000”."""
    text = said.text(name)
    try:
        moment = parsedate_to_datetime(text) if text else None
        return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None
    except (ValueError, TypeError, OverflowError, IndexError):
        message = f"{name} is no date and time."
        said.warnings.append({"field": name, "code": "wrong_type", "message": message})
        return None
