"""How each channel is set up in the contract suite: one row for what differs from the usual."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from leads.channels.adapter import Adapter, Config, Delivery
from leads.channels.receiving.requests import make_delivery
from leads.channels.registry import ADAPTERS
from leads.models import Endpoint
from leads.services.endpoint_secrets import set_secret
from tests.factories import EndpointFactory

NOW = datetime(2026, 1, 5, 9, 30, 2, tzinfo=UTC)
SITE = "http://testserver"


@dataclass(frozen=True, slots=True)
class Setup:
    """`covers_body`: a changed byte is noticed. `has_window`: `late_seconds` back, five minutes ahead.

    `is_signed`: without a valid proof nothing is taken; False for senders known by the address alone.
    """

    secret: str = "lab-secret-1"
    other_secret: str = "lab-secret-2"
    options: Mapping[str, Any] = field(default_factory=dict)
    is_signed: bool = True
    covers_body: bool = True
    has_window: bool = False
    late_seconds: int = 300


_STANDARD_SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
SETUPS: dict[str, Setup] = {
    "GENERIC_WEBHOOK": Setup(options={"proof": "hmac"}),
    "EMAIL_IN": Setup(is_signed=False),
    "STANDARD_WEBHOOKS": Setup(
        secret=_STANDARD_SECRET,
        other_secret="whsec_OTg3NjU0MzIxMGFiY2RlZjAxMjM0NTY3",
        has_window=True,
    ),
    "GOOGLE_LEAD_FORM": Setup(covers_body=False),
    "META_LEAD_ADS": Setup(
        options={"verify_token": "lab-verify-token", "access_token": "lab-access-token"}
    ),
    "LINKEDIN_LEAD_GEN": Setup(options={"access_token": "lab-access-token"}),
    "HUBSPOT": Setup(options={"access_token": "lab-access-token"}, has_window=True),
    "CALENDLY": Setup(has_window=True),
    "CHAT_CHATWOOT": Setup(has_window=True),
    "CHAT_CRISP": Setup(has_window=True),
    "WHATSAPP": Setup(options={"verify_token": "lab-verify-token"}),
    "MESSENGER": Setup(options={"verify_token": "lab-verify-token"}),
    "INSTAGRAM": Setup(options={"verify_token": "lab-verify-token"}),
    "EMAIL_MAILGUN": Setup(covers_body=False, has_window=True, late_seconds=9 * 3600),
    "EMAIL_POSTMARK": Setup(covers_body=False),
    "EMAIL_SENDGRID": Setup(covers_body=False),
}


def setup_of(channel: str) -> Setup:
    return SETUPS.get(channel, Setup())


def config_of(channel: str, *secrets: str) -> Config:
    setup = setup_of(channel)
    return Config(endpoint_id="ep", secrets=secrets or (setup.secret,), options=setup.options)


def sample(
    adapter: Adapter, number: int, *, at: datetime, url: str = f"{SITE}/in/ep/", secret: str = ""
) -> Delivery:
    """A signed sample as it would arrive at `url`."""
    assert adapter.make_sample, f"{adapter.channel} has no sample"
    made = adapter.make_sample(number, at)
    plain = make_delivery(
        method=made.method,
        url=url,
        headers=made.headers,
        body=made.body,
        query="",
        client_ip=None,
        received_at=at,
    )
    config = config_of(adapter.channel, *([secret] if secret else []))
    return adapter.sign(plain, config) if adapter.sign else plain


def open_endpoint(channel: str, *, now: datetime, **changes: Any) -> Endpoint:
    """A stored endpoint with its secret."""
    setup = setup_of(channel)
    endpoint: Endpoint = EndpointFactory(channel=channel, options=dict(setup.options), **changes)
    if ADAPTERS[channel].secret_label:
        set_secret(endpoint=endpoint, secret=setup.secret, overlap=timedelta(), now=now)
    return endpoint


def post(client: Any, endpoint: Endpoint, delivery: Delivery) -> Any:
    """Posts a (signed) delivery to the endpoint's address."""
    query = delivery.url.partition("?")[2]
    address = f"/in/{endpoint.public_id}/{'?' if query else ''}{query}"
    headers = {
        f"HTTP_{name.upper().replace('-', '_')}": value
        for name, value in delivery.headers.items()
        if name != "content-type"
    }
    return client.generic(
        delivery.method,
        address,
        delivery.body,
        content_type=delivery.headers.get("content-type", "application/octet-stream"),
        **headers,
    )


def address_of(endpoint: Endpoint) -> str:
    return f"{SITE}/in/{endpoint.public_id}/"
