"""The condition of a rule as a form field: JSON underneath, rows of tests on top where scripts run."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminTextareaWidget

from routing.admin.condition_choices import make_editor_data
from routing.engine.conditions import ConditionError, condition_to_json, parse_condition
from routing.selectors.attributes import get_draft_registry

MAX_CHARACTERS = 200_000


class ConditionWidget(UnfoldAdminTextareaWidget):
    """A text box that condition_editor.js turns into rows; without scripts it stays a text box."""

    class Media:
        js = ("routing/js/condition_editor.js",)

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 8, "spellcheck": "false", "class": "lr-json", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["data-condition-editor"] = json.dumps(make_editor_data())
        return context


class ConditionField(forms.CharField):
    """Cleans to the canonical JSON of a condition the engine can read.

    `path_errors` holds (path, sentence) pairs of the last clean, for the editor to show at the row.
    """

    widget = ConditionWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_CHARACTERS, strip=True, **kwargs)
        self.path_errors: list[tuple[str, str]] = []

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        return json.dumps(value, indent=2, ensure_ascii=False)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        data = read_json(text)
        try:
            return condition_to_json(parse_condition(data, get_draft_registry()))
        except ConditionError as error:
            self.path_errors = error.errors
            raise ValidationError([say_error(path, said) for path, said in error.errors]) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(read_json(data or "") != initial)
        except ValidationError:
            return True


def read_json(text: str) -> Any:
    """Decoded JSON that both databases can store. Raises: ValidationError with a sentence."""
    try:
        data = json.loads(text)
        stored = json.dumps(data, ensure_ascii=False)
        stored.encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise ValidationError("This is not valid JSON.", code="invalid_json") from error
    if "\\u0000" in stored:
        raise ValidationError("A value contains a character that cannot be stored (NUL).")
    return data


def say_error(path: str, said: str) -> str:
    return f"{said} (at {path})" if path else said
