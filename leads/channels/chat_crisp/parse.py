"""What Crisp tells of a session: messages both ways, and the address when the visitor gives it.

Source: Crisp's developer pages, “Web hooks” and “RTM events”.
"""

from datetime import datetime

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.conversations import attachment, find_contact
from leads.channels.documents import JsonObject
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.samples import json_sample
from leads.domain.envelope import Envelope, Kind, Touchpoint, Unreadable

# What the visitor or an agent sets for a session, and the name under which it then stands.
_SET = {
    "session:set_email": ("email", "email"),
    "session:set_phone": ("phone", "phone"),
    "session:set_nickname": ("nickname", "full_name"),
}
_MESSAGES = frozenset({"message:send", "message:received"})
_VISITOR_NAME = "visitor"


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One envelope; events about neither messages nor the visitor's data are counted."""
    try:
        said = JsonObject.of(read_json_object(delivery.body))
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    event, data = said.text("event"), said.inner("data")
    if not event:
        return [Unreadable("The delivery names no event.", "", said.document)]
    if event not in _MESSAGES and event not in _SET:
        return [Envelope(kind=Kind.PING, dedupe_key="")]
    session, at = data.text("session_id"), said.moment("timestamp")
    if not session:
        return [Unreadable(f"A {event} without a session_id.", "", said.document)]
    if event in _SET:
        return [_read_setting(event, session, data, at)]
    return [_read_message(session, data, at)]


def _read_setting(
    event: str, session: str, data: JsonObject, at: datetime | None
) -> Envelope | Unreadable:
    theirs, ours = _SET[event]
    value = data.text(theirs)
    if not value:
        return Unreadable(f"A {event} without a value.", "", data.document)
    stated = str(int(at.timestamp() * 1000)) if at else ""
    is_placeholder = ours == "full_name" and value.lower().startswith(_VISITOR_NAME)
    return Envelope(
        kind=Kind.PING if is_placeholder else Kind.LEAD_UPDATED,
        dedupe_key=f"{session}:{event}:{stated}" if stated else "",
        external_ids={"conversation": session},
        thread=f"crisp:{session}",
        occurred_at=at,
        has_weak_key=not stated,
        fields={ours: value},
        touchpoint=Touchpoint(kind="CHAT", summary=f"Crisp: {theirs} given"),
        extra=data.rest(),
        warnings=tuple(data.warnings),
    )


def _read_message(session: str, data: JsonObject, at: datetime | None) -> Envelope:
    is_inbound = data.text("from") == "user"
    fingerprint, kind = data.text("fingerprint"), data.text("type") or "text"
    content = data.document.get("content")
    text = data.text("content") if isinstance(content, str) else ""
    file = data.inner("content") if isinstance(content, dict) else JsonObject.of({})
    name = data.inner("user").text("nickname")
    if kind == "note":  # among colleagues
        return Envelope(kind=Kind.PING, dedupe_key=f"{session}:{fingerprint}")
    fields = find_contact(text, data.warnings) if is_inbound else {}
    if is_inbound and text:
        fields["message"] = text
    if is_inbound and name and not name.lower().startswith(_VISITOR_NAME):
        fields["full_name"] = name
    return Envelope(
        kind=Kind.INTERACTION_ADDED,
        dedupe_key=f"{session}:{fingerprint}" if fingerprint else "",
        external_ids={"conversation": session},
        thread=f"crisp:{session}",
        occurred_at=data.moment("timestamp") or at,
        has_weak_key=not fingerprint,
        fields=fields,
        touchpoint=Touchpoint(
            kind="CHAT",
            summary=f"Crisp: {'wrote' if is_inbound else 'we answered'}"
            + ("" if kind == "text" else f" ({kind[:20]})"),
            text=text,
            is_inbound=is_inbound,
            duration_seconds=_seconds(file.document.get("duration")) if kind == "audio" else None,
            attachments=(attachment(file.text("name") or kind, file.text("type")),)
            if kind in {"file", "audio", "animation"} and file.document
            else (),
        ),
        extra=data.rest() | ({"content": content} if isinstance(content, dict) else {}),
        warnings=tuple(data.warnings),
    )


def _seconds(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(value) if 0 <= value < 10**6 else None


def make_sample(number: int, at: datetime) -> Delivery:
    milliseconds = int(at.timestamp() * 1000)
    data = {
        "website_id": "site-1",
        "session_id": f"session_{number:08d}",
        "type": "text",
        "origin": "chat",
        "from": "user",
        "content": f"Please write to ada.example{number}@example.com",
        "fingerprint": 163_000_000_000 + number,
        "timestamp": milliseconds,
        "user": {"nickname": f"Ada Example {number}", "user_id": f"session_{number:08d}"},
    }
    event = {"website_id": "site-1", "event": "message:send", "data": data}
    return json_sample({**event, "timestamp": milliseconds}, at)
