"""Every scheme of the seven families, with the secrets and the delivery that it is tried with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from leads.channels.adapter import Config, Delivery
from leads.channels.receiving.requests import make_delivery
from leads.channels.signatures import standard_webhooks
from leads.channels.signatures.address_and_form import AddressAndFormSignature
from leads.channels.signatures.body import BodySignature
from leads.channels.signatures.proving import MILLISECONDS, Encoding
from leads.channels.signatures.timed_body import TimedBodySignature
from leads.channels.signatures.tokens import AddressToken, BasicPassword, BodyToken, HeaderToken
from leads.channels.signatures.whole_request import RequestHash, RequestSignature

SECRET, OTHER = "lab-secret-1", "lab-secret-2"
STANDARD, OTHER_STANDARD = (
    "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3",
    "whsec_OTg3NjU0MzIxMGFiY2RlZjAxMjM0NTY3",
)
BODY = b'{"id":"ev_1","name":"Ada Example"}'
AT = datetime.fromtimestamp(1_760_000_000, UTC)
URL = "https://leads.example.com/in/ep_1/"

META = BodySignature("x-hub-signature-256", prefixes=("sha256=",))
TYPEFORM = BodySignature("typeform-signature", prefixes=("sha256=",), encodings=(Encoding.BASE64,))
INTERCOM = BodySignature("x-hub-signature", prefixes=("sha1=",), algorithm="sha1")
CALLRAIL = BodySignature("signature", algorithm="sha1", encodings=(Encoding.BASE64, Encoding.HEX))
LINKEDIN = BodySignature("x-li-signature", literal=b"hmacsha256=")
STRIPE = TimedBodySignature("stripe-signature")
CHATWOOT = TimedBodySignature(
    "x-chatwoot-signature", time_header="x-chatwoot-timestamp", prefix="sha256="
)
CRISP = TimedBodySignature(
    "x-crisp-signature",
    time_header="x-crisp-request-timestamp",
    opening=b"[",
    separator=b";",
    closing=b"]",
    per_second=MILLISECONDS,
)
HUBSPOT = RequestSignature("x-hubspot-signature-v3", "x-hubspot-request-timestamp")
HUBSPOT_2 = RequestHash("x-hubspot-signature")
TWILIO = AddressAndFormSignature("x-twilio-signature", "x-twilio-webhooks-signature-settings")
STANDARD_WEBHOOKS = SimpleNamespace(verify=standard_webhooks.verify, sign=standard_webhooks.sign)


def delivery(body: bytes = BODY, *, url: str = URL, at: datetime = AT, **headers: str) -> Delivery:
    """A delivery as it is received; header names with underscores for dashes."""
    given = {"content-type": "application/json"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return make_delivery(
        method="POST",
        url=url,
        headers=given,
        body=body,
        query=url.partition("?")[2],
        client_ip=None,
        received_at=at,
    )


def config(*secrets: str) -> Config:
    return Config(endpoint_id="ep_1", secrets=secrets)


@dataclass(frozen=True, slots=True)
class Trial:
    name: str
    scheme: Any
    make: Callable[[], Delivery] = delivery
    secrets: tuple[str, str] = (SECRET, OTHER)
    covers_body: bool = True
    covers_address: bool = False
    has_window: bool = False

    def signed(self, *secrets: str) -> Delivery:
        made: Delivery = self.scheme.sign(self.make(), config(*(secrets or self.secrets[:1])))
        return made

    def added_headers(self) -> list[str]:
        plain, signed = self.make().headers, self.signed().headers
        return [name for name, value in signed.items() if plain.get(name) != value]


def _form() -> Delivery:
    return delivery(
        b"From=%2B15550100001&To=%2B15550100002&Body=Hi%20there&Empty=",
        content_type="application/x-www-form-urlencoded",
    )


def _standard() -> Delivery:
    return delivery(webhook_id="msg_1")


TRIALS = [
    Trial("meta", META),
    Trial("typeform", TYPEFORM),
    Trial("intercom", INTERCOM),
    Trial("callrail", CALLRAIL),
    Trial("linkedin", LINKEDIN),
    Trial("stripe", STRIPE, has_window=True),
    Trial("chatwoot", CHATWOOT, has_window=True),
    Trial("crisp", CRISP, has_window=True),
    Trial("hubspot", HUBSPOT, covers_address=True, has_window=True),
    Trial("hubspot 2", HUBSPOT_2, covers_address=True),
    Trial("twilio form", TWILIO, make=_form, covers_address=True),
    Trial("twilio json", TWILIO, covers_address=True),
    Trial(
        "standard webhooks",
        STANDARD_WEBHOOKS,
        make=_standard,
        secrets=(STANDARD, OTHER_STANDARD),
        has_window=True,
    ),
    Trial("header", HeaderToken("x-webhook-secret"), covers_body=False),
    Trial("basic", BasicPassword(), covers_body=False),
    Trial("address", AddressToken("key"), covers_body=False),
    Trial("body", BodyToken("google_key"), covers_body=False),
]


def with_header(signed: Delivery, name: str, value: str | None) -> Delivery:
    """With another value of a header; None takes it away."""
    kept = {key: one for key, one in signed.headers.items() if key != name}
    return replace(signed, headers=kept if value is None else {**kept, name: value})
