"""Facts in the one form that comparisons use, so that no comparison needs to look at types."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from enum import StrEnum

from routing.engine.facts import FactValue

NormalValue = str | int | float | bool | frozenset[str] | None
"""Text folded; None for unknown values and for values of another type than the attribute's."""


class AttributeType(StrEnum):
    TEXT = "TEXT"
    CHOICE = "CHOICE"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    SET = "SET"


def fold_text(text: str) -> str:
    """Text for caseless comparison, without outer blanks; composed and decomposed letters become
    equal."""
    return fold_part(text).strip()


def fold_part(text: str) -> str:
    """Like `fold_text`, but blanks at the ends count: for parts of a longer text."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.casefold()


def _normal_text(value: FactValue) -> NormalValue:
    return (fold_text(value) or None) if isinstance(value, str) else None


def _normal_number(value: FactValue) -> NormalValue:
    # True is an int in Python, and would equal 1.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def _normal_boolean(value: FactValue) -> NormalValue:
    return value if isinstance(value, bool) else None


def _normal_set(value: FactValue) -> NormalValue:
    if not isinstance(value, frozenset):
        return None
    return frozenset([fold_text(item) for item in value]) - {""} or None


Normaliser = Callable[[FactValue], NormalValue]

NORMALISERS: dict[AttributeType, Normaliser] = {
    AttributeType.TEXT: _normal_text,
    AttributeType.CHOICE: _normal_text,
    AttributeType.NUMBER: _normal_number,
    AttributeType.BOOLEAN: _normal_boolean,
    AttributeType.SET: _normal_set,
}
