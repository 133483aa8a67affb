"""The one shape that every channel turns its deliveries into.

An envelope says what a sender said: raw text by the names of our fields, made storable and nothing
more. Normal forms are made from it later, by cleansing, so that what was said stays known.
What `to_payload` gives can be stored and is bounded, whatever the sender does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from leads.domain.attribution import Touch
from leads.domain.storable import make_storable

VERSION = 1
KEY_LIMIT = 255


class Kind(StrEnum):
    """What a delivery tells."""

    LEAD_CREATED = "lead.created"
    LEAD_UPDATED = "lead.updated"
    LEAD_DELETED = "lead.deleted"
    INTERACTION_ADDED = "interaction.added"
    PING = "ping"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answered question of a form. `kind` is the sender's own word for the type."""

    key: str
    label: str
    value: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """What happened, for the timeline. `kind` is FORM, CALL, EMAIL, CHAT, SMS, MEETING, VISIT or API."""

    kind: str
    summary: str = ""
    text: str = ""
    is_inbound: bool = True
    duration_seconds: int | None = None
    was_answered: bool | None = None
    recording_url: str = ""
    transcript: tuple[tuple[str, str], ...] = ()
    """(who, what was said), in order."""
    attachments: tuple[Mapping[str, Any], ...] = ()
    """{"name", "content_type", "size_bytes"} each."""
    starts_at: datetime | None = None
    """Of a meeting."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person agreed to. `is_given` is never inferred."""

    is_given: bool | None = None
    text: str = ""
    version: str = ""
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """One lead, or one thing that happened with one, as a channel read it.

    `dedupe_key` is unique among the deliveries of an endpoint; `has_weak_key` when it had to be made
    from the body. `thread` names what later deliveries about the same person carry although they may
    not name the person (a conversation, a call): "crisp:session_1".
    """

    kind: Kind
    dedupe_key: str
    external_id: str = ""
    external_ids: Mapping[str, str] = field(default_factory=dict)
    thread: str = ""
    occurred_at: datetime | None = None
    is_test: bool = False
    has_weak_key: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    """Raw text by the names of `draft.FIELDS`."""
    answers: tuple[Answer, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What we have no place for, kept."""
    touchpoint: Touchpoint | None = None
    first_touch: Touch | None = None
    last_touch: Touch | None = None
    consent: Consent | None = None
    fetch: Mapping[str, str] = field(default_factory=dict)
    """What must be asked of the sender's API before the lead is complete; empty when it is."""
    warnings: tuple[Mapping[str, str], ...] = ()
    """{"field", "code", "message"} each."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A delivery, or one item of a batch, that is kept aside for a person to look at."""

    reason: str
    dedupe_key: str
    item: Any = None
    """The item itself, as JSON data."""


ANSWERS_LIMIT = 200
ANSWER_LIMIT = 4_000
KEPT_LIMIT = 200_000


def to_payload(envelope: Envelope) -> dict[str, Any]:
    """The envelope as the JSON an intake item keeps; what is empty is left out."""
    payload: dict[str, Any] = make_storable(_to_json(envelope))
    # What nobody reads by name makes room first; the exact bytes are kept beside.
    if len(str(payload["extra"])) > KEPT_LIMIT:
        payload["extra"] = {}
    return payload


def to_key(text: str, *, limit: int = KEY_LIMIT) -> str:
    """The text as a key that fits: a long or odd one by its hash."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    return f"sha256:{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _fields(envelope: Envelope) -> dict[str, str]:
    """The fields, with what an envelope says beside them under the names that cleansing reads."""
    consent = envelope.consent.is_given if envelope.consent else None
    beside = {
        "occurred_at": _moment(envelope.occurred_at) or "",
        "external_id": envelope.external_id,
        "consent": {True: "yes", False: "no", None: ""}[consent],
    }
    return {name: text for name, text in beside.items() if text} | dict(envelope.fields)


def _answer(answer: Answer) -> dict[str, str]:
    return {**asdict(answer), "value": answer.value[:ANSWER_LIMIT]}


def _to_json(envelope: Envelope) -> dict[str, Any]:
    touch = envelope.last_touch or envelope.first_touch or Touch()
    payload: dict[str, Any] = {
        "version": VERSION,
        "kind": envelope.kind.value,
        "fields": _fields(envelope),
        "touch": asdict(touch),
        "extra": dict(envelope.extra),
    }
    optional: dict[str, Any] = {
        "external_id": envelope.external_id,
        "external_ids": dict(envelope.external_ids),
        "thread": envelope.thread,
        "occurred_at": _moment(envelope.occurred_at),
        "is_test": envelope.is_test,
        "has_weak_key": envelope.has_weak_key,
        "answers": [_answer(answer) for answer in envelope.answers[:ANSWERS_LIMIT]],
        "touchpoint": _touchpoint(envelope.touchpoint) if envelope.touchpoint else None,
        "first_touch": asdict(envelope.first_touch) if envelope.first_touch else None,
        "consent": _consent(envelope.consent),
        "fetch": dict(envelope.fetch),
    }
    return payload | {name: value for name, value in optional.items() if value}


def _consent(consent: Consent | None) -> dict[str, Any]:
    if consent is None:
        return {}
    given_at = _moment(consent.given_at)
    return {
        "given": consent.is_given,
        "text": consent.text,
        "version": consent.version,
        "given_at": given_at,
    }


def _touchpoint(touchpoint: Touchpoint) -> dict[str, Any]:
    said = {**asdict(touchpoint), "starts_at": _moment(touchpoint.starts_at)}
    return {name: value for name, value in said.items() if value not in (None, "", ())}


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
