"""The signatures of the Standard Webhooks specification.

Source: standardwebhooks.com, specification v1: over `id.timestamp.body`, HMAC-SHA256 with a secret
given as base64 behind `whsec_`, or Ed25519 (`v1a`) with a public key behind `whpk_`; several
signatures may stand in the header, separated by blanks.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from leads.channels.adapter import Config, Delivery, Proof
from leads.channels.signatures.proving import (
    SECONDS,
    doubt_time,
    header_of,
    mac,
    refuse,
    seconds_of,
    to_bytes,
)

SECRET_PREFIX, PUBLIC_PREFIX = "whsec_", "whpk_"
METHOD = "standard-webhooks"
_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_SIGNATURES_LIMIT = 20


def verify(delivery: Delivery, config: Config) -> Proof:
    """Valid when one of the signatures is by one of the secrets and no more than five minutes apart."""
    event, stated = delivery.headers.get(_ID, ""), header_of(delivery, _TIMESTAMP)
    given = header_of(delivery, _SIGNATURE).split(" ", _SIGNATURES_LIMIT)
    if not any(config.secrets):
        return refuse(METHOD, "No secret is set: nothing can be proven.")
    if not (event and any(given)):
        return refuse(METHOD, f"The header {_SIGNATURE if event else _ID} is missing or empty.")
    doubt = doubt_time(
        stated,
        per_second=SECONDS,
        received_at=delivery.received_at,
        named=f"The header {_TIMESTAMP}",
    )
    if doubt:
        return refuse(METHOD, doubt)
    signed = _signed(event, stated, delivery.body)
    for number, secret in enumerate(config.secrets):
        if secret and _is_by(secret, signed, given):
            return Proof(is_valid=True, method=METHOD, secret_number=number)
    return refuse(METHOD, f"The header {_SIGNATURE} is by another secret, or for other content.")


def sign(delivery: Delivery, config: Config) -> Delivery:
    """The delivery signed by the newest secret, at the moment it is received.

    Raises: ValueError for a public key, which cannot sign, and for what is no secret.
    """
    key = _key(config.secrets[0], SECRET_PREFIX)
    if not key or config.secrets[0].startswith(PUBLIC_PREFIX):
        raise ValueError("Only a secret that begins with whsec_ can sign.")
    stated = seconds_of(delivery)
    signed = _signed(delivery.headers[_ID], stated, delivery.body)
    made = mac(key, signed, encoding="base64").decode()
    headers = {**delivery.headers, _TIMESTAMP: stated, _SIGNATURE: f"v1,{made}"}
    return replace(delivery, headers=headers)


def _signed(event: str, stated: str, body: bytes) -> bytes:
    return to_bytes(f"{event}.{stated}.") + body


def _is_by(secret: str, signed: bytes, given: Sequence[str]) -> bool:
    if secret.startswith(PUBLIC_PREFIX):
        return _is_by_public_key(secret, signed, given)
    key = _key(secret, SECRET_PREFIX)
    if not key:
        return False
    expected = mac(key, signed, encoding="base64")
    signatures = [to_bytes(one.removeprefix("v1,")) for one in given if one.startswith("v1,")]
    return any(hmac.compare_digest(expected, one) for one in signatures)


def _is_by_public_key(secret: str, signed: bytes, given: Sequence[str]) -> bool:
    public = _public_key(secret)
    for one in given if public else ():
        signature = _decode(one.removeprefix("v1a,")) if one.startswith("v1a,") else b""
        try:
            if public and signature:
                public.verify(signature, signed)
                return True
        except InvalidSignature:
            continue
    return False


def _public_key(secret: str) -> Ed25519PublicKey | None:
    try:
        return Ed25519PublicKey.from_public_bytes(_key(secret, PUBLIC_PREFIX))
    except ValueError:
        return None


def _key(secret: str, prefix: str) -> bytes:
    return _decode(secret.strip().removeprefix(prefix))


def _decode(text: str) -> bytes:
    """Base64, with or without its padding (the specification's own library takes both); else empty."""
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
