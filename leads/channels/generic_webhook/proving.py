"""How a product without a scheme of its own proves itself: a signature, a header, or a password."""

from typing import Any

from leads.channels.adapter import Config, Delivery, Proof
from leads.channels.signatures.body import BodySignature
from leads.channels.signatures.proving import Encoding
from leads.channels.signatures.tokens import BasicPassword, HeaderToken

ADDRESS, HEADER, BASIC, HMAC = "address", "header", "basic", "hmac"
PROOFS = (
    (ADDRESS, "The secret address alone"),
    (HEADER, "A secret in a header"),
    (BASIC, "User name and password (Basic)"),
    (HMAC, "HMAC-SHA256 of the body"),
)
DEFAULT_HEADERS = {HEADER: "x-webhook-secret", HMAC: "x-signature-256"}


def verify(delivery: Delivery, config: Config) -> Proof:
    """Checks what the endpoint's option `proof` demands."""
    scheme = _scheme(config)
    if scheme is None:
        return Proof(is_valid=True, method=ADDRESS)
    return scheme.verify(delivery, config)


def sign(delivery: Delivery, config: Config) -> Delivery:
    """The delivery with the proof that `verify` demands, by the newest secret."""
    scheme = _scheme(config)
    if scheme is None or not config.secrets:
        return delivery
    return scheme.sign(delivery, config)


def _scheme(config: Config) -> BodySignature | HeaderToken | BasicPassword | None:
    way: Any = config.options.get("proof") or ADDRESS
    if way == ADDRESS:
        return None
    if way == BASIC:
        return BasicPassword()
    stated = str(config.options.get("header") or "").strip().lower()
    if way == HEADER:
        return HeaderToken(stated or DEFAULT_HEADERS[HEADER])
    return BodySignature(
        stated or DEFAULT_HEADERS[HMAC],
        prefixes=("sha256=", ""),
        encodings=(Encoding.HEX, Encoding.BASE64),
    )
