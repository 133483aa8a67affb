"""A rule and its choices as forms."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleTimeWidget,
)

from leadrouter.common.admin_fields import SentencesFirst
from reps.models import Weekday
from routing.admin.condition_field import ConditionField
from routing.models import DestinationKind, RoutingRule, RuleChoice

# Which column names the target of a kind, and what to say when it is missing.
TARGETS = {
    DestinationKind.POOL: ("pool", "Choose the pool."),
    DestinationKind.REP: ("rep", "Choose the rep."),
    DestinationKind.TERRITORY_OWNER: ("territory_role", "Choose in which role they own it."),
    DestinationKind.HOLDING_QUEUE: ("holding_queue", "Choose the holding queue."),
    DestinationKind.NURTURE: ("nurture_track", "Name the nurture track."),
    DestinationKind.REJECT: ("reason", "Say why it is rejected."),
}
TEXTS = {"territory_role", "nurture_track", "reason"}
# A skill narrows who is picked, so it means something only where there is somebody to pick.
PICKING = {DestinationKind.POOL, DestinationKind.REP, DestinationKind.TERRITORY_OWNER}


class RuleForm(SentencesFirst, forms.ModelForm):
    """Who the rule is for."""

    # That no tests at all take every lead is said by the editor, and only when there are none.
    condition = ConditionField(label="A lead matches when", initial={"all": []})

    weekdays = forms.TypedMultipleChoiceField(
        label="On these days",
        required=False,
        choices=Weekday.choices,
        coerce=int,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="None ticked: every day.",
    )
    hours_from = forms.TimeField(label="From", required=False, widget=UnfoldAdminSingleTimeWidget)
    hours_to = forms.TimeField(label="To", required=False, widget=UnfoldAdminSingleTimeWidget)

    class Meta:
        model = RoutingRule
        fields = (
            "name", "is_enabled", "condition", "starts_at", "ends_at", "weekdays", "hours_from",
            "hours_to",
        )  # fmt: skip

    def say_zone(self, zone: str) -> None:
        """Says on whose clocks the hours are read."""
        if "hours_to" in self.fields:
            self.fields["hours_from"].help_text = f"On the clocks of {zone.replace('_', ' ')}."
            self.fields["hours_to"].help_text = "A time before “From” is the next morning."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "The rule would end before it starts.")
        if not {"hours_from", "hours_to"} & self.errors.keys():
            self._check_hours(data)
        if "weekdays" in data:
            data["weekdays"] = sorted(data["weekdays"])
        field = self.fields.get("condition")
        if isinstance(field, ConditionField) and field.path_errors:
            field.widget.attrs["data-errors"] = json.dumps(field.path_errors)
        return data

    def _check_hours(self, data: dict[str, Any]) -> None:
        hours_from, hours_to = data.get("hours_from"), data.get("hours_to")
        if hours_from is None and hours_to is not None:
            self.add_error("hours_from", "Say also from when, or leave both empty for all day.")
        if hours_to is None and hours_from is not None:
            self.add_error("hours_to", "Say also until when, or leave both empty for all day.")
        if hours_from is not None and hours_from == hours_to:
            self.add_error("hours_to", "They end when they start. Leave both empty for all day.")


class ChoiceForm(SentencesFirst, forms.ModelForm):
    """One choice; what does not belong to its kind is emptied."""

    kind = forms.ChoiceField(
        label="Send to",
        required=False,
        choices=[("", "–"), *DestinationKind.choices],
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = RuleChoice
        fields = (
            "kind", "pool", "rep", "territory_role", "holding_queue", "nurture_track", "reason",
            "required_skill",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            # The model's default would make an empty choice look filled in.
            self.initial["kind"] = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        if not kind:
            if self.has_changed():
                self.add_error("kind", "Choose where the leads go.")
            return data
        wanted, sentence = TARGETS.get(DestinationKind(kind), ("", ""))
        for name, _ in TARGETS.values():
            if name != wanted:
                data[name] = "" if name in TEXTS else None
        if kind not in PICKING:
            data["required_skill"] = None
        if wanted and not data.get(wanted) and wanted not in self.errors:
            self.add_error(wanted, sentence)
        return data


class ChoiceFormSet(PaginationInlineFormSet):
    """First, second and third choice, in the order of the forms."""

    def clean(self) -> None:
        super().clean()
        filled = [
            form
            for form in self.forms
            if getattr(form, "cleaned_data", {}).get("kind") and not form.cleaned_data.get("DELETE")
        ]
        if not filled and not any(form.errors for form in self.forms):
            raise ValidationError("Say where the leads go: the first choice is empty.")

    def save_new(self, form: Any, commit: bool = True) -> Any:
        # Numbered by where it stands in the form, so that the second stays the second.
        form.instance.order = self.forms.index(form) + 1
        return super().save_new(form, commit=commit)
