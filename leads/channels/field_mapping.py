"""Finds a lead's fields in a document of any shape, by paths that an administrator wrote.

A path is names and positions joined by dots: `contact.emails.0.address`. A list of named things is
searched by what one of their names is: `answers[key=email].value`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from leads.channels.adapter import Option
from leads.channels.api.schema import canonical_name
from leads.domain.attribution import CLICK_ID_KEYS, UTM_KEYS, VALUE_LIMIT, Touch, touch_from_url
from leads.domain.draft import FIELD_LABELS, FIELDS
from leads.domain.text import sanitise_text

PREFIX = "field."
ADDRESSES = {"landing_url": "Landing page address", "referrer": "Referrer"}
PATH_LIMIT = 300
_STEP = re.compile(r"([^.\[\]]+)|\[([^=\]]+)=([^\]]*)\]")
_LIST_LIMIT = 50
# Names by which products call the thing they send.
_IDS = frozenset({"id", "entry_id", "submission_id", "submissionid", "response_id", "uuid"})
# Names that hold a lead in what many products send.
_WRAPPERS = ("data", "lead", "contact", "form", "payload", "fields", "properties", "attributes")


@dataclass(slots=True)
class Mapped:
    """What a document says by our names; `extra` is what no field took, by its own name."""

    fields: dict[str, str] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    touch: Touch = field(default_factory=Touch)


def mapping_options() -> tuple[Option, ...]:
    """One option for each field: where it stands in what the sender sends."""
    said = {**FIELD_LABELS, **ADDRESSES}
    return tuple(
        Option(
            f"{PREFIX}{name}",
            label,
            help_text="A path such as contact.email." if name == "full_name" else "",
            group="Where each field stands (empty: found by its usual names)",
        )
        for name, label in said.items()
    )


def map_fields(document: Any, options: Mapping[str, Any]) -> Mapped:
    """The fields at the paths of `options`; those without a path by their usual names."""
    mapped = Mapped()
    addresses: dict[str, str] = {}
    tracking: dict[str, str] = {}
    taken: set[str] = set()
    for name in (*FIELDS, *ADDRESSES):
        path = str(options.get(f"{PREFIX}{name}") or "").strip()
        text = to_text(read_path(document, path)) if path else ""
        if path:
            taken.add(path)
        if text:
            (addresses if name in ADDRESSES else mapped.fields)[name] = text
    for path, key, value in _named_values(document):
        if path in taken:
            continue
        known = "external_id" if key.lower() in _IDS else canonical_name(key)
        text = to_text(value)
        if known in ADDRESSES and text:
            addresses.setdefault(known, text)
        elif known in FIELDS and text:
            mapped.fields.setdefault(known, text)
        elif known and text:
            tracking.setdefault(known, text)
        elif value not in (None, "", [], {}):
            mapped.extra.setdefault(key, value)
    mapped.touch = make_touch(addresses, tracking)
    return mapped


def read_path(document: Any, path: str) -> Any:
    """What stands at the path, None when nothing does."""
    found = document
    for match in _STEP.finditer(path[:PATH_LIMIT]):
        name, key, wanted = match.groups()
        found = _step(found, name) if name is not None else _search(found, key, wanted)
        if found is None:
            return None
    return found if path else None


def to_text(value: Any) -> str:
    """A value as a person would write it; nothing for an object."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return ", ".join(text for one in value[:_LIST_LIMIT] if (text := to_text(one)))
    return ""


def is_yes(value: Any) -> bool:
    """Whether a flag is set, however the sender writes it."""
    return to_text(value).strip().lower() in {"yes", "true", "1", "on", "y"}


def _step(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list) and name.isdecimal() and len(name) < 6 and int(name) < len(value):
        return value[int(name)]
    return None


def _search(value: Any, key: str, wanted: str) -> Any:
    if not isinstance(value, list):
        return None
    return next(
        (one for one in value if isinstance(one, dict) and to_text(one.get(key)) == wanted), None
    )


def _named_values(document: Any) -> Iterator[tuple[str, str, Any]]:
    """(path, name, value) at the top, then within what usually holds a lead."""
    if not isinstance(document, dict):
        return
    for name, value in document.items():
        if not (isinstance(value, dict) and str(name).lower() in _WRAPPERS):
            yield str(name), str(name), value
    for name, value in document.items():
        if isinstance(value, dict) and str(name).lower() in _WRAPPERS:
            for inner, content in value.items():
                yield f"{name}.{inner}", str(inner), content


def make_touch(addresses: Mapping[str, str], tracking: Mapping[str, str]) -> Touch:
    """The visit that the addresses (`ADDRESSES`) and the utm_* and click ids describe."""
    visit = touch_from_url(addresses.get("landing_url", ""), addresses.get("referrer", ""))
    said = {name: sanitise_text(text, limit=VALUE_LIMIT) for name, text in tracking.items()}
    utm = {key.removeprefix("utm_"): said[key] for key in UTM_KEYS if said.get(key)}
    clicks = {key: said[key] for key in CLICK_ID_KEYS if said.get(key)}
    return Touch(visit.landing_url, visit.referrer, visit.utm | utm, visit.click_ids | clicks)
