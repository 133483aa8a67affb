"""A rule and its choices as forms."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleTimeWidget,
)

from leadrouter.common.admin_choices import offer
from leadrouter.common.admin_fields import SentencesFirst
from reps.models import Weekday
from routing.admin.condition_field import ConditionField
from routing.engine.attributes import AttributeType
from routing.models import DestinationKind, RoutingRule, RuleChoice
from routing.selectors.attributes import get_draft_registry

# Which column names the target of a kind, and what to say when it is missing.
TARGETS = {
    DestinationKind.POOL: ("pool", "Choose the pool."),
    DestinationKind.REP: ("rep", "Choose the rep."),
    DestinationKind.TERRITORY_OWNER: ("territory_role", "Choose in which role they own it."),
    DestinationKind.LEAD_FIELD: ("lead_field", "Choose the field that names the rep."),
    DestinationKind.HOLDING_QUEUE: ("holding_queue", "Choose the holding queue."),
    DestinationKind.NURTURE: ("nurture_track", "Name the nurture track."),
    DestinationKind.REJECT: ("reason", "Say why it is rejected."),
}
# What a kind may say besides its target. A skill narrows who is picked, so it means something
# only where there is somebody to pick.
EXTRAS: dict[str, tuple[str, ...]] = {
    DestinationKind.POOL: ("required_skill", "required_level"),
    DestinationKind.REP: ("required_skill", "required_level"),
    DestinationKind.TERRITORY_OWNER: ("required_skill", "required_level"),
    DestinationKind.PREVIOUS_OWNER: ("max_age_days", "required_skill", "required_level"),
    DestinationKind.LEAD_FIELD: ("required_skill", "required_level"),
}
CHOICE_FIELDS = (
    "kind", "pool", "rep", "territory_role", "max_age_days", "lead_field", "holding_queue",
    "nurture_track", "reason", "required_skill", "required_level", "order",
)  # fmt: skip
TEXTS = {"territory_role", "lead_field", "nurture_track", "reason"}
NAMING = {AttributeType.TEXT, AttributeType.CHOICE}
MAX_CHOICES = 10


def list_naming_fields() -> list[tuple[str, str]]:
    """The attributes whose values can be the name of somebody, with their labels."""
    return [
        (str(attribute.name), attribute.label)
        for attribute in get_draft_registry().values()
        if attribute.type in NAMING and attribute.choices is None
    ]


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
    max_age_days = forms.IntegerField(
        label="Of the last days",
        required=False,
        min_value=1,
        max_value=36_500,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="Such as 90. Empty: however long ago they had the person.",
    )
    lead_field = forms.ChoiceField(
        label="Field",
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="It holds the user name or the e-mail address of a rep.",
    )
    order = forms.IntegerField(
        label="Tried as number",
        required=False,
        min_value=1,
        max_value=99,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    required_level = forms.IntegerField(
        label="At level",
        required=False,
        min_value=1,
        max_value=5,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text="The lowest that will do, 1 (some) to 5 (expert). Empty: any.",
    )

    class Meta:
        model = RuleChoice
        fields = CHOICE_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            # The model's defaults would make an empty choice look filled in.
            self.initial.update(kind="", order="", required_level="")
        if "lead_field" in self.fields:
            fields = [("", "–"), *list_naming_fields()]
            self.fields["lead_field"].choices = offer(fields, self.instance.lead_field)  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        """A new choice that was only moved about is still an empty one."""
        changed = set(self.changed_data)
        return bool(changed if self.instance.pk else changed - {"order"})

    def clean_required_level(self) -> int:
        level: int | None = self.cleaned_data["required_level"]
        return 1 if level is None else level

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind")
        if not kind:
            if self.has_changed() and not data.get("DELETE"):
                self.add_error("kind", "Choose where the leads go.")
            return data
        wanted, sentence = TARGETS.get(DestinationKind(kind), ("", ""))
        for name in set(CHOICE_FIELDS) - {"kind", "order", wanted, *EXTRAS.get(kind, ())}:
            data[name] = "" if name in TEXTS else None
        if not data.get("required_skill"):
            data["required_level"] = 1
        if wanted and not data.get(wanted) and wanted not in self.errors:
            self.add_error(wanted, sentence)
        return data


class ChoiceFormSet(PaginationInlineFormSet):
    """First, second and third choice: by their numbers, and where these are equal or missing as
    they stand in the form."""

    def clean(self) -> None:
        super().clean()
        filled = [
            form
            for form in self.forms
            if getattr(form, "cleaned_data", {}).get("kind") and not form.cleaned_data.get("DELETE")
        ]
        if not filled and not any(form.errors for form in self.forms):
            raise ValidationError("Say where the leads go: the first choice is empty.")
        places = {form: place for place, form in enumerate(self.forms, start=1)}
        filled.sort(key=lambda form: (form.cleaned_data.get("order") or places[form], places[form]))
        for number, form in enumerate(filled, start=1):
            _number(form, number)


def _number(form: Any, number: int) -> None:
    """Numbers a choice anew, without gaps, and has it saved when that is a change."""
    is_changed = form.initial.get("order") != number
    form.instance.order = number
    if is_changed and "order" not in form.changed_data:
        form.changed_data.append("order")
    if not is_changed and "order" in form.changed_data:
        form.changed_data.remove("order")
