"""Reads JSON that other products wrote: whatever can be read is read."""

import json
from typing import Any

DEPTH_LIMIT = 32
_INTEGER_DIGITS = 19


class NotReadableError(ValueError):
    """Why the body is kept aside, as a sentence for an administrator."""


def read_json(body: bytes) -> Any:
    """The document. Whole numbers beyond 64 bits become text, NaN and infinities None.

    Raises: NotReadableError.
    """
    if not body.strip():
        raise NotReadableError("The body is empty.")
    try:
        document = json.loads(
            body.decode("utf-8-sig"), parse_int=_read_integer, parse_constant=_read_constant
        )
    except UnicodeDecodeError as error:
        raise NotReadableError(f"The body is not UTF-8 (byte {error.start}).") from error
    except json.JSONDecodeError as error:
        message = f"The body is not JSON: {error.msg} (line {error.lineno})."
        raise NotReadableError(message) from error
    except RecursionError as error:
        raise NotReadableError("The body is nested too deeply.") from error
    if _is_deeper(document, DEPTH_LIMIT):
        raise NotReadableError(f"The body is nested more than {DEPTH_LIMIT} levels deep.")
    return document


def read_json_object(body: bytes) -> dict[str, Any]:
    """As `read_json`, for senders that send one object. Raises: NotReadableError."""
    document = read_json(body)
    if not isinstance(document, dict):
        raise NotReadableError("The body is JSON, but not an object.")
    return document


def _read_integer(digits: str) -> int | str:
    return int(digits) if len(digits.lstrip("-")) < _INTEGER_DIGITS else _long_integer(digits)


def _long_integer(digits: str) -> int | str:
    if len(digits.lstrip("-")) > _INTEGER_DIGITS or abs(int(digits)) >= 2**63:
        return digits[:200]
    return int(digits)


def _read_constant(_name: str) -> None:
    return None


def _is_deeper(value: Any, limit: int) -> bool:
    """Level by level, so that no depth can exhaust the stack."""
    level = [value]
    for _ in range(limit + 1):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
