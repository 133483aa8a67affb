"""A rule and its choices as forms."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminSelectWidget

from leadrouter.common.admin_fields import SentencesFirst
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

    class Meta:
        model = RoutingRule
        fields = ("name", "is_enabled", "condition", "starts_at", "ends_at")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "The rule would end before it starts.")
        field = self.fields.get("condition")
        if isinstance(field, ConditionField) and field.path_errors:
            field.widget.attrs["data-errors"] = json.dumps(field.path_errors)
        return data


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
