"""What people write to a WhatsApp number. States of what we sent come to the same address.

Source: Meta's developer pages, “WhatsApp cloud API: webhooks, messages reference”.
"""

from collections.abc import Iterator
from datetime import datetime

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.conversations import attachment
from leads.channels.documents import JsonObject
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.samples import json_sample
from leads.domain.attribution import Touch, web_address
from leads.domain.envelope import Envelope, Kind, Touchpoint, Unreadable

OBJECT, FIELD = "whatsapp_business_account", "messages"
_FILES = ("image", "video", "audio", "document", "sticker")


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One envelope for each message; states and other news of the account are counted."""
    try:
        said = JsonObject.of(read_json_object(delivery.body))
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    if said.text("object") != OBJECT:
        return [Unreadable(f"The object is not {OBJECT!r}.", "", said.document)]
    if not isinstance(said.document.get("entry"), list):
        return [Unreadable("There is no list named entry.", "", said.document)]
    found = [one for entry in said.items("entry") for one in _read_entry(entry)]
    return found or [Envelope(kind=Kind.PING, dedupe_key="")]


def _read_entry(entry: object) -> Iterator[Envelope | Unreadable]:
    if not isinstance(entry, dict) or not isinstance(entry.get("changes"), list):
        yield Unreadable("An entry holds no list of changes.", "", entry)
        return
    for change in entry["changes"]:
        if not isinstance(change, dict) or not isinstance(change.get("value"), dict):
            yield Unreadable("A change holds no value.", "", change)
        elif change.get("field") == FIELD:
            yield from _read_value(change["value"])


def _read_value(value: dict[str, object]) -> Iterator[Envelope | Unreadable]:
    messages = value.get("messages")
    if not isinstance(messages, list):
        if messages is not None or not isinstance(value.get("statuses"), list):
            yield Unreadable("A change holds neither messages nor statuses.", "", value)
        return
    names = _list_names(value)
    for message in messages:
        yield _read_message(message, value, names)


def _list_names(value: dict[str, object]) -> dict[str, str]:
    contacts = JsonObject.of(value).objects("contacts")
    return {one.text("wa_id"): one.inner("profile").text("name") for one in contacts}


def _read_message(
    message: object, value: dict[str, object], names: dict[str, str]
) -> Envelope | Unreadable:
    said = JsonObject.of(message)
    key, sender, kind = said.text("id"), said.text("from"), said.text("type")
    if not key or not sender:
        return Unreadable("A message without an id or a sender.", key, message)
    ours = JsonObject.of(value).inner("metadata").text("phone_number_id")
    text = _text(said, kind)
    referral = said.inner("referral")
    touch = _touch(referral)
    fields = {"phone": f"+{sender}" if sender.isdecimal() else sender}
    fields |= {"full_name": names[sender]} if names.get(sender) else {}
    fields |= {"message": text} if text else {}
    said.skip("context")
    return Envelope(
        kind=Kind.LEAD_CREATED if touch else Kind.INTERACTION_ADDED,
        dedupe_key=key,
        external_id=sender,
        external_ids={"ad": ad} if (ad := referral.text("source_id")) else {},
        thread=f"whatsapp:{ours}:{sender}",
        occurred_at=said.moment("timestamp"),
        fields=fields,
        touchpoint=Touchpoint(
            kind="CHAT",
            summary="WhatsApp message" + ("" if kind == "text" else f" ({kind[:20]})"),
            text=text,
            attachments=tuple(_files(said)),
        ),
        last_touch=touch,
        extra=said.rest() | ({"referral": referral.document} if referral.document else {}),
        warnings=tuple(said.warnings),
    )


def _text(said: JsonObject, kind: str) -> str:
    """The words of a message, also of a pressed button or below a picture."""
    if kind == "interactive":
        chosen = said.inner("interactive")
        return chosen.inner("button_reply").text("title") or chosen.inner("list_reply").text(
            "title"
        )
    if kind == "button":
        return said.inner("button").text("text")
    if kind in _FILES:
        return JsonObject.of(said.document.get(kind)).text("caption")
    return said.inner("text").text("body")


def _files(said: JsonObject) -> Iterator[dict[str, object]]:
    for kind in _FILES:
        if said.document.get(kind):
            file = said.inner(kind)
            yield attachment(file.text("filename") or kind, file.text("mime_type"))


def _touch(referral: JsonObject) -> Touch | None:
    """The advertisement on which somebody pressed “Send message”."""
    if not referral.document:
        return None
    click, ad = referral.text("ctwa_clid"), referral.text("source_id")
    is_ad = referral.text("source_type") == "ad" or bool(click)
    utm = {"source": "whatsapp", "medium": "paid_social" if is_ad else "social"}
    return Touch(
        landing_url=web_address(referral.text("source_url")),
        utm=utm | ({"content": ad[:512]} if ad else {}),
        click_ids={"ctwa_clid": click[:512]} if click else {},
    )


def make_sample(number: int, at: datetime) -> Delivery:
    sender = f"1555010{number % 10000:04d}"
    message = {
        "from": sender,
        "id": f"wamid.{number:010d}",
        "timestamp": str(int(at.timestamp())),
        "type": "text",
        "text": {"body": "Please call me."},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550199997", "phone_number_id": "900"},
        "contacts": [{"profile": {"name": f"Ada Example {number}"}, "wa_id": sender}],
        "messages": [message],
    }
    entry = {"id": "800", "changes": [{"field": FIELD, "value": value}]}
    return json_sample({"object": OBJECT, "entry": [entry]}, at)
