"""What Twilio posts about a call or a text message.

A call is told about many times, in any order: it rings, is answered, ends, its recording is ready.
All carry the CallSid, which is the thread. The first of those before the end makes the lead; the
others of them say nothing new and share its key. From Twilio's reference, “Request parameters” of
voice and messaging, “Status callbacks” and “Recording status callbacks”.
"""

from datetime import datetime

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.conversations import attachment, read_link
from leads.channels.documents import JsonObject
from leads.channels.phone_twilio.numbers import read_caller, read_moment, read_seconds
from leads.channels.samples import form_sample
from leads.domain.attribution import web_address
from leads.domain.envelope import Consent, Envelope, Kind, Touchpoint, Unreadable

RUNNING = frozenset({"queued", "initiated", "ringing", "in-progress", "answered"})
ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_UNANSWERED = ENDED - {"completed"}
_CALLER = {"CallerName": "full_name", "FromCountry": "country", "FromState": "subdivision",
           "FromCity": "city", "FromZip": "postal_code"}  # fmt: skip
_MEDIA_LIMIT = 10
_NOT_KEPT = ("AccountSid", "ApiVersion", "ToCountry", "ToState", "ToCity", "ToZip", "Called",
             "CalledCity", "CalledCountry", "CalledState", "CalledZip", "Caller", "CallerCity",
             "CallerCountry", "CallerState", "CallerZip", "SmsMessageSid", "SmsSid")  # fmt: skip


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One envelope; legs of a forwarded call and states of texts that we sent are counted."""
    if not delivery.form:
        return [Unreadable("The body is no form with fields.", "")]
    said = JsonObject.of(dict(delivery.form))
    said.skip(*_NOT_KEPT)
    call, message = said.text("CallSid"), said.text("MessageSid") or delivery.form.get("SmsSid", "")
    if message and not call:
        return [_read_message(message, said)]
    if not call:
        return [Unreadable("There is neither a CallSid nor a MessageSid.", "", said.document)]
    if said.text("ParentCallSid"):
        return [Envelope(kind=Kind.PING, dedupe_key=call)]
    if said.text("RecordingSid") or said.text("TranscriptionSid"):
        return [_read_recording(call, said)]
    return [_read_call(call, said)]


def _read_call(call: str, said: JsonObject) -> Envelope | Unreadable:
    status, dialled = said.text("CallStatus"), said.text("DialCallStatus")
    if status not in RUNNING | ENDED:
        return Unreadable(
            f"The state of the call is unknown: {status[:50]!r}.", call, said.document
        )
    is_inbound = not said.text("Direction").startswith("outbound")
    has_ended = status in ENDED
    fields = _person(said, is_inbound=is_inbound)
    seconds = read_seconds(said, "DialCallDuration" if dialled else "CallDuration")
    said.skip("SequenceNumber", "CallbackSource", "Duration")
    return Envelope(
        kind=Kind.INTERACTION_ADDED
        if has_ended or dialled or not is_inbound
        else Kind.LEAD_CREATED,
        dedupe_key=f"{call}:{'dialled' if dialled else 'ended' if has_ended else 'began'}",
        external_id=call,
        external_ids={"call": call},
        thread=f"call:{call}",
        occurred_at=read_moment(said, "Timestamp"),
        fields=fields,
        touchpoint=Touchpoint(
            kind="CALL",
            summary=_summary(dialled or status, said.text("To"), is_inbound=is_inbound),
            is_inbound=is_inbound,
            duration_seconds=seconds,
            was_answered=_was_answered(status, dialled),
            recording_url=read_link(said, "RecordingUrl"),
        ),
        extra=said.rest(),
        warnings=tuple(said.warnings),
    )


def _was_answered(status: str, dialled: str) -> bool | None:
    """Whether a person answered: a call that ended well may have been taken by our own words."""
    if dialled:
        return dialled in {"completed", "answered"}
    return False if status in _UNANSWERED else None


def _summary(status: str, number: str, *, is_inbound: bool) -> str:
    what = {"completed": "ended", "busy": "busy", "failed": "failed", "no-answer": "not answered",
            "canceled": "given up"}.get(status, "began")  # fmt: skip
    who = "Call" if is_inbound else "Call by us"
    return f"{who} {what}{f' ({number})' if is_inbound and number else ''}"


def _read_recording(call: str, said: JsonObject) -> Envelope:
    recording = said.text("RecordingSid")
    text = said.text("TranscriptionText")
    state = "transcript" if text or said.text("TranscriptionSid") else "recording"
    status = said.text("RecordingStatus") or said.text("TranscriptionStatus")
    url = read_link(said, "RecordingUrl")
    is_empty = not (url or text)
    return Envelope(
        kind=Kind.PING if is_empty else Kind.INTERACTION_ADDED,
        dedupe_key=f"{call}:{recording}:{state}:{status}",
        external_id=call,
        external_ids={"call": call},
        thread=f"call:{call}",
        occurred_at=read_moment(said, "RecordingStartTime") or read_moment(said, "Timestamp"),
        touchpoint=Touchpoint(
            kind="CALL",
            summary="Transcript of the call" if text else "Recording of the call",
            text=text,
            duration_seconds=read_seconds(said, "RecordingDuration"),
            recording_url=url,
        ),
        extra=said.rest(),
        warnings=tuple(said.warnings),
    )


def _read_message(message: str, said: JsonObject) -> Envelope:
    body, media = said.text("Body"), _media(said)
    status = said.text("MessageStatus") or said.text("SmsStatus")
    is_received = status in {"received", "receiving", ""}
    if not is_received or ("Body" not in said.document and not media):
        return Envelope(kind=Kind.PING, dedupe_key=f"{message}:{status}")
    fields = _person(said, is_inbound=True)
    opt_out = said.text("OptOutType").upper()
    refusal = Consent(is_given=False, text=body) if opt_out == "STOP" else None
    caller, ours = fields.get("phone", ""), said.text("To")
    return Envelope(
        kind=Kind.INTERACTION_ADDED,
        dedupe_key=message,
        external_id=message,
        thread=f"sms:{ours}:{caller}" if caller else "",
        fields=fields | ({"message": body} if body and not opt_out else {}),
        touchpoint=Touchpoint(
            kind="SMS",
            summary=f"Text message{f' to {ours}' if ours else ''}",
            text=body,
            attachments=tuple(attachment(url, kind) for url, kind in media),
        ),
        consent=refusal,
        extra=said.rest(),
        warnings=tuple(said.warnings),
    )


def _media(said: JsonObject) -> list[tuple[str, str]]:
    count = said.text("NumMedia")
    number = min(int(count), _MEDIA_LIMIT) if count.isdecimal() and len(count) < 4 else 0
    found = [
        (web_address(said.document.get(f"MediaUrl{one}", "")), said.text(f"MediaContentType{one}"))
        for one in range(number)
    ]
    return [(url, kind) for url, kind in found if url]


def _person(said: JsonObject, *, is_inbound: bool) -> dict[str, str]:
    ours, theirs = ("To", "From") if is_inbound else ("From", "To")
    phone = read_caller(said, theirs)
    said.skip(ours)
    if not is_inbound:
        return {"phone": phone} if phone else {}
    fields = {name: text for key, name in _CALLER.items() if (text := said.text(key))}
    return fields | ({"phone": phone} if phone else {})


def make_sample(number: int, at: datetime) -> Delivery:
    """A call that has just begun to ring; each third number is a text message."""
    who = {
        "AccountSid": "AC00000000000000000000000000000001",
        "ApiVersion": "2010-04-01",
        "From": f"+1555010{number % 10000:04d}",
        "To": "+15550199999",
        "FromCity": "SPRINGFIELD",
        "FromState": "IL",
        "FromZip": "62701",
        "FromCountry": "US",
    }
    if number % 3 == 0:
        text = {"MessageSid": f"SM{number:032d}", "Body": "Please call me.", "NumMedia": "0"}
        return form_sample(who | text | {"SmsStatus": "received"}, at)
    call = {
        "CallSid": f"CA{number:032d}",
        "CallStatus": "ringing",
        "Direction": "inbound",
        "CallerName": f"Ada Example {number}",
    }
    return form_sample(who | call, at)
