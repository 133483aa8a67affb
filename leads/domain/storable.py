"""Makes whatever a sender sent into JSON that every database keeps and every page can show."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from leads.domain.text import TEXT_LIMIT

DEPTH_LIMIT = 32
NAME_LIMIT = 200
# So many values are no lead any more; the exact bytes are kept beside.
VALUES_LIMIT = 5_000
_INTEGER_LIMIT = 2**63
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def make_storable(value: Any) -> Any:
    """The value as JSON data: long texts cut, control characters removed, lone surrogates replaced,
    numbers that not every database keeps turned into text, and no more than 32 levels and 5,000
    values."""
    return _Walk().visit(value, 0)


def clean_text(text: str, *, limit: int = TEXT_LIMIT) -> str:
    """The text without what cannot be stored; lines stay lines."""
    cut = text[:limit]
    if cut.isprintable():  # neither controls nor surrogates are printable
        return cut
    return _CONTROLS.sub("", _SURROGATES.sub("\ufffd", cut))


class _Walk:
    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = VALUES_LIMIT

    def visit(self, value: Any, depth: int) -> Any:
        self.left -= 1
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return clean_text(value)
        if isinstance(value, int | float):
            return _number(value)
        if isinstance(value, date):
            return value.isoformat()
        if depth >= DEPTH_LIMIT:
            return "…"
        if isinstance(value, Mapping):
            return self._mapping(value, depth)
        if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
            return [self.visit(one, depth + 1) for one in value if self.left > 0]
        return clean_text(str(value), limit=NAME_LIMIT)

    def _mapping(self, value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        return {
            clean_text(str(name), limit=NAME_LIMIT): self.visit(one, depth + 1)
            for name, one in value.items()
            if self.left > 0
        }


def _number(value: float) -> float | str:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, int) and abs(value) >= _INTEGER_LIMIT:
        # Writing a very long number out is quadratic (and Python refuses to).
        return str(value) if value.bit_length() < 1000 else "(a number too long to keep)"
    return value
