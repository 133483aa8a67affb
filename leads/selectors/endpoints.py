"""Looks up the addresses that other products deliver to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from leadrouter.common.sealing import unseal
from leads.models import Endpoint, EndpointSecret


@dataclass(frozen=True, slots=True)
class Door:
    """An endpoint with its secrets in plain text: never log it, never show it.

    `secrets` are (id, secret) of what deliveries may be signed with now, newest first; `options` are
    those of the endpoint with the secret ones among them.
    """

    endpoint: Endpoint
    is_open: bool
    secrets: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    options: dict[str, Any] = field(default_factory=dict, repr=False)


def find_door(public_id: str, *, channels: Iterable[str], now: datetime) -> Door | None:
    """The endpoint of this address if it is of one of `channels`, switched off or not. Queries: 2."""
    endpoint = (
        Endpoint.objects.select_related("source")
        .filter(public_id=public_id, channel__in=list(channels))
        .first()
    )
    return None if endpoint is None else open_door(endpoint, now=now)


def open_door(endpoint: Endpoint, *, now: datetime) -> Door:
    """The endpoint (with its source loaded) with all that is secret about it. Queries: 1."""
    rows = [
        (row.pk, row.name, plain)
        for row in list_valid_secrets(endpoint, now=now)
        if (plain := unseal(row.sealed)) is not None
    ]
    named = {name: plain for _, name, plain in reversed(rows) if name}
    return Door(
        endpoint=endpoint,
        is_open=endpoint.is_active and endpoint.source.is_active,
        secrets=tuple((pk, plain) for pk, name, plain in rows if not name),
        options={**endpoint.options, **named},
    )


def list_valid_secrets(endpoint: Endpoint, *, now: datetime) -> list[EndpointSecret]:
    """Newest first."""
    is_valid = Q(valid_until__isnull=True) | Q(valid_until__gt=now)
    return list(EndpointSecret.objects.filter(is_valid, endpoint=endpoint).order_by("-id"))
