"""Stores a lead that a colleague typed in; from there it goes the way of all others."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from leadrouter.common.errors import InvalidInput
from leads.domain.envelope import Envelope, Kind, Touchpoint, to_payload
from leads.models import Endpoint, Source
from leads.services.capture import Captured, capture_delivery
from leads.services.referring import open_referral_endpoint


@transaction.atomic
def enter_lead(
    *,
    source: Source,
    fields: Mapping[str, str],
    entered_by: Any,
    nonce: str,
    is_referral: bool = False,
    now: datetime,
) -> Captured:
    """Stores it once for each `nonce`, however often it is sent.

    Who typed it in is told on its timeline and gains nothing by it: the rules decide who gets it.
    Raises: InvalidInput when the source does not take leads by hand any more.
    """
    endpoint = open_referral_endpoint(source=source) if is_referral else _open_endpoint(source)
    if not (endpoint.is_active and source.is_active):
        raise InvalidInput(
            f"{source.name} takes no leads by hand any more.",
            fields={"source": "This source takes no leads by hand any more."},
        )
    name = entered_by.get_full_name() or entered_by.get_username()
    key = f"manual:{entered_by.pk}:{nonce}"
    envelope = Envelope(
        kind=Kind.LEAD_CREATED,
        dedupe_key=key,
        fields=fields,
        extra={"entered_by": entered_by.get_username()},
        touchpoint=Touchpoint(
            kind="MANUAL",
            summary=f"Entered by {name}: {source.name}",
            text=fields.get("message", ""),
        ),
    )
    body = json.dumps(dict(fields), ensure_ascii=False, sort_keys=True).encode()
    return capture_delivery(
        endpoint=endpoint,
        dedupe_key=key,
        payload=to_payload(envelope),
        raw=body,
        body_hash=hashlib.sha256(body).hexdigest(),
        client_ip=None,
        user_agent="",
        warnings=(),
        now=now,
    )


def _open_endpoint(source: Source) -> Endpoint:
    """The source's door for what colleagues type in, made at its first lead."""
    return Endpoint.objects.get_or_create(source=source, channel=Endpoint.Channel.MANUAL, name="")[
        0
    ]
