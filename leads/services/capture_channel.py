"""Stores what a channel read off one delivery: one row for each thing it tells, all or none."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from leads.domain.envelope import Envelope, Kind, Unreadable, to_key, to_payload
from leads.domain.storable import clean_text, make_storable
from leads.models import Endpoint, IntakeState
from leads.services.capture import announce_on_commit, insert_row, make_row

SWITCHED_OFF = (
    "This way in is switched off. Release the delivery to have it processed all the same."
)
# An identity keeps it beside the number of its endpoint.
THREAD_LIMIT = 220
_REASON_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Arrival:
    """One delivery as it came: what every row of it shares.

    `request` is what reading it again needs beside its bytes; neither may hold a secret.
    """

    endpoint: Endpoint
    raw: bytes
    request: Mapping[str, Any]
    client_ip: str | None
    user_agent: str
    is_open: bool
    received_at: datetime


@dataclass(slots=True)
class Stored:
    """How many rows are new, were known, or are new and set aside; pings leave no row."""

    new: int = 0
    duplicate: int = 0
    quarantined: int = 0
    pings: int = 0


@transaction.atomic
def capture_parsed(*, arrival: Arrival, parsed: Sequence[Envelope | Unreadable]) -> Stored:
    """Stores the envelopes of one delivery and, once committed, wakes the work up.

    A key that was seen before changes nothing, whatever its body: senders count their attempts in
    it. The exact bytes are kept once, with the first new row. Queries: one INSERT for each envelope.
    """
    body_hash = hashlib.sha256(arrival.raw).hexdigest()
    stored = Stored()
    holder: uuid.UUID | None = None
    wakes = False
    for number, one in enumerate(parsed):
        if isinstance(one, Envelope) and one.kind is Kind.PING:
            stored.pings += 1
            continue
        row = _describe(arrival, one, number, body_hash)
        public_id = uuid.uuid4()
        if holder:
            row["payload"]["raw_of"] = str(holder)
        values = make_row(
            **row,
            public_id=public_id,
            endpoint=arrival.endpoint,
            raw=b"" if holder else arrival.raw,
            body_hash=body_hash,
            client_ip=arrival.client_ip,
            user_agent=arrival.user_agent,
            now=arrival.received_at,
        )
        if not insert_row(values):
            stored.duplicate += 1
            continue
        holder = holder or public_id
        stored.new += 1
        stored.quarantined += row["state"] == IntakeState.QUARANTINED
        wakes = wakes or row["state"] == IntakeState.RECEIVED
    if wakes:
        announce_on_commit()
    return stored


def describe_envelope(envelope: Envelope, *, is_open: bool = True) -> dict[str, Any]:
    """The columns of an intake item that the envelope decides, but its key."""
    warnings = [dict(one) for one in envelope.warnings]
    if envelope.has_weak_key:
        message = "The sender names no event: two equal deliveries on one day count as one."
        warnings.append({"field": "", "code": "weak_key", "message": message})
    return {
        "payload": to_payload(envelope),
        "thread": envelope.thread and to_key(envelope.thread, limit=THREAD_LIMIT),
        "warnings": make_storable(warnings),
        "state": _state(envelope, is_open=is_open),
        "error": "" if is_open else SWITCHED_OFF,
    }


def _describe(
    arrival: Arrival, one: Envelope | Unreadable, number: int, body_hash: str
) -> dict[str, Any]:
    # A day's repetitions of the same bytes are one; then it may be meant.
    weak = f"body:{arrival.received_at:%Y-%m-%d}:{body_hash}:{number}"
    key = to_key(one.dedupe_key or weak)
    if isinstance(one, Unreadable):
        payload = {"fields": {}, "touch": {}, "extra": {}, "unreadable": make_storable(one.item)}
        described: dict[str, Any] = {
            "payload": payload,
            "thread": "",
            "warnings": [],
            "state": IntakeState.QUARANTINED,
            "error": clean_text(one.reason, limit=_REASON_LIMIT),
        }
    else:
        described = describe_envelope(one, is_open=arrival.is_open)
    described["payload"]["request"] = dict(arrival.request)
    return {**described, "dedupe_key": key}


def _state(envelope: Envelope, *, is_open: bool) -> IntakeState:
    if envelope.is_test:
        return IntakeState.TEST
    if not is_open:
        return IntakeState.QUARANTINED
    return IntakeState.NEEDS_FETCH if envelope.fetch else IntakeState.RECEIVED
