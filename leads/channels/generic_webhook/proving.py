"""How a product without a scheme of its own proves itself: a signature, a header, or a password."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace

from leads.channels.adapter import Config, Delivery, Proof

ADDRESS, HEADER, BASIC, HMAC = "address", "header", "basic", "hmac"
PROOFS = (
    (ADDRESS, "The secret address alone"),
    (HEADER, "A secret in a header"),
    (BASIC, "User name and password (Basic)"),
    (HMAC, "HMAC-SHA256 of the body"),
)
DEFAULT_HEADERS = {HEADER: "x-webhook-secret", HMAC: "x-signature-256"}
USER = "leadrouter"


def verify(delivery: Delivery, config: Config) -> Proof:
    """Checks what the endpoint's option `proof` demands."""
    way = str(config.options.get("proof") or ADDRESS)
    if way == ADDRESS:
        return Proof(is_valid=True, method=ADDRESS)
    if not config.secrets:
        return Proof(is_valid=False, method=way, reason="No secret is set: nothing can be proven.")
    given = _given(delivery, config.options, way)
    if not given:
        return Proof(is_valid=False, method=way, reason=f"{_name(config.options, way)} is missing.")
    for number, secret in enumerate(config.secrets):
        if any(hmac.compare_digest(given, one) for one in _expected(delivery.body, secret, way)):
            return Proof(is_valid=True, method=way, secret_number=number)
    return Proof(is_valid=False, method=way, reason=f"{_name(config.options, way)} is wrong.")


def sign(delivery: Delivery, config: Config) -> Delivery:
    """The delivery with the proof that `verify` demands, by the newest secret."""
    way = str(config.options.get("proof") or ADDRESS)
    if way == ADDRESS or not config.secrets:
        return delivery
    secret = config.secrets[0]
    headers = {**delivery.headers, _header(config.options, way): _written(delivery, secret, way)}
    return replace(delivery, headers=headers)


def _written(delivery: Delivery, secret: str, way: str) -> str:
    if way == HMAC:
        digest = hmac.new(secret.encode(), delivery.body, hashlib.sha256).hexdigest()
        return f"sha256={digest}"
    if way == BASIC:
        return f"Basic {base64.b64encode(f'{USER}:{secret}'.encode()).decode()}"
    return secret


def _header(options: Mapping[str, object], way: str) -> str:
    if way == BASIC:
        return "authorization"
    return str(options.get("header") or DEFAULT_HEADERS[way]).strip().lower()


def _name(options: Mapping[str, object], way: str) -> str:
    return f"The header {_header(options, way)}"


def _given(delivery: Delivery, options: Mapping[str, object], way: str) -> bytes:
    text = delivery.headers.get(_header(options, way), "").strip()
    if way == HEADER:
        return text.removeprefix("Bearer ").encode("utf-8", "surrogateescape")
    if way == BASIC:
        return _password(text)
    return text.removeprefix("sha256=").encode("utf-8", "surrogateescape")


def _password(text: str) -> bytes:
    """The password of a Basic header, whatever the user name; empty when it is none."""
    kind, _, encoded = text.partition(" ")
    if kind.lower() != "basic":
        return b""
    try:
        return base64.b64decode(encoded.encode(), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""


def _expected(body: bytes, secret: str, way: str) -> tuple[bytes, ...]:
    if way != HMAC:
        return (secret.encode(),)
    digest = hmac.new(secret.encode(), body, hashlib.sha256)
    return digest.hexdigest().encode(), base64.b64encode(digest.digest())
