"""Reads one JSON object from bytes that somebody else wrote."""

import json
import re
from collections import Counter
from typing import Any, NoReturn

from leadrouter.common.errors import DomainError, InvalidInput

BODY_LIMIT = 256 * 1024
DEPTH_LIMIT = 32
# The largest whole number every database and every JavaScript-free client keeps exactly.
INTEGER_LIMIT = 2**63
_INTEGER_DIGITS = 19

_SURROGATES = re.compile(r"[\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class BodyTooLarge(DomainError):  # noqa: N818
    """More bytes than one lead can have."""

    code = "body_too_large"
    http_status = 413


class UnreadableBody(InvalidInput):
    """The body is not one JSON object; the sentence says why."""

    code = "json_invalid"


def read_object(raw: bytes) -> tuple[dict[str, Any], list[str]]:
    """The object with storable text, and the names whose text had to be repaired.

    Control characters (NUL too) are removed and lone surrogates become U+FFFD: a lead with a
    broken letter in its name is still a lead. Numbers that no database keeps (NaN, Infinity,
    1e400, beyond 64 bits), repeated names and nesting beyond 32 levels are refused.
    Raises: BodyTooLarge, UnreadableBody.
    """
    if len(raw) > BODY_LIMIT:
        raise BodyTooLarge(f"The body is larger than {BODY_LIMIT // 1024} KB.")
    data = _decode(raw)
    if not isinstance(data, dict):
        raise UnreadableBody('The body must be one JSON object, like {"email": "…"}.')
    cleaner = _Cleaner()
    cleaned = cleaner.clean(data, depth=1)
    if not cleaner.has_changed:
        return cleaned, []
    return cleaned, [name for name, value in cleaned.items() if data.get(name) != value]


def _decode(raw: bytes) -> Any:
    if not raw.strip():
        raise UnreadableBody("The body is empty. Send one JSON object.")
    try:
        return _DECODER.decode(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableBody(f"The body is not UTF-8 (byte {error.start}).") from error
    except json.JSONDecodeError as error:
        raise UnreadableBody(
            f"The body is not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        ) from error
    except RecursionError as error:
        raise _too_deep() from error


def _too_deep() -> UnreadableBody:
    return UnreadableBody(f"The body is nested more than {DEPTH_LIMIT} levels deep.")


def _read_integer(digits: str) -> int:
    # Counted before it is converted: the conversion of very long numbers is quadratic.
    if len(digits.lstrip("-")) > _INTEGER_DIGITS or abs(int(digits)) >= INTEGER_LIMIT:
        raise UnreadableBody("A whole number is too large (64 bits at most). Send it as text.")
    return int(digits)


def _read_float(digits: str) -> float:
    number = float(digits)
    if number - number != 0.0:  # infinite
        raise UnreadableBody("A number is too large. Send it as text.")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise UnreadableBody(f"The body is not valid JSON: {name} is not a JSON number.")


def _read_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise UnreadableBody(
            "The same name is given twice in one object.",
            fields={_SURROGATES.sub("\ufffd", twice)[:100]: "Given more than once."},
        )
    return found


_DECODER = json.JSONDecoder(
    parse_int=_read_integer,
    parse_float=_read_float,
    parse_constant=_refuse_constant,
    object_pairs_hook=_read_pairs,
)


class _Cleaner:
    """Walks a decoded document once, making its text storable."""

    __slots__ = ("has_changed",)

    def __init__(self) -> None:
        self.has_changed = False

    def clean(self, value: Any, *, depth: int) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            self._check(depth)
            return {
                self._text(name): self.clean(inner, depth=depth + 1)
                for name, inner in value.items()
            }
        if isinstance(value, list):
            self._check(depth)
            return [self.clean(inner, depth=depth + 1) for inner in value]
        return value

    @staticmethod
    def _check(depth: int) -> None:
        if depth > DEPTH_LIMIT:
            raise _too_deep()

    def _text(self, value: str) -> str:
        if value.isprintable():  # neither controls nor surrogates are printable
            return value
        storable = _CONTROLS.sub("", _SURROGATES.sub("\ufffd", value))
        self.has_changed = self.has_changed or storable != value
        return storable
