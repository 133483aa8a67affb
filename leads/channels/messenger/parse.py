"""What people write to a page or an Instagram account; both arrive in the same shape.

Meta names a person by a number that is of use within the page only: the thread is that person's talk
with the page, and becomes a lead when a way to reach the person is written or shared in it.
Source: Meta's developer pages, “Messenger platform: webhook events”.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.conversations import attachment, find_contact
from leads.channels.documents import JsonObject
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.samples import json_sample
from leads.domain.attribution import Touch, web_address
from leads.domain.envelope import Envelope, Kind, Touchpoint, Unreadable

# States of what was written before.
_STATES = frozenset({"read", "delivery", "reaction", "message_edit", "optin", "account_linking",
                     "policy_enforcement", "pass_thread_control", "take_thread_control"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Talk:
    """One of Meta's messengers. `name` is shown, `source` stands for it in attribution."""

    object_name: str
    name: str
    source: str

    def parse(self, delivery: Delivery, config: Config) -> Parsed:
        """One envelope for each message; receipts are counted."""
        try:
            said = JsonObject.of(read_json_object(delivery.body))
        except NotReadableError as problem:
            return [Unreadable(str(problem), "")]
        if said.text("object") != self.object_name:
            return [Unreadable(f"The object is not {self.object_name!r}.", "", said.document)]
        if not isinstance(said.document.get("entry"), list):
            return [Unreadable("There is no list named entry.", "", said.document)]
        found = [one for entry in said.items("entry") for one in self._read_entry(entry)]
        return found or [Envelope(kind=Kind.PING, dedupe_key="")]

    def _read_entry(self, entry: object) -> Iterator[Envelope | Unreadable]:
        if not isinstance(entry, dict):
            yield Unreadable("An entry is no object.", "", entry)
            return
        events = entry.get("messaging")
        if events is None and isinstance(entry.get("changes") or entry.get("standby"), list):
            return  # news of the page, or talk that another app has in hand
        if not isinstance(events, list):
            yield Unreadable("An entry holds no list named messaging.", "", entry)
            return
        for event in events:
            if not (isinstance(event, dict) and _STATES & set(event)):
                yield self._read_event(event)

    def _read_event(self, event: object) -> Envelope | Unreadable:
        said = JsonObject.of(event)
        message, postback = said.inner("message"), said.inner("postback")
        is_ours = message.flag("is_echo")
        sender, page = said.inner("sender").text("id"), said.inner("recipient").text("id")
        person, page = (page, sender) if is_ours else (sender, page)
        at = said.moment("timestamp")
        key = message.text("mid") or postback.text("mid") or _key_of_referral(said, person, at)
        if not person or not key:
            return Unreadable("A message without an id or a sender.", key, event)
        text = message.text("text") or postback.text("title")
        fields = {} if is_ours else _shared(message) or find_contact(text, said.warnings)
        referral = next(
            (r for one in (message, postback, said) if (r := one.inner("referral")).document),
            JsonObject.of({}),
        )
        ids = {"page": page, "ad": referral.text("ad_id")}
        return Envelope(
            kind=Kind.INTERACTION_ADDED,
            dedupe_key=key,
            external_id=person,
            external_ids={name: value for name, value in ids.items() if value},
            thread=f"{self.source}:{page}:{person}",
            occurred_at=at,
            fields=fields | ({"message": text} if text and not is_ours else {}),
            touchpoint=Touchpoint(
                kind="CHAT",
                summary=f"{self.name}: {'we answered' if is_ours else 'wrote'}",
                text=text,
                is_inbound=not is_ours,
                attachments=tuple(
                    attachment(one.text("type")) for one in message.objects("attachments")
                ),
            ),
            last_touch=self._touch(referral),
            extra=said.rest() | ({"referral": referral.document} if referral.document else {}),
            warnings=tuple(said.warnings),
        )

    def _touch(self, referral: JsonObject) -> Touch | None:
        if not referral.document:
            return None
        ad, ref = referral.text("ad_id"), referral.text("ref")
        is_ad = bool(ad) or referral.text("source") == "ADS"
        utm = {"source": self.source, "medium": "paid_social" if is_ad else "social"}
        named = {"content": ad[:512], "campaign": ref[:512]}
        return Touch(
            landing_url=web_address(referral.text("referer_uri")),
            utm=utm | {name: value for name, value in named.items() if value},
        )

    def make_sample(self, number: int, at: datetime) -> Delivery:
        milliseconds = int(at.timestamp() * 1000)
        event = {
            "sender": {"id": str(7_000_000 + number)},
            "recipient": {"id": "1001"},
            "timestamp": milliseconds,
            "message": {
                "mid": f"m_{number:010d}",
                "text": f"Please write to ada.example{number}@example.com",
            },
        }
        entry = {"id": "1001", "time": milliseconds, "messaging": [event]}
        return json_sample({"object": self.object_name, "entry": [entry]}, at)


def _shared(message: JsonObject) -> dict[str, str]:
    """The address or number that the person sent by pressing the button that offers it."""
    payload = message.inner("quick_reply").text("payload")
    text = message.text("text")
    return find_contact(text, []) if payload and payload == text else {}


def _key_of_referral(said: JsonObject, person: str, at: datetime | None) -> str:
    """Of somebody who came by a link or an advertisement to a talk that was open before."""
    has_come = isinstance(said.document.get("referral"), dict) and at
    return f"referral:{person}:{int(at.timestamp() * 1000)}" if has_come and at else ""


MESSENGER = Talk(object_name="page", name="Messenger", source="facebook")
INSTAGRAM = Talk(object_name="instagram", name="Instagram", source="instagram")
