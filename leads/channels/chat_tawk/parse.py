"""What tawk.to tells: a chat's beginning, end and transcript, and tickets.

Source: tawk.to's developer pages, “Webhooks”.
"""

from datetime import datetime

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.conversations import attachment, find_contact, person_fields
from leads.channels.documents import JsonObject
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.samples import json_sample
from leads.domain.envelope import Envelope, Kind, Touchpoint, Unreadable

_PERSON = {"name": "full_name", "email": "email", "phone": "phone", "country": "country"}
_PLACE = {"city": "city"}
_START, _END, _TICKET = "chat:start", "chat:end", "ticket:create"
_TRANSCRIPTS = frozenset({"chat:transcript", "chat:transcript_created"})
_WHO = {"v": "Visitor", "visitor": "Visitor", "a": "Team", "agent": "Team", "s": "System"}
# tawk.to gives every visitor who gave no name one like V1234567890.
_NAMELESS = ("V1", "V2", "V3", "V4", "V5", "V6", "V7", "V8", "V9", "V0")


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One envelope for each event of the four kinds; others are counted."""
    try:
        said = JsonObject.of(read_json_object(delivery.body))
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    event = said.text("event")
    if not event:
        return [Unreadable("The delivery names no event.", "", said.document)]
    if event == _TICKET:
        return [_read_ticket(said)]
    if event in _TRANSCRIPTS:
        return [_read_transcript(said)]
    if event in {_START, _END}:
        return [_read_chat(event, said)]
    return [Envelope(kind=Kind.PING, dedupe_key="")]


def _read_chat(event: str, said: JsonObject) -> Envelope | Unreadable:
    chat = said.text("chatId")
    if not chat:
        return Unreadable(f"A {event} without a chatId.", "", said.document)
    first, is_start = said.inner("message"), event == _START
    is_visitor = _WHO.get(_sender(first)) == "Visitor" or not first.document
    text = first.text("text")
    fields = _person(said.inner("visitor"))
    if is_visitor and not (fields.get("email") or fields.get("phone")):
        fields |= find_contact(text, said.warnings)
    return Envelope(
        kind=Kind.LEAD_CREATED if is_start else Kind.INTERACTION_ADDED,
        dedupe_key=f"{event}:{chat}:{said.text('time')}",
        external_ids={"conversation": chat},
        thread=f"tawk:{chat}",
        occurred_at=said.moment("time"),
        fields=fields | ({"message": text} if is_visitor and text else {}),
        touchpoint=Touchpoint(
            kind="CHAT",
            summary=f"tawk.to: chat {'began' if is_start else 'ended'}",
            text=text,
            is_inbound=is_visitor,
        ),
        extra=said.rest() | _property(said),
        warnings=tuple(said.warnings),
    )


def _read_transcript(said: JsonObject) -> Envelope | Unreadable:
    chat = said.inner("chat")
    number = chat.text("id") or said.text("chatId")
    if not number:
        return Unreadable("A transcript without the id of its chat.", "", said.document)
    messages = chat.objects("messages")
    lines = [(_who(one), one.text("msg") or one.text("text")) for one in messages]
    files = [file for one in messages for file in one.objects("attchs")]
    fields = _person(chat.inner("visitor"))
    if not (fields.get("email") or fields.get("phone")):
        spoken = "\n".join(
            text
            for (_, text), one in zip(lines, messages, strict=True)
            if _WHO.get(_sender(one)) == "Visitor"
        )
        fields |= find_contact(spoken, said.warnings)
    moments = [at for one in messages if (at := one.moment("time"))]
    return Envelope(
        kind=Kind.INTERACTION_ADDED,
        dedupe_key=f"chat:transcript:{number}:{said.text('time')}",
        external_ids={"conversation": number},
        thread=f"tawk:{number}",
        occurred_at=said.moment("time"),
        fields=fields,
        touchpoint=Touchpoint(
            kind="CHAT",
            summary="tawk.to: transcript of the chat",
            duration_seconds=int((max(moments) - min(moments)).total_seconds())
            if moments
            else None,
            transcript=tuple((who, text) for who, text in lines if text),
            attachments=tuple(_file(one) for one in files),
        ),
        extra=said.rest() | _property(said),
        warnings=tuple(said.warnings),
    )


def _read_ticket(said: JsonObject) -> Envelope | Unreadable:
    ticket = said.inner("ticket")
    number = ticket.text("id") or ticket.text("humanId")
    if not number:
        return Unreadable("A ticket without an id.", "", said.document)
    subject, text = ticket.text("subject"), ticket.text("message")
    return Envelope(
        kind=Kind.LEAD_CREATED,
        dedupe_key=f"ticket:{number}",
        external_id=number,
        thread=f"tawk-ticket:{number}",
        occurred_at=said.moment("time"),
        fields=_person(said.inner("requester")) | ({"message": text} if text else {}),
        touchpoint=Touchpoint(kind="FORM", summary=f"tawk.to ticket: {subject}", text=text),
        extra=said.rest() | _property(said),
        warnings=tuple(said.warnings),
    )


def _person(visitor: JsonObject) -> dict[str, str]:
    fields = person_fields(visitor, _PERSON | _PLACE)
    name = fields.get("full_name", "")
    if name.startswith(_NAMELESS) and name[1:].isdecimal():
        del fields["full_name"]
    return fields


def _property(said: JsonObject) -> dict[str, str]:
    name = said.inner("property").text("name")
    return {"property": name} if name else {}


def _sender(message: JsonObject) -> str:
    sender = message.document.get("sender")
    if isinstance(sender, str):
        return sender
    inner = JsonObject.of(sender)
    return inner.text("t") or inner.text("type")


def _who(message: JsonObject) -> str:
    name = JsonObject.of(message.document.get("sender")).text("n")
    return name or _WHO.get(_sender(message), "Unknown")


def _file(one: JsonObject) -> dict[str, object]:
    inner = one.inner("content").inner("file")
    return attachment(inner.text("name"), inner.text("mimeType"), inner.document.get("size"))


def make_sample(number: int, at: datetime) -> Delivery:
    visitor = {
        "name": f"Ada Example {number}",
        "email": f"ada.example{number}@example.com",
        "city": "Springfield",
        "country": "US",
    }
    message = {"text": "Please call me.", "type": "msg", "sender": {"type": "visitor"}}
    return json_sample(
        {
            "event": _START,
            "chatId": f"chat-{number}",
            "time": at.isoformat(),
            "message": message,
            "visitor": visitor,
            "property": {"id": "p1", "name": "Example"},
        },
        at,
        {"x-hook-event-id": f"hook-{number}"},
    )
