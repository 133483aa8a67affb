"""What Chatwoot tells: contacts, conversations, and each message.

The thread is the contact's where it is named, for a contact's address may arrive in an event that
names no conversation; otherwise the conversation's.
Source: Chatwoot's published server code (webhook payloads of account and inbox).
"""

from datetime import datetime
from hashlib import sha256

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.conversations import attachment, find_contact, person_fields
from leads.channels.documents import JsonObject
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.samples import json_sample
from leads.domain.envelope import Envelope, Kind, Touchpoint, Unreadable

_PERSON = {"name": "full_name", "email": "email", "phone_number": "phone"}
_MORE = {"company_name": "company", "city": "city", "country": "country"}
_INBOUND, _OUTBOUND = frozenset({"incoming", "0"}), frozenset({"outgoing", "1"})


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One envelope; changes of status, typing, notes among colleagues and the like are counted."""
    try:
        said = JsonObject.of(read_json_object(delivery.body))
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    event, number = said.text("event"), said.text("id")
    if not event:
        return [Unreadable("The delivery names no event.", "", said.document)]
    if event in {"contact_created", "contact_updated", "conversation_created", "message_created"}:
        if not number:
            return [Unreadable(f"A {event} without an id.", "", said.document)]
        if event == "message_created":
            return [_read_message(said, number)]
        if event == "conversation_created":
            return [_read_conversation(said, number)]
        digest = sha256(delivery.body).hexdigest()[:32]
        return [_read_contact(said, event, number, digest)]
    return [Envelope(kind=Kind.PING, dedupe_key=f"{event}:{number}")]


def _read_contact(said: JsonObject, event: str, number: str, digest: str) -> Envelope:
    is_new = event == "contact_created"
    fields = person_fields(said, _PERSON)
    fields |= person_fields(said.inner("additional_attributes"), _MORE)
    return Envelope(
        kind=Kind.LEAD_CREATED if is_new else Kind.LEAD_UPDATED,
        dedupe_key=f"{event}:{number}" if is_new else f"{event}:{number}:{digest}",
        external_id=number,
        thread=f"contact:{number}",
        fields=fields,
        touchpoint=Touchpoint(
            kind="CHAT", summary=f"Chatwoot: contact {'appeared' if is_new else 'changed'}"
        ),
        extra=said.rest(),
        warnings=tuple(said.warnings),
    )


def _read_conversation(said: JsonObject, number: str) -> Envelope:
    sender = said.inner("meta").inner("sender")
    contact = sender.text("id")
    messages = said.objects("messages")
    lines = tuple((_who(one), text) for one in messages if (text := one.text("content")))
    said.skip("status", "unread_count", "can_reply")
    return Envelope(
        kind=Kind.LEAD_CREATED,
        dedupe_key=f"conversation_created:{number}",
        external_id=contact,
        external_ids={"conversation": number},
        thread=_thread(contact, number),
        occurred_at=said.moment("created_at") or said.moment("timestamp"),
        fields=person_fields(sender, _PERSON),
        touchpoint=Touchpoint(kind="CHAT", summary="Chatwoot: chat began", transcript=lines),
        extra=said.rest(),
        warnings=tuple(said.warnings),
    )


def _read_message(said: JsonObject, number: str) -> Envelope:
    kind = said.text("message_type")
    if said.flag("private") or kind not in _INBOUND | _OUTBOUND:
        return Envelope(kind=Kind.PING, dedupe_key=f"message_created:{number}")
    is_inbound = kind in _INBOUND
    talk, sender = said.inner("conversation"), said.inner("sender")
    person = sender if is_inbound else talk.inner("meta").inner("sender")
    contact, conversation = person.text("id"), talk.text("id")
    text = said.text("content")
    fields = person_fields(person, _PERSON) if is_inbound else {}
    if is_inbound and not (fields.get("email") or fields.get("phone")):
        fields |= find_contact(text, said.warnings)
    return Envelope(
        kind=Kind.INTERACTION_ADDED,
        dedupe_key=f"message_created:{number}",
        external_id=contact,
        external_ids={"conversation": conversation} if conversation else {},
        thread=_thread(contact, conversation or f"of-message:{number}"),
        occurred_at=said.moment("created_at"),
        fields=fields | ({"message": text} if is_inbound and text else {}),
        touchpoint=Touchpoint(
            kind="CHAT",
            summary=f"Chatwoot: {'wrote' if is_inbound else 'we answered'}",
            text=text,
            is_inbound=is_inbound,
            attachments=tuple(
                attachment(
                    one.text("file_type"), one.text("extension"), one.document.get("file_size")
                )
                for one in said.objects("attachments")
            ),
        ),
        extra=said.rest(),
        warnings=tuple(said.warnings),
    )


def _thread(contact: str, conversation: str) -> str:
    return f"contact:{contact}" if contact else f"conversation:{conversation}"


def _who(message: JsonObject) -> str:
    is_visitor = message.text("message_type") in _INBOUND
    return message.inner("sender").text("name") or ("Visitor" if is_visitor else "Team")


def make_sample(number: int, at: datetime) -> Delivery:
    sender = {
        "id": 1000 + number,
        "name": f"Ada Example {number}",
        "email": f"ada.example{number}@example.com",
        "phone_number": f"+1555010{number % 10000:04d}",
        "type": "contact",
    }
    return json_sample(
        {
            "event": "message_created",
            "id": 500_000 + number,
            "content": "Please call me.",
            "message_type": "incoming",
            "private": False,
            "created_at": at.isoformat(),
            "sender": sender,
            "conversation": {"id": 7000 + number, "meta": {"sender": sender}},
            "inbox": {"id": 1, "name": "Website"},
            "account": {"id": 1, "name": "Example GmbH"},
        },
        at,
        {"x-chatwoot-delivery": f"delivery-{number}"},
    )
