"""What CallRail posts about calls, forms and text messages.

Its payloads do not name their event. The address may (`?event=pre-call`), which makes repetitions
certain; otherwise equal bodies count as one. The thread is CallRail's id of the call, so that the
end, the recording and later changes join the call whatever comes first.
"""

from datetime import datetime
from hashlib import sha256

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.conversations import person_fields, read_link
from leads.channels.documents import JsonObject
from leads.channels.field_mapping import is_yes, make_touch, to_text
from leads.channels.generic_webhook.parse import read_document
from leads.channels.json_body import NotReadableError
from leads.channels.phone_twilio.numbers import read_caller, read_seconds
from leads.channels.samples import json_sample
from leads.domain.attribution import CLICK_ID_KEYS, UTM_KEYS, Touch
from leads.domain.envelope import Answer, Envelope, Kind, Touchpoint, Unreadable

_PERSON = {"customer_name": "full_name", "customer_email": "email", "customer_city": "city",
           "customer_state": "subdivision", "customer_country": "country"}  # fmt: skip
PRE, ROUTED, POST, MODIFIED = "pre-call", "routing-complete", "post-call", "call-modified"
FORM, TEXT = "form", "text"
EVENTS = frozenset({PRE, ROUTED, POST, MODIFIED, FORM, TEXT})
_SEVERAL_TIMES = frozenset({MODIFIED, ""})


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One envelope: a call, a form, or a text message."""
    try:
        document = read_document(delivery)
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    said = JsonObject.of(document)
    number = said.text("resource_id") or said.text("id")
    if not number:
        return [Unreadable("There is no resource_id.", "", document)]
    event = delivery.query.get("event", "")
    event = event if event in EVENTS else ""
    key = f"{number}:{event}"
    if event in _SEVERAL_TIMES:
        key += f":{sha256(delivery.body).hexdigest()[:32]}"
    if event == FORM or (not event and "form_data" in said.document):
        return [_read_form(number, key, said)]
    if event == TEXT or (not event and ("content" in said.document or number.startswith("SMT"))):
        return [_read_text(number, key, said)]
    return [_read_call(number, event, key, said)]


def _read_call(number: str, event: str, key: str, said: JsonObject) -> Envelope:
    seconds = read_seconds(said, "duration")
    recording = read_link(said, "recording") or read_link(said, "recording_player")
    transcript = said.text("transcription")
    answered, voicemail = said.document.get("answered"), said.flag("voicemail")
    said.skip("answered")
    has_begun_only = event in {PRE, ROUTED} or not (
        event or seconds or is_yes(answered) or recording
    )
    is_inbound = not said.text("direction").startswith("outbound")
    kind = Kind.INTERACTION_ADDED
    if event == MODIFIED:
        kind = Kind.LEAD_UPDATED
    elif has_begun_only and is_inbound:
        kind = Kind.LEAD_CREATED
    fields = _person(said, "customer_phone_number")
    ours = said.text("tracking_phone_number")
    return Envelope(
        kind=kind,
        dedupe_key=key,
        external_id=number,
        external_ids={"call": number},
        thread=f"callrail:{number}",
        occurred_at=said.moment("start_time"),
        fields=fields,
        touchpoint=Touchpoint(
            kind="CALL",
            summary=_summary(event, ours, has_begun_only=has_begun_only, has_voicemail=voicemail),
            text=said.text("note"),
            is_inbound=is_inbound,
            duration_seconds=None if has_begun_only else seconds,
            was_answered=None if has_begun_only or answered is None else is_yes(answered),
            recording_url=recording,
            transcript=(("Transcript", transcript),) if transcript else (),
        ),
        last_touch=_touch(said),
        extra=said.rest(),
        warnings=tuple(said.warnings),
    )


def _summary(event: str, ours: str, *, has_begun_only: bool, has_voicemail: bool) -> str:
    if event == MODIFIED:
        return "Call, details changed"
    what = "began" if has_begun_only else "ended"
    mailbox = ", left a voicemail" if has_voicemail else ""
    return f"Call {what}{f' ({ours})' if ours else ''}{mailbox}"


def _read_form(number: str, key: str, said: JsonObject) -> Envelope:
    answers = [
        Answer(name, name, text)
        for name, value in said.inner("form_data").document.items()
        if (text := to_text(value))
    ]
    at = said.moment("submitted_at") or said.moment("start_time")
    fields = _person(said, "customer_phone_number")
    return Envelope(
        kind=Kind.LEAD_CREATED,
        dedupe_key=key,
        external_id=number,
        thread=f"callrail:{number}",
        occurred_at=at,
        fields=fields,
        answers=tuple(answers),
        touchpoint=Touchpoint(kind="FORM", summary="Form (CallRail)"),
        last_touch=_touch(said),
        extra=said.rest(),
        warnings=tuple(said.warnings),
    )


def _read_text(number: str, key: str, said: JsonObject) -> Envelope:
    text = said.text("content") or said.text("message")
    is_inbound = not said.text("direction").startswith("outbound")
    name = "customer_phone_number" if said.text("customer_phone_number") else "source_number"
    if not is_inbound and name == "source_number":
        name = "destination_number"
    fields = _person(said, name)
    thread = said.text("thread_resource_id") or number
    return Envelope(
        kind=Kind.INTERACTION_ADDED,
        dedupe_key=key,
        external_id=number,
        thread=f"callrail:{thread}",
        occurred_at=said.moment("timestamp") or said.moment("sent_at"),
        fields=fields | ({"message": text} if is_inbound and text else {}),
        touchpoint=Touchpoint(
            kind="SMS",
            summary="Text message" if is_inbound else "Text message by us",
            text=text,
            is_inbound=is_inbound,
        ),
        last_touch=_touch(said),
        extra=said.rest(),
        warnings=tuple(said.warnings),
    )


def _person(said: JsonObject, number: str) -> dict[str, str]:
    fields = person_fields(said, _PERSON)
    phone = read_caller(said, number)
    if phone:
        fields["phone"] = phone
    if campaign := said.text("utm_campaign"):
        fields["campaign"] = campaign
    return fields


def _touch(said: JsonObject) -> Touch | None:
    addresses = {
        "landing_url": said.text("landing_page_url"),
        "referrer": said.text("referrer") or said.text("referring_url"),
    }
    tracking = {name: said.text(name) for name in (*UTM_KEYS, *CLICK_ID_KEYS)}
    touch = make_touch(addresses, tracking)
    return touch if touch.landing_url or touch.referrer or touch.utm or touch.click_ids else None


def make_sample(number: int, at: datetime) -> Delivery:
    return json_sample(
        {
            "resource_id": f"CAL{number:020d}",
            "company_id": "COM1",
            "tracking_phone_number": "+15550199998",
            "customer_phone_number": f"+1555010{number % 10000:04d}",
            "customer_name": f"Ada Example {number}",
            "customer_city": "Springfield",
            "customer_state": "IL",
            "customer_country": "US",
            "direction": "inbound",
            "start_time": at.isoformat(),
            "duration": 95,
            "answered": True,
            "voicemail": False,
            "first_call": True,
            "source_name": "Google Ads",
            "utm_source": "google",
            "utm_medium": "cpc",
            "gclid": f"Cj0-{number}",
            "landing_page_url": "https://example.com/prices",
            "recording": f"https://example.com/recordings/{number}",
        },
        at,
    )
