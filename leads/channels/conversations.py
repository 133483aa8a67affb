"""What chats and messengers have in common: they begin before anybody says how to be reached."""

import re
from collections.abc import Mapping
from typing import Any

from leads.channels.documents import JsonObject, Warnings
from leads.domain.attribution import web_address

_LOOKED_AT = 4_000
_EMAIL = re.compile(
    r"(?<![\w.%+-])[\w.%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}(?![\w@-])",
    re.IGNORECASE,
)
# Only with its country: anything shorter may be an order number.
_PHONE = re.compile(r"(?<![\w+])\+[1-9][\d ().-]{6,18}\d(?!\w)", re.ASCII)


def find_contact(text: str, warnings: Warnings) -> dict[str, str]:
    """The first e-mail address and the first international phone number that somebody wrote.

    For messages of a person of whom nothing else is known; each finding is warned of, for it may be
    somebody else's.
    """
    found: dict[str, str] = {}
    for name, label, pattern in (
        ("email", "e-mail address", _EMAIL),
        ("phone", "phone number", _PHONE),
    ):
        match = pattern.search(text[:_LOOKED_AT])
        if match:
            found[name] = match[0]
            message = f"The {label} was found in what the person wrote."
            warnings.append({"field": name, "code": "contact_from_text", "message": message})
    return found


def person_fields(said: JsonObject, names: Mapping[str, str]) -> dict[str, str]:
    """What the object says by our names. `names` are ours by the sender's."""
    found: dict[str, str] = {}
    for theirs, ours in names.items():
        text = said.text(theirs)
        if text:
            found.setdefault(ours, text)
    return found


def read_link(said: JsonObject, name: str) -> str:
    """The web address of that name; anything else is warned of and is none."""
    text = said.text(name)
    link = web_address(text)
    if text and not link:
        message = f"{name} is no web address; it is not linked."
        said.warnings.append({"field": name, "code": "no_web_address", "message": message})
    return link


def attachment(name: str, content_type: str = "", size: Any = None) -> dict[str, Any]:
    """A file that was sent along, as a touchpoint lists it."""
    is_size = isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 2**53
    return {
        "name": name[:200] or "file",
        "content_type": content_type[:100],
        "size_bytes": size if is_size else None,
    }
