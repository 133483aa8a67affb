"""Fields that an organisation defines itself, and answers to its questions: what was told about
them, brought to the type of the field.

The type of a field never changes and its short name is never given to another, so that what rules
read off an old lead stays what it was.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from leads.domain.draft import FieldWarning
from leads.domain.text import NAME_LIMIT, is_placeholder, sanitise_text, shown
from leads.domain.values import NO_WORDS, YES_WORDS

TEXT_LIMIT = 1_000
NUMBER_LIMIT = 10**15
ITEMS_LIMIT = 50


class FieldType(StrEnum):
    TEXT = "TEXT"
    CHOICE = "CHOICE"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    SET = "SET"


class FieldKind(StrEnum):
    """FIELD: told by whoever sends the lead. ANSWER: what a person answered to a question."""

    FIELD = "FIELD"
    ANSWER = "ANSWER"


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """One field. `choices` (their own spelling) may be empty for TEXT and SET: then any will do."""

    slug: str
    label: str
    type: FieldType
    kind: FieldKind = FieldKind.FIELD
    unit: str = ""
    choices: tuple[str, ...] = ()
    help: str = ""
    is_active: bool = True

    @property
    def key(self) -> str:
        """Where the value stands in `Lead.custom`."""
        return self.slug if self.kind is FieldKind.FIELD else f"answer.{self.slug}"

    @property
    def attribute(self) -> str:
        """What rules call it."""
        return f"custom.{self.slug}" if self.kind is FieldKind.FIELD else f"answer.{self.slug}"


class UnreadableError(ValueError):
    """The value cannot be of the field's type; the message completes “Budget “x” …”."""


def read_custom(
    extra: Mapping[str, Any], definitions: Sequence[FieldDefinition]
) -> tuple[dict[str, Any], tuple[FieldWarning, ...]]:
    """The extra values of a delivery: those of active fields by key and in their type, the others as
    they came.

    A name means a field when it is its short name, its label or what rules call it, however it is
    spelled. What cannot be read is kept as it came, under the field's key, with a warning; a blank
    says nothing.
    """
    if not extra or not definitions:
        return dict(extra), ()
    names = _names(tuple(definitions))
    values: dict[str, Any] = {}
    warnings: list[FieldWarning] = []
    for name, raw in extra.items():
        field = names.get(_fold(name))
        if field is None:
            values[name] = raw
            continue
        try:
            value = _READERS[field.type](raw, field)
        except UnreadableError as fault:
            message = f"{field.label} “{shown(str(raw))}” {fault}"
            warnings.append(FieldWarning(field.attribute, "custom_unread", message))
            value = raw
        if value is not None:
            values[field.key] = value
    return values, tuple(warnings)


def find_field(name: str, definitions: Sequence[FieldDefinition]) -> FieldDefinition | None:
    """The active field that a header or a sent name means, however it is spelled."""
    return _names(tuple(definitions)).get(_fold(name))


@lru_cache(maxsize=8)
def _names(definitions: tuple[FieldDefinition, ...]) -> dict[str, FieldDefinition]:
    names: dict[str, FieldDefinition] = {}
    for field in definitions:
        if field.is_active:
            for spelling in (field.attribute, field.slug, field.label):
                names.setdefault(_fold(spelling), field)
    return names


@lru_cache(maxsize=4096)
def _fold(name: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", name.casefold()).split())


def _read_text(raw: Any, field: FieldDefinition) -> str | None:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise UnreadableError("is not text.")
    text = sanitise_text(str(raw), limit=TEXT_LIMIT)
    return None if not text or is_placeholder(text) else text


def _read_choice(raw: Any, field: FieldDefinition) -> str | None:
    text = _read_text(raw, field)
    return None if text is None else _find_choice(text, field)


def _find_choice(text: str, field: FieldDefinition) -> str:
    for choice in field.choices:
        if _fold(choice) == _fold(text):
            return choice
    if field.choices:
        raise UnreadableError(f"is not one of {', '.join(field.choices[:10])}.")
    return text


_AMOUNT = re.compile(
    r"[^\d+\-−]{0,10}([-+−]?)\s*(\d[\d.,'’\s]{0,30}?)\s*(k|m|mio|million|thousand|tsd)?(?![^\W\d_])"
    r"\s*[^\d]{0,30}",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_PLAIN = re.compile(r"\d+(?:\.\d+)?")
_MULTIPLIERS = {"k": 1_000, "thousand": 1_000, "tsd": 1_000}


def _read_number(raw: Any, field: FieldDefinition) -> int | float | None:
    if isinstance(raw, bool):
        raise UnreadableError("is not a number.")
    if not isinstance(raw, int | float):
        text = _read_text(raw, field)
        if text is None:
            return None
        raw = _parse_number(text)
    if not math.isfinite(raw) or abs(raw) > NUMBER_LIMIT:
        raise UnreadableError("is not a number that can be kept.")
    return int(raw) if float(raw).is_integer() else raw


def _parse_number(text: str) -> int | float:
    """“€ 1.250,50”, “10k”, “-3 %”: one number, with whatever it is counted in around it."""
    found = _AMOUNT.fullmatch(text)
    if found is None or not found[2].isascii():
        raise UnreadableError("is not a number.")
    digits = _plain_digits(re.sub(r"[\s'’]", "", found[2]).rstrip(".,"))
    if not _PLAIN.fullmatch(digits):
        raise UnreadableError("is not a number.")
    unit = (found[3] or "").casefold()
    factor = _MULTIPLIERS.get(unit, 1_000_000 if unit else 1)
    value = float(digits) * factor if "." in digits or factor > 1 else int(digits)
    return -value if found[1] in ("-", "−") else value


def _plain_digits(digits: str) -> str:
    """Digits with at most a decimal point: of two kinds of marks the last one is the point, marks
    that stand before three digits each only group."""
    if "," in digits and "." in digits:
        point = max(digits.rindex(","), digits.rindex("."))
        return re.sub(r"[.,]", "", digits[:point]) + "." + digits[point + 1 :]
    if _GROUPED.fullmatch(digits):
        return re.sub(r"[.,]", "", digits)
    return digits.replace(",", ".")


def _read_boolean(raw: Any, field: FieldDefinition) -> bool | None:
    if isinstance(raw, bool):
        return raw
    text = _read_text(raw, field)
    if text is None:
        return None
    if text.casefold() in YES_WORDS:
        return True
    if text.casefold() in NO_WORDS:
        return False
    raise UnreadableError("is neither yes nor no.")


def _read_set(raw: Any, field: FieldDefinition) -> list[str] | None:
    """The members in order, each once."""
    parts: Iterable[Any] = raw if isinstance(raw, list) else re.split(r"[,;|/\n]", str(raw))
    if isinstance(raw, dict | bool):
        raise UnreadableError("is not a list.")
    members: dict[str, str] = {}
    for part in parts:
        text = _read_text(part, field)
        if text is not None:
            members.setdefault(_fold(text), _find_choice(text[:NAME_LIMIT], field))
    return list(members.values())[:ITEMS_LIMIT] or None


_READERS: dict[FieldType, Callable[[Any, FieldDefinition], Any]] = {
    FieldType.TEXT: _read_text,
    FieldType.CHOICE: _read_choice,
    FieldType.NUMBER: _read_number,
    FieldType.BOOLEAN: _read_boolean,
    FieldType.SET: _read_set,
}
