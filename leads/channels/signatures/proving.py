"""What all families share: every valid secret is tried, in constant time, and refusals say why."""

import base64
import hmac
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from leads.channels.adapter import Config, Delivery, Proof

TOLERANCE_SECONDS = 300
SECONDS, MILLISECONDS = 1, 1_000
_TIME_DIGITS = 15


class Encoding(StrEnum):
    """How a signature is written."""

    HEX = "hex"
    BASE64 = "base64"


Make = Callable[[str], Iterable[bytes]]
"""Every form in which a signature by this secret is right."""


def prove(method: str, *, given: Sequence[bytes], config: Config, make: Make, named: str) -> Proof:
    """Valid when one of the given signatures is by one of the secrets. `named` is where they stood."""
    secrets = [(number, secret) for number, secret in enumerate(config.secrets) if secret]
    if not secrets:
        return refuse(method, "No secret is set: nothing can be proven.")
    if not any(given):
        return refuse(method, f"{named} is missing or empty.")
    for number, secret in secrets:
        # All are compared, whichever is right.
        equal = [hmac.compare_digest(one, right) for right in make(secret) for one in given]
        if any(equal):
            return Proof(is_valid=True, method=method, secret_number=number)
    return refuse(method, f"{named} is by another secret, or for other content.")


def refuse(method: str, reason: str) -> Proof:
    return Proof(is_valid=False, method=method, reason=reason)


def doubt_time(
    stated: str,
    *,
    per_second: int,
    received_at: datetime,
    named: str,
    late_seconds: int = TOLERANCE_SECONDS,
) -> str:
    """Why the stated moment is not believed, as a sentence; empty when it is.

    A copy of an old delivery is as bad as one made for later, so both directions count. A sender that
    does not sign a repeated delivery anew needs `late_seconds` as long as it repeats.
    """
    if not stated:
        return f"{named} is missing or empty."
    if not (stated.isascii() and stated.isdecimal() and len(stated) <= _TIME_DIGITS):
        return f"{named} is not a number of {'milli' if per_second > 1 else ''}seconds."
    age = received_at.timestamp() - int(stated) / per_second
    if age > late_seconds:
        return f"{named} is {_period(late_seconds)} ago: a late or repeated delivery."
    if age < -TOLERANCE_SECONDS:
        return f"{named} is more than five minutes ahead: one of the clocks is wrong."
    return ""


def _period(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    return f"more than {hours} hours" if hours else f"more than {minutes} minutes"


def mac(
    secret: str | bytes, signed: bytes, *, algorithm: str = "sha256", encoding: str = Encoding.HEX
) -> bytes:
    """The HMAC as it is written in a header."""
    key = secret if isinstance(secret, bytes) else to_bytes(secret)
    return written(hmac.digest(key, signed, algorithm), encoding)


def written(digest: bytes, encoding: str) -> bytes:
    return base64.b64encode(digest) if encoding == Encoding.BASE64 else digest.hex().encode()


def header_of(delivery: Delivery, name: str) -> str:
    return delivery.headers.get(name, "").strip()


def to_bytes(text: str) -> bytes:
    """Of any text, also of a header that is no UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def seconds_of(delivery: Delivery, per_second: int = SECONDS) -> str:
    """The moment of a delivery as its sender states it."""
    return str(int(delivery.received_at.timestamp() * per_second))
