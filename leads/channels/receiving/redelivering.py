"""Reads the stored bytes of a delivery again, with the channel as it is set up now."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from leadrouter.common.errors import DomainError
from leads.channels.adapter import Parsed
from leads.channels.receiving.requests import make_delivery
from leads.channels.receiving.views import read_parsed, to_config
from leads.channels.registry import ADAPTERS
from leads.domain.envelope import Envelope, Kind, Unreadable, to_key
from leads.models import IntakeItem
from leads.selectors.endpoints import open_door
from leads.services.capture_channel import Arrival, capture_parsed
from leads.services.redelivering import replace_reading


class NothingToRead(DomainError):  # noqa: N818 -- named as the user would say it
    """The delivery has no bytes (any more), or they tell nothing."""

    code = "nothing_to_read"


def can_be_read_again(item: IntakeItem) -> bool:
    """Whether the delivery came by a channel that keeps what is needed for it."""
    return item.endpoint.channel in ADAPTERS and "request" in item.payload


def redeliver(*, item: IntakeItem, user: Any, now: datetime) -> IntakeItem:
    """Reads the delivery anew; more that is found in its bytes now is stored as well.

    Raises: NothingToRead, NotStuck.
    """
    parsed = list(_read_again(item, now))
    own = _find_own(item, parsed)
    if own is None:
        raise NothingToRead("As the channel is set up now, these bytes tell of no lead.")
    if item.payload.get("raw_of") is None:
        others = [one for one in parsed if one is not own]
        capture_parsed(arrival=_arrival(item), parsed=others)
    return replace_reading(item=item, found=own, user=user, now=now)


def _read_again(item: IntakeItem, now: datetime) -> Parsed:
    adapter = ADAPTERS[item.endpoint.channel]
    request = item.payload["request"]
    query = request.get("query", "")
    path = reverse("webhook", args=[item.endpoint.public_id])
    delivery = make_delivery(
        method=request.get("method", "POST"),
        url=f"{settings.SITE_URL}{path}{'?' if query else ''}{query}",
        headers=request.get("headers", {}),
        body=_bytes_of(item),
        query=query,
        client_ip=item.client_ip,
        received_at=item.received_at,
    )
    return read_parsed(adapter, delivery, to_config(open_door(item.endpoint, now=now)))


def _bytes_of(item: IntakeItem) -> bytes:
    holder = item.payload.get("raw_of")
    raw = bytes(item.raw)
    if holder:
        kept = IntakeItem.objects.filter(public_id=uuid.UUID(holder)).values_list("raw", flat=True)
        raw = bytes(kept.first() or b"")
    if not raw:
        raise NothingToRead("The exact bytes of this delivery are not kept (any more).")
    return raw


def _find_own(
    item: IntakeItem, parsed: list[Envelope | Unreadable]
) -> Envelope | Unreadable | None:
    """What the row is about: by its key, else the first thing that has none, else the first."""
    told = [one for one in parsed if not (isinstance(one, Envelope) and one.kind is Kind.PING)]
    by_key = [one for one in told if one.dedupe_key and to_key(one.dedupe_key) == item.dedupe_key]
    if by_key:
        return by_key[0]
    if item.payload.get("raw_of"):
        return None
    unnamed = [one for one in told if not one.dedupe_key]
    return next(iter([*unnamed, *told]), None)


def _arrival(item: IntakeItem) -> Arrival:
    return Arrival(
        endpoint=item.endpoint,
        raw=bytes(item.raw),
        request=item.payload["request"],
        client_ip=item.client_ip,
        user_agent=item.user_agent,
        is_open=True,
        received_at=item.received_at,
    )
