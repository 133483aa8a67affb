"""What Intercom notifies of: contacts that it made, and what is said in conversations.

Everything about one person shares the contact's id as its thread: the contact is known before its
address is, and several conversations may be one person's.
Source: Intercom's developer pages, “Webhook topics” and “Webhook notification object”.
"""

from datetime import datetime

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.conversations import attachment, find_contact, person_fields
from leads.channels.documents import JsonObject
from leads.channels.html_text import html_to_text
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.samples import json_sample
from leads.domain.attribution import touch_from_url
from leads.domain.envelope import Envelope, Kind, Touchpoint, Unreadable

_CONTACT, _CONVERSATION = "contact.", "conversation."
_PERSON = {"name": "full_name", "email": "email", "phone": "phone", "language_override": "language"}
_PLACE = {"country": "country", "region": "subdivision", "city": "city"}
_VISITORS = frozenset({"user", "lead", "contact"})


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One envelope; topics about neither contacts nor talk are only counted."""
    try:
        said = JsonObject.of(read_json_object(delivery.body))
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    topic, key = said.text("topic"), said.text("id")
    item = said.inner("data").inner("item")
    if not topic:
        return [Unreadable("The notification names no topic.", key, said.document)]
    kind = _kind(topic)
    if kind is Kind.PING:
        return [Envelope(kind=kind, dedupe_key=key)]
    at = said.moment("created_at")
    if topic.startswith(_CONTACT):
        return [_read_contact(kind, key, item, at)]
    return [_read_conversation(topic, key, item, at)]


def _kind(topic: str) -> Kind:
    if topic.startswith(_CONTACT):
        if topic.endswith((".deleted",)):
            return Kind.LEAD_DELETED
        if topic.endswith((".created", ".signed_up")):
            return Kind.LEAD_CREATED
        if topic.endswith((".updated", ".added_email")):
            return Kind.LEAD_UPDATED
    if topic in {"conversation.user.created", "conversation.user.replied"}:
        return Kind.INTERACTION_ADDED
    if topic in {"conversation.admin.replied", "conversation.admin.single.created"}:
        return Kind.INTERACTION_ADDED
    return Kind.PING


def _read_contact(
    kind: Kind, key: str, item: JsonObject, at: datetime | None
) -> Envelope | Unreadable:
    contact = item.text("id")
    if not contact:
        return Unreadable("The contact has no id.", key, item.document)
    item.skip("type", "role", "workspace_id")
    fields = person_fields(item, _PERSON) | person_fields(item.inner("location"), _PLACE)
    return Envelope(
        kind=kind,
        dedupe_key=key,
        external_id=contact,
        thread=f"contact:{contact}",
        occurred_at=at,
        has_weak_key=not key,
        fields={} if kind is Kind.LEAD_DELETED else fields,
        touchpoint=Touchpoint(kind="CHAT", summary=_SUMMARIES[kind]),
        extra={} if kind is Kind.LEAD_DELETED else item.rest(),
        warnings=tuple(item.warnings),
    )


_SUMMARIES = {
    Kind.LEAD_CREATED: "Intercom: came to the messenger",
    Kind.LEAD_UPDATED: "Intercom: contact changed",
    Kind.LEAD_DELETED: "Intercom: contact deleted",
}


def _read_conversation(
    topic: str, key: str, item: JsonObject, at: datetime | None
) -> Envelope | Unreadable:
    source, parts = item.inner("source"), item.inner("conversation_parts")
    replies = parts.objects("conversation_parts")
    said = replies[-1] if replies and not topic.endswith(".created") else source
    author = said.inner("author")
    is_inbound = ".user." in topic
    conversation, contact = item.text("id"), _contact_of(item, source)
    if not (conversation or contact):
        return Unreadable("The conversation has no id.", key, item.document)
    text = html_to_text(said.text("body"))
    is_person = is_inbound and author.text("type") in _VISITORS
    fields = person_fields(author, _PERSON) if is_person else {}
    if is_inbound and not fields.get("email"):
        fields = find_contact(text, item.warnings) | fields
    url = source.text("url")
    return Envelope(
        kind=Kind.INTERACTION_ADDED,
        dedupe_key=key,
        external_id=contact,
        external_ids={"conversation": conversation} if conversation else {},
        thread=f"contact:{contact}" if contact else f"conversation:{conversation}",
        occurred_at=said.moment("created_at") or at,
        has_weak_key=not key,
        fields=fields | ({"message": text} if is_inbound and text else {}),
        touchpoint=Touchpoint(
            kind="CHAT",
            summary=f"Intercom: {'wrote' if is_inbound else 'we answered'}",
            text=text,
            is_inbound=is_inbound,
            attachments=tuple(
                attachment(one.text("name"), one.text("content_type"), one.document.get("filesize"))
                for one in said.objects("attachments")
            ),
        ),
        last_touch=touch_from_url(url, "") if url else None,
        extra=item.rest(),
        warnings=tuple(item.warnings),
    )


def _contact_of(item: JsonObject, source: JsonObject) -> str:
    people = item.inner("contacts").objects("contacts")
    if people and (number := people[0].text("id")):
        return number
    author = source.inner("author")
    return author.text("id") if author.text("type") in _VISITORS else ""


def make_sample(number: int, at: datetime) -> Delivery:
    seconds = int(at.timestamp())
    contact = {
        "type": "contact",
        "id": f"c{number:06d}",
        "role": "lead",
        "name": f"Ada Example {number}",
        "email": f"ada.example{number}@example.com",
        "phone": f"+1555010{number % 10000:04d}",
        "created_at": seconds,
    }
    return json_sample(
        {
            "type": "notification_event",
            "id": f"notif_{number}",
            "app_id": "app1",
            "topic": "contact.lead.created",
            "delivery_attempts": 1,
            "first_sent_at": seconds,
            "created_at": seconds,
            "data": {"type": "notification_event_data", "item": contact},
        },
        at,
    )
