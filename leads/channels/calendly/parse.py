"""What Calendly sends when a meeting is booked, called off or missed, or a routing form is filled in.

Source: Calendly's developer pages, “Webhook payload”.
"""

from datetime import datetime

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.answers import Placed, place_answers
from leads.channels.documents import JsonObject
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.samples import json_sample
from leads.domain.attribution import UTM_KEYS
from leads.domain.envelope import Answer, Envelope, Kind, Touchpoint, Unreadable
from leads.domain.text import SUBJECT_LIMIT

BOOKED, CANCELLED = "invitee.created", "invitee.canceled"
MISSED, ROUTING_FORM = "invitee_no_show.created", "routing_form_submission.created"
NEW = (BOOKED, ROUTING_FORM)
KNOWN = {
    # Calendly's own question, which every event has at first.
    "please share anything that will help prepare for our meeting.": "message",
}


def parse(delivery: Delivery, config: Config) -> Parsed:
    """A booking or routing form is a lead; what becomes of a booking is told to whoever it is about."""
    try:
        document = read_json_object(delivery.body)
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    said = JsonObject.of(document)
    event = said.text("event")
    if event not in (*NEW, CANCELLED, MISSED):
        return [Unreadable(f"The event {event[:50]!r} is not known.", "", document)]
    payload = said.inner("payload")
    uri = payload.text("uri")
    if not uri:
        return [Unreadable("The payload names no invitee (uri is missing).", "", document)]
    occurred_at = said.moment("created_at")
    said.skip("created_by")
    if event in NEW:
        placed = _place(payload, config)
        touchpoint = _meeting(payload) if event == BOOKED else Touchpoint(kind="FORM")
        extra = payload.rest()
        said.skip("payload")
    else:
        # Without a name of their own these wait for the booking, should they be faster.
        placed, touchpoint = Placed(), _told(payload, event)
        extra = {}
    envelope = Envelope(
        kind=Kind.LEAD_CREATED if event in NEW else Kind.INTERACTION_ADDED,
        dedupe_key=f"{event}:{uri}",
        external_id=uri,
        thread=f"calendly:{payload.text('invitee') if event == MISSED else uri}",
        occurred_at=occurred_at,
        fields=placed.fields,
        answers=tuple(placed.answers),
        touchpoint=touchpoint,
        last_touch=placed.touch() if event in NEW else None,
        extra=extra | said.rest(),
        warnings=tuple(said.warnings),
    )
    return [envelope]


def _place(payload: JsonObject, config: Config) -> Placed:
    own = ("name", "first_name", "last_name", "email")
    answers = [Answer(name, name, payload.text(name)) for name in own]
    for one in payload.objects("questions_and_answers"):
        question = one.text("question")
        one.skip("position", "question_uuid")
        answers.append(Answer(question, question, one.text("answer")))
    # Asked for only to remind of the meeting; better than no number at all.
    answers.append(Answer("phone", "Phone for reminders", payload.text("text_reminder_number")))
    tracking = payload.inner("tracking")
    answers.extend(Answer(name, name, tracking.text(name), "hidden") for name in UTM_KEYS)
    return place_answers(answers, config.options, known=KNOWN)


def _meeting(payload: JsonObject) -> Touchpoint:
    event = payload.inner("scheduled_event")
    starts_at, ends_at = event.moment("start_time"), event.moment("end_time")
    is_moved = bool(payload.text("old_invitee"))
    name = event.text("name") or "Meeting"
    return Touchpoint(
        kind="MEETING",
        summary=f"{name}{' (moved)' if is_moved else ''}"[:SUBJECT_LIMIT],
        starts_at=starts_at,
        duration_seconds=_duration(starts_at, ends_at),
    )


def _told(payload: JsonObject, event: str) -> Touchpoint:
    name = payload.inner("scheduled_event").text("name") or "Meeting"
    if event == MISSED:
        return Touchpoint(kind="MEETING", summary=f"{name}: did not come"[:SUBJECT_LIMIT])
    said = "moved" if payload.flag("rescheduled") else "called off"
    reason = payload.inner("cancellation").text("reason")
    return Touchpoint(kind="MEETING", summary=f"{name}: {said}"[:SUBJECT_LIMIT], text=reason)


def _duration(starts_at: datetime | None, ends_at: datetime | None) -> int | None:
    if not starts_at or not ends_at or ends_at < starts_at:
        return None
    return int((ends_at - starts_at).total_seconds())


def make_sample(number: int, at: datetime) -> Delivery:
    payload = {
        "uri": f"https://api.calendly.com/scheduled_events/E{number}/invitees/I{number}",
        "email": f"ada.example{number}@example.com",
        "name": f"Ada Example {number}",
        "timezone": "Europe/Berlin",
        "status": "active",
        "questions_and_answers": [
            {"question": "Company", "answer": "Example GmbH", "position": 0},
            {"question": "Phone", "answer": f"+1555010{number % 10000:04d}", "position": 1},
        ],
        "tracking": {"utm_source": "newsletter", "utm_medium": None},
        "scheduled_event": {
            "name": "First talk",
            "start_time": at.isoformat(),
            "end_time": at.isoformat(),
        },
    }
    return json_sample({"event": BOOKED, "created_at": at.isoformat(), "payload": payload}, at)
