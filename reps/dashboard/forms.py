"""What a rep fills in: touches, reasons, outcomes."""

from datetime import datetime
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Div, Layout, Row, Submit
from django import forms
from django.utils import timezone

from leads.models import Interaction, Stage

TOUCH_KINDS = [
    (kind.value, kind.label)
    for kind in (
        Interaction.Kind.CALL,
        Interaction.Kind.EMAIL,
        Interaction.Kind.MEETING,
        Interaction.Kind.NOTE,
    )
]
OUTCOMES = [
    ("", "Choose an outcome"),
    ("reached", "Reached them"),
    ("left a message", "Left a message"),
    ("no answer", "No answer"),
    ("sent", "Sent, waiting for an answer"),
    ("agreed on a next step", "Agreed on a next step"),
    ("wrong contact details", "Wrong contact details"),
]
DECLINE_REASONS = [
    ("", "Choose a reason"),
    ("No time right now", "I have no time right now"),
    ("Not my territory", "Not my territory"),
    ("Missing skill or language", "I lack the skill or the language"),
    ("Conflict of interest", "Conflict of interest"),
    ("Not a real lead", "This is not a real lead"),
    ("Other", "Another reason"),
]
CURRENCIES = [
    "EUR",
    "USD",
    "GBP",
    "CHF",
    "SEK",
    "NOK",
    "DKK",
    "PLN",
    "CAD",
    "AUD",
    "JPY",
    "INR",
    "BRL",
]

DIALOG, COMPOSE = "dialog-content", "compose"


class ActionForm(forms.Form):
    """A form that works as a page and in place; `next` says where it was opened.

    `place` is the id of the element that shows it and takes its answers, empty for a page of its
    own, which sends the form without htmx.
    """

    next = forms.ChoiceField(
        choices=[("board", "board"), ("lead", "lead")],
        required=False,
        widget=forms.HiddenInput,
    )
    submit_label = "Save"

    def __init__(
        self, *args: Any, action: str, cancel_url: str = "", place: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.place = place
        if place == COMPOSE:
            self.auto_id = f"{COMPOSE}_%s"  # the page's dialog may hold a form as well
        self.helper = FormHelper()
        self.helper.form_action = action
        self.helper.attrs = {"novalidate": ""}
        if place:
            self.helper.attrs |= {
                "hx-post": action,
                "hx-target": f"#{place}",
                "hx-swap": "innerHTML",
            }
        self.helper.layout = self.get_layout(cancel_url)

    def get_layout(self, cancel_url: str) -> Layout:
        names = [name for name in self.fields if name != "next"]
        return Layout("next", *names, self.get_buttons(cancel_url))

    def get_buttons(self, cancel_url: str) -> Div:
        parts: list[Any] = [
            Submit("submit", self.submit_label, css_id=f"submit-{self.place or 'form'}")
        ]
        if cancel_url:
            parts.append(
                HTML(
                    f'<a class="btn btn-outline-secondary" href="{cancel_url}" data-dialog-close>Cancel</a>'
                )
            )
        return Div(*parts, css_class="form-buttons")


class DeclineForm(ActionForm):
    """Why a rep gives a lead back."""

    reason = forms.ChoiceField(choices=DECLINE_REASONS, label="Why?")
    note = forms.CharField(
        max_length=400,
        required=False,
        label="Anything the next rep or your manager should know",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    submit_label = "Decline lead"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") == "Other" and not cleaned.get("note"):
            self.add_error("note", "Say in a few words what the reason is.")
        return cleaned

    @property
    def sentence(self) -> str:
        """The reason as it is stored."""
        reason, note = self.cleaned_data["reason"], self.cleaned_data["note"]
        if reason == "Other":
            return str(note)
        return f"{reason}: {note}" if note else str(reason)


class TouchForm(ActionForm):
    """A call, an e-mail, a meeting or a note."""

    kind = forms.ChoiceField(
        choices=TOUCH_KINDS, label="What was it?", widget=forms.RadioSelect, initial="CALL"
    )
    outcome = forms.ChoiceField(choices=OUTCOMES, label="How did it go?", required=False)
    body = forms.CharField(
        max_length=10_000,
        required=False,
        label="Notes",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    occurred_at = forms.DateTimeField(
        required=False,
        label="When",
        help_text="Empty means now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    submit_label = "Save"

    def get_layout(self, cancel_url: str) -> Layout:
        return Layout(
            "next",
            Div("kind", css_class="choice-row"),
            Row(
                Column("outcome", css_class="col-sm-7"), Column("occurred_at", css_class="col-sm-5")
            ),
            "body",
            self.get_buttons(cancel_url),
        )

    def clean_occurred_at(self) -> datetime:
        at: datetime = self.cleaned_data["occurred_at"] or timezone.now()
        if at > timezone.now():
            raise forms.ValidationError("This is in the future; log it when it has happened.")
        return at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == Interaction.Kind.NOTE:
            if not cleaned.get("body"):
                self.add_error("body", "Write the note.")
        elif not cleaned.get("outcome"):
            self.add_error("outcome", "Say how it went.")
        return cleaned

    @property
    def summary(self) -> str:
        """One line for the timeline: “Call: left a message”, or the start of a note."""
        kind = Interaction.Kind(self.cleaned_data["kind"])
        if kind == Interaction.Kind.NOTE:
            return " ".join(self.cleaned_data["body"].split())[:120]
        return f"{kind.label}: {self.cleaned_data['outcome']}"


class CloseForm(ActionForm):
    """How it ended: won with a value, or lost or disqualified with a reason."""

    stage = forms.ChoiceField(
        choices=[
            (Stage.WON.value, "Won"),
            (Stage.LOST.value, "Lost"),
            (Stage.DISQUALIFIED.value, "Disqualified"),
        ],
        label="Outcome",
        widget=forms.RadioSelect,
        initial=Stage.WON.value,
    )
    deal_value = forms.DecimalField(
        min_value=0, max_digits=14, decimal_places=2, required=False, label="Value of the deal"
    )
    deal_currency = forms.ChoiceField(
        choices=[("", "—"), *((code, code) for code in CURRENCIES)],
        required=False,
        label="Currency",
    )
    reason = forms.CharField(max_length=200, required=False, label="Reason")
    submit_label = "Close lead"

    def get_layout(self, cancel_url: str) -> Layout:
        return Layout(
            "next",
            Div("stage", css_class="choice-row"),
            Row(
                Column("deal_value", css_class="col-8"), Column("deal_currency", css_class="col-4")
            ),
            "reason",
            self.get_buttons(cancel_url),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("stage") == Stage.WON:
            if cleaned.get("deal_value") is not None and not cleaned.get("deal_currency"):
                self.add_error("deal_currency", "Choose the currency.")
        elif not cleaned.get("reason"):
            self.add_error("reason", "Say why; marketing learns from it.")
        return cleaned
