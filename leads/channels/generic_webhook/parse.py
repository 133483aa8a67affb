"""What a posted document or form says, by the table of fields of its endpoint."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.field_mapping import is_yes, map_fields, read_path, to_text
from leads.channels.json_body import NotReadableError, read_json
from leads.domain.envelope import Envelope, Kind, Touchpoint, Unreadable

ITEMS_LIMIT = 100
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One envelope for the document, or one for each item of the list that the options name."""
    try:
        document = read_document(delivery)
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    items = list_items(document, str(config.options.get("items") or ""))
    if not items:
        return [Unreadable("There is no lead in the body.", "", document)]
    return [read_item(one, config.options) for one in items[:ITEMS_LIMIT]] + [
        Unreadable(f"More than {ITEMS_LIMIT} leads in one body.", "", one)
        for one in items[ITEMS_LIMIT:][:ITEMS_LIMIT]
    ]


def read_document(delivery: Delivery) -> Any:
    """The body as JSON data, a form as an object. Raises: NotReadableError."""
    kind = delivery.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _FORMS:
        return read_json(delivery.body)
    if not delivery.form:
        raise NotReadableError("The form has no fields, or cannot be read.")
    return dict(delivery.form)


def list_items(document: Any, path: str) -> list[Any]:
    """The leads in the document: what stands at `path`, else the document, a list being several."""
    found = read_path(document, path) if path else document
    if isinstance(found, list):
        return found
    return [] if found in (None, "", {}) else [found]


def read_item(item: Any, options: Mapping[str, Any], *, key: str = "") -> Envelope | Unreadable:
    """One lead. `key` is the sender's name of the event, when it is known from elsewhere."""
    if not isinstance(item, dict):
        return Unreadable("A lead is not an object with names.", key, item)
    mapped = map_fields(item, options)
    event = key or to_text(read_path(item, str(options.get("event_id") or "")))
    if not mapped.fields:
        return Unreadable("None of the fields of a lead was found.", event, item)
    external_id = mapped.fields.pop("external_id", "")
    return Envelope(
        kind=Kind.LEAD_CREATED,
        dedupe_key=event or (f"id:{external_id}" if external_id else ""),
        external_id=external_id,
        has_weak_key=not (event or external_id),
        is_test=is_yes(read_path(item, str(options.get("is_test") or ""))),
        fields=mapped.fields,
        extra=mapped.extra,
        touchpoint=Touchpoint(kind="FORM", text=mapped.fields.get("message", "")),
        last_touch=mapped.touch,
    )


def make_sample(number: int, at: datetime) -> Delivery:
    """A form of a website, as many products post it."""
    document = {
        "id": f"entry-{number}",
        "name": f"Ada Example {number}",
        "email": f"ada.example{number}@example.com",
        "phone": f"+1555010{number % 10000:04d}",
        "company": "Example GmbH",
        "message": "Please call me.",
        "submitted_at": at.isoformat(),
        "utm_source": "newsletter",
        "budget": "10-20k",
    }
    return Delivery(
        method="POST",
        url="",
        headers={"content-type": "application/json", "user-agent": "sample"},
        body=json.dumps(document).encode(),
        received_at=at,
    )
