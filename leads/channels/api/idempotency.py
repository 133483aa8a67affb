"""When two deliveries are one: the key a sender names, or the body itself."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leadrouter.common.errors import InvalidInput

KEY_LIMIT = 255
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_VISIBLE = re.compile(r"[\x21-\x7e]{1,255}")


class InvalidIdempotencyKey(InvalidInput):
    """The header cannot be kept as a key."""

    code = "idempotency_key_invalid"


def hash_body(data: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of the canonical body: names sorted, no blanks, so that formatting is no change."""
    return hashlib.sha256(_canonical(data).encode()).hexdigest()


def dedupe_key(header: str | None, *, body_hash: str, now: datetime) -> str:
    """The sender's key, else one of the body and the UTC day: a second submit on the same day is one.

    Raises: InvalidIdempotencyKey unless the header is 1 to 255 visible ASCII characters.
    """
    if header is None:
        return f"body:{now:%Y-%m-%d}:{body_hash}"
    if not _VISIBLE.fullmatch(header):
        raise InvalidIdempotencyKey(
            f"Idempotency-Key must be 1 to {KEY_LIMIT} visible ASCII characters without blanks."
        )
    return header
