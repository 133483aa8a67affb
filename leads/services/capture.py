"""Stores deliveries as they arrive: the one write behind every way in."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from leadrouter.common.errors import DomainError
from leadrouter.common.rows import prepared_cursor
from leads.models import Endpoint, IntakeItem, IntakeState
from leads.signals import lead_ready

USER_AGENT_LIMIT = 300
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# By hand: half the cost of `bulk_create(ignore_conflicts=True)`, which also hides what it did.
_INSERT = """
INSERT INTO leads_intakeitem (
  public_id, endpoint_id, dedupe_key, body_hash, raw, payload, warnings, client_ip, user_agent,
  received_at, state, attempts, last_error, thread
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (endpoint_id, dedupe_key) DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Captured:
    """The intake item of a delivery; `is_duplicate` when an earlier delivery had made it."""

    public_id: uuid.UUID
    is_duplicate: bool


class IdempotencyConflict(DomainError):  # noqa: N818 -- named as the sender would say it
    """The same key arrived earlier with another body."""

    code = "idempotency_key_reused"
    http_status = 409


def capture_delivery(
    *,
    endpoint: Endpoint,
    dedupe_key: str,
    payload: Mapping[str, Any],
    raw: bytes,
    body_hash: str,
    client_ip: str | None,
    user_agent: str,
    warnings: Sequence[Mapping[str, str]],
    now: datetime,
    state: str = IntakeState.RECEIVED,
    error: str = "",
) -> Captured:
    """Stores one delivery and, once it is committed, wakes the work up.

    `payload` holds only text that PostgreSQL can store: no NUL and no lone surrogates.
    Queries: one INSERT; a second query only when the key was seen before.
    Raises: IdempotencyConflict when the key was seen with another body.
    """
    public_id = uuid.uuid4()
    row = make_row(
        public_id=public_id,
        endpoint=endpoint,
        dedupe_key=dedupe_key,
        payload=payload,
        raw=raw,
        body_hash=body_hash,
        client_ip=client_ip,
        user_agent=user_agent,
        warnings=warnings,
        now=now,
        state=state,
        error=error,
    )
    while not insert_row(row):
        earlier = _find_earlier(endpoint.pk, dedupe_key)
        if earlier is None:
            continue  # erased between the two statements: the key is free again
        if earlier[1] != body_hash:
            raise IdempotencyConflict(
                "This idempotency key was used for another body.", id=str(earlier[0])
            )
        return Captured(earlier[0], is_duplicate=True)
    if state == IntakeState.RECEIVED:
        announce_on_commit()
    return Captured(public_id, is_duplicate=False)


def make_row(
    *,
    public_id: uuid.UUID,
    endpoint: Endpoint,
    dedupe_key: str,
    payload: Mapping[str, Any],
    raw: bytes,
    body_hash: str,
    client_ip: str | None,
    user_agent: str,
    warnings: Sequence[Mapping[str, str]],
    now: datetime,
    state: str,
    error: str = "",
    thread: str = "",
) -> tuple[Any, ...]:
    """One delivery as `insert_row` stores it."""
    return (
        public_id if connection.features.has_native_uuid_field else public_id.hex,
        endpoint.pk,
        dedupe_key,
        body_hash,
        raw,
        _to_json(payload),
        _to_json(list(warnings)),
        connection.ops.adapt_ipaddressfield_value(client_ip),
        user_agent[:USER_AGENT_LIMIT],
        connection.ops.adapt_datetimefield_value(now),
        str(state),
        0,
        error,
        thread,
    )


def announce_on_commit() -> None:
    """Wakes the work up once what was stored is committed."""
    if connection.in_atomic_block:
        transaction.on_commit(_announce)
    else:
        _announce()


def _announce() -> None:
    # Robust: a delivery that is stored must be answered with success, whatever a receiver does.
    lead_ready.send_robust(sender=IntakeItem)


def insert_row(row: tuple[Any, ...]) -> bool:
    """True when the row is new."""
    with prepared_cursor() as cursor:
        cursor.execute(_INSERT, row)
        return cursor.fetchone() is not None


def _find_earlier(endpoint_id: int, dedupe_key: str) -> tuple[uuid.UUID, str] | None:
    return (
        IntakeItem.objects.filter(endpoint_id=endpoint_id, dedupe_key=dedupe_key)
        .values_list("public_id", "body_hash")
        .first()
    )
