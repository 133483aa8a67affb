"""What HubSpot sends: an app's batch of events with ids, or a workflow's whole contact.

Source: HubSpot's developer pages, “Webhooks API” and “Webhooks in workflows”.
"""

from datetime import datetime
from typing import Any

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.answers import place_answers
from leads.channels.documents import JsonObject
from leads.channels.hubspot.contact import KNOWN, read_contact
from leads.channels.json_body import NotReadableError, read_json
from leads.channels.samples import json_sample
from leads.domain.envelope import Answer, Envelope, Kind, Touchpoint, Unreadable

CREATION, CHANGE, ERASURE = "creation", "propertyChange", "privacyDeletion"
# Newer subscriptions name the kind of object by a number.
_CONTACT, _CONTACT_TYPE = "contact", "0-1"
_IDS = ("vid", "hs_object_id", "objectId", "id")


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One envelope for each event of a batch, or for the contact of a workflow."""
    try:
        document = read_json(delivery.body)
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    if isinstance(document, list):
        return [_read_event(one, config) for one in document]
    if isinstance(document, dict) and document:
        is_event = "subscriptionType" in document
        return [_read_event(document, config) if is_event else _read_contact(document, config)]
    return [Unreadable("The body is neither a list of events nor a contact.", "", document)]


def thread_of(portal: str, contact: str) -> str:
    """What all that is told about one contact shares."""
    return f"hubspot:{portal}:{contact}"


def _read_event(event: Any, config: Config) -> Envelope | Unreadable:
    said = JsonObject.of(event)
    kind, about = _kind_of(said)
    if not kind:
        return Unreadable("An event names no subscriptionType.", "", event)
    portal, contact = said.text("portalId"), said.text("objectId")
    # An event's number alone is not unique; the number of the attempt changes with each.
    parts = (portal, said.text("subscriptionId"), said.text("eventId"), said.text("occurredAt"))
    key = ":".join(parts) if all(parts) else ""
    source = said.text("changeSource")
    if about != _CONTACT or (kind == CREATION and not _is_wanted(source, config)):
        return Envelope(kind=Kind.PING, dedupe_key=key)
    if not contact:
        return Unreadable("An event names no contact (objectId is missing).", key, event)
    fields = _changed_field(said, config) if kind == CHANGE else {}
    told = {
        CREATION: Kind.LEAD_CREATED,
        CHANGE: Kind.LEAD_UPDATED if fields else Kind.PING,
        ERASURE: Kind.LEAD_DELETED,
    }.get(kind, Kind.PING)
    said.skip("attemptNumber", "appId")
    return Envelope(
        kind=told,
        dedupe_key=key,
        has_weak_key=not key,
        external_id=contact,
        external_ids={"portal": portal} if portal else {},
        thread=thread_of(portal, contact),
        occurred_at=said.moment("occurredAt"),
        fields=fields,
        fetch={"contact": contact, "portal": portal} if told is Kind.LEAD_CREATED else {},
        extra=said.rest() | ({"changeSource": source} if source else {}),
        warnings=tuple(said.warnings),
    )


def _kind_of(said: JsonObject) -> tuple[str, str]:
    """(what happened, to what)."""
    about, _, kind = said.text("subscriptionType").partition(".")
    if about == "object":
        about = _CONTACT if said.text("objectTypeId") == _CONTACT_TYPE else "other"
    return kind, about


def _is_wanted(source: str, config: Config) -> bool:
    wanted = {one.strip().upper() for one in str(config.options.get("sources") or "").split(",")}
    wanted.discard("")
    return not wanted or source.upper() in wanted


def _changed_field(said: JsonObject, config: Config) -> dict[str, str]:
    name, value = said.text("propertyName"), said.text("propertyValue")
    placed = place_answers([Answer(name, name, value)], config.options, known=KNOWN)
    return placed.fields


def _read_contact(document: dict[str, Any], config: Config) -> Envelope | Unreadable:
    said = JsonObject.of(document)
    nested = isinstance(document.get("properties"), dict)
    properties = document["properties"] if nested else document
    number = next((text for name in _IDS if name in document and (text := said.text(name))), "")
    portal = said.text("portal-id") or said.text("portalId")
    contact = read_contact(properties, config, said.warnings)
    if not contact.fields:
        return Unreadable("None of the fields of a lead was found in the contact.", "", document)
    key = f"contact:{number}:{contact.changed_at}" if number and contact.changed_at else ""
    said.skip("properties")
    return Envelope(
        kind=Kind.LEAD_CREATED,
        dedupe_key=key,
        has_weak_key=not key,
        external_id=number,
        external_ids={"portal": portal} if portal else {},
        thread=thread_of(portal, number) if number else "",
        fields=contact.fields,
        extra=contact.extra | (said.rest() if nested else {}),
        touchpoint=Touchpoint(kind="FORM", text=contact.fields.get("message", "")),
        first_touch=contact.first_touch,
        last_touch=contact.last_touch,
        warnings=tuple(said.warnings),
    )


def make_sample(number: int, at: datetime) -> Delivery:
    event = {
        "eventId": number,
        "subscriptionId": 22,
        "portalId": 44,
        "appId": 55,
        "occurredAt": int(at.timestamp() * 1000),
        "subscriptionType": "contact.creation",
        "attemptNumber": 0,
        "objectId": 500_000 + number,
        "changeSource": "FORM",
    }
    return json_sample([event], at)
