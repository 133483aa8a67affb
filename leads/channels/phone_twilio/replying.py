"""What a caller hears: Twilio asks at the first word of a call what to do, and expects TwiML."""

from xml.sax.saxutils import escape, quoteattr

from leads.channels.adapter import Config, Delivery, Reply

GREETING = "Thank you for calling. We will call you back."
_WORDS_LIMIT = 500
_XML = "text/xml; charset=utf-8"


def reply(delivery: Delivery, config: Config) -> Reply:
    """Instructions where Twilio waits for them, 204 for everything that it only tells."""
    form = delivery.form
    if form.get("DialCallStatus"):
        was_answered = form["DialCallStatus"] in {"completed", "answered"}
        return _twiml("<Hangup/>" if was_answered else _say(config))
    if _asks_about_a_call(delivery):
        return _twiml(_forward(delivery, config) or _say(config))
    if form.get("MessageSid") and form.get("SmsStatus") == "received":
        return _twiml("")
    return Reply(status=204)


def _asks_about_a_call(delivery: Delivery) -> bool:
    form = delivery.form
    is_told = any(form.get(name) for name in ("CallbackSource", "SequenceNumber", "RecordingSid"))
    is_open = form.get("CallStatus") in {"ringing", "in-progress"}
    return bool(form.get("CallSid")) and is_open and not is_told and not form.get("ParentCallSid")


def _forward(delivery: Delivery, config: Config) -> str:
    number = _number(str(config.options.get("forward_to") or ""))
    if not number:
        return ""
    said = f' action={quoteattr(delivery.url)} method="POST" answerOnBridge="true"'
    if config.options.get("record") == "yes":
        back = quoteattr(delivery.url)
        said += f' record="record-from-answer" recordingStatusCallback={back}'
    return f"<Dial{said}>{number}</Dial>"


def _number(text: str) -> str:
    kept = "".join(one for one in text if one in "+0123456789")
    return kept if 7 <= len(kept) <= 17 else ""


def _say(config: Config) -> str:
    words = str(config.options.get("greeting") or GREETING)[:_WORDS_LIMIT]
    kept = "".join(one for one in words if one.isprintable())
    return f"<Say>{escape(kept)}</Say><Hangup/>"


def _twiml(content: str) -> Reply:
    body = f'<?xml version="1.0" encoding="UTF-8"?><Response>{content}</Response>'
    return Reply(body=body, content_type=_XML)
