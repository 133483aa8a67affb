"""Form fields that let people write values the way they say them."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminTextareaWidget,
)

MAX_VALUES = 5_000


class ValueListField(forms.CharField):
    """A list of short texts, written with commas or one per line.

    `read` turns one written value into the stored one and raises ValidationError with a sentence that
    names the wrong value; values written twice are kept once.
    """

    widget = UnfoldAdminTextareaWidget

    def __init__(self, *, read: Callable[[str], Any] = str, rows: int = 2, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", UnfoldAdminTextareaWidget(attrs={"rows": rows}))
        super().__init__(**kwargs)
        self.read = read

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            return value
        return ", ".join(write_value(item) for item in value)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        written = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
        if len(written) > MAX_VALUES:
            raise ValidationError(f"At most {MAX_VALUES} values are allowed here.")
        values: list[Any] = []
        faults: list[str] = []
        for part in written:
            try:
                found = self.read(part)
            except ValidationError as fault:
                faults.extend(fault.messages)
            else:
                if found not in values:
                    values.append(found)
        if faults:
            raise ValidationError(faults[:10])
        return values

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != (initial or []))
        except ValidationError:
            return True


def write_value(value: Any) -> str:
    """One stored value as people write it; a pair becomes a range."""
    if isinstance(value, list | tuple):
        return "–".join(str(part) for part in value)
    return str(value)


class MinutesField(forms.IntegerField):
    """Stored in seconds, written in minutes."""

    widget = UnfoldAdminIntegerFieldWidget

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 1)
        kwargs.setdefault("max_value", 60 * 24 * 90)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        # What somebody typed comes back as text and is minutes already.
        if isinstance(value, int):
            minutes = value / 60
            return int(minutes) if minutes.is_integer() else round(minutes, 2)
        return value

    def clean(self, value: Any) -> int | None:
        minutes = super().clean(value)
        return None if minutes is None else minutes * 60

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class ChoiceSelectField(forms.ChoiceField):
    """One of many codes, found by typing; empty when not required."""

    def __init__(
        self, *, pairs: Iterable[tuple[str, str]], empty: str = "–", **kwargs: Any
    ) -> None:
        kwargs.setdefault("widget", UnfoldAdminSelect2Widget)
        super().__init__(choices=[("", empty), *pairs], **kwargs)


class SentencesFirst:
    """Leaves the database's constraints to the end: a form that is wrong already has said why in words."""

    def validate_constraints(self) -> None:
        if not self.errors:  # type: ignore[attr-defined]
            super().validate_constraints()  # type: ignore[misc]
