"""The hosted form."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Field, Layout
from django import forms

from leads.channels.person_form import PersonForm, pair
from leads.models import Endpoint

HONEYPOT = "fax_number_again"
TOKEN = "rendering"  # noqa: S105 -- the name of a field
ADDRESSES = ("landing_url", "referrer")
# Of the first visit ever, which only a script on the organisation's own site can remember.
FIRST_ADDRESSES = ("first_landing_url", "first_referrer")


class LeadForm(PersonForm):
    """What a visitor tells about themself."""

    consent = forms.BooleanField(required=False)
    landing_url = forms.CharField(required=False, max_length=4096, widget=forms.HiddenInput)
    referrer = forms.CharField(required=False, max_length=4096, widget=forms.HiddenInput)
    first_landing_url = forms.CharField(required=False, max_length=4096, widget=forms.HiddenInput)
    first_referrer = forms.CharField(required=False, max_length=4096, widget=forms.HiddenInput)
    rendering = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def __init__(self, endpoint: Endpoint, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.endpoint = endpoint
        self.default_country = endpoint.source.default_country
        self.fields["products"].help_text = "Separate several with commas."
        self.fields["email"].help_text = "We need this or a phone number to answer you."
        if endpoint.consent_text:
            self.fields["consent"].label = endpoint.consent_text
        else:
            del self.fields["consent"]
        self.helper = self._helper()

    def _helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True  # see views.show_form
        helper.layout = Layout(
            pair("first_name", "last_name"),
            pair("email", "phone"),
            pair("company", "job_title"),
            pair("country", "employees"),
            "products",
            "message",
            *(["consent"] if "consent" in self.fields else []),
            *(Field(name) for name in (*ADDRESSES, TOKEN)),
        )
        return helper

    def lead_fields(self) -> dict[str, str]:
        """What was typed, and the answer to the consent where it is asked for."""
        typed = super().lead_fields()
        if "consent" in self.fields:
            typed["consent"] = "yes" if self.cleaned_data.get("consent") else "no"
        return typed
