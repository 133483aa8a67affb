"""The signature of the Standard Webhooks specification.

Source: standardwebhooks.com, specification v1: HMAC-SHA256 over `id.timestamp.body`, the key given as
base64 behind `whsec_`; several signatures may stand in the header, separated by blanks.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import replace

from leads.channels.adapter import Config, Delivery, Proof

TOLERANCE_SECONDS = 300
PREFIX = "whsec_"
METHOD = "standard-webhooks-v1"
_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


def verify(delivery: Delivery, config: Config) -> Proof:
    """Valid when one of the signatures is by one of the secrets and no more than five minutes apart."""
    given = delivery.headers.get(_SIGNATURE, "")
    event, stated = delivery.headers.get(_ID, ""), delivery.headers.get(_TIMESTAMP, "")
    if not config.secrets:
        return _refuse("No secret is set: nothing can be proven.")
    if not (given and event and stated):
        return _refuse(f"One of the headers {_ID}, {_TIMESTAMP}, {_SIGNATURE} is missing.")
    if not (stated.isascii() and stated.isdecimal() and len(stated) <= 12):
        return _refuse(f"{_TIMESTAMP} is not a number of seconds.")
    if abs(delivery.received_at.timestamp() - int(stated)) > TOLERANCE_SECONDS:
        return _refuse("The delivery is older, or newer, than five minutes.")
    signatures = [
        one.removeprefix("v1,").encode("utf-8", "surrogateescape")
        for one in given.split(" ")
        if one.startswith("v1,")
    ]
    for number, secret in enumerate(config.secrets):
        expected = _make(secret, event, stated, delivery.body)
        if expected and any(hmac.compare_digest(expected, one) for one in signatures):
            return Proof(is_valid=True, method=METHOD, secret_number=number)
    return _refuse(f"{_SIGNATURE} is wrong.")


def sign(delivery: Delivery, config: Config) -> Delivery:
    """The delivery signed by the newest secret, at the moment it is received."""
    stated = str(int(delivery.received_at.timestamp()))
    event = delivery.headers[_ID]
    made = _make(config.secrets[0], event, stated, delivery.body).decode()
    headers = {**delivery.headers, _TIMESTAMP: stated, _SIGNATURE: f"v1,{made}"}
    return replace(delivery, headers=headers)


def is_usable(secret: str) -> bool:
    """Whether it is base64, as the specification gives secrets."""
    return _key(secret) is not None


def _key(secret: str) -> bytes | None:
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None


def _make(secret: str, event: str, stated: str, body: bytes) -> bytes:
    key = _key(secret)
    if not key:
        return b""
    signed = f"{event}.{stated}.".encode("utf-8", "surrogateescape") + body
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())


def _refuse(reason: str) -> Proof:
    return Proof(is_valid=False, method=METHOD, reason=reason)
