"""The hosted form."""

from functools import lru_cache
from typing import Any

from babel import Locale
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms

from leads.domain.cleansing import inspect
from leads.domain.countries import country_codes
from leads.domain.draft import FieldWarning, Problem
from leads.models import Endpoint

HONEYPOT = "fax_number_again"
TOKEN = "rendering"  # noqa: S105 -- the name of a field
ADDRESSES = ("landing_url", "referrer")
# Of the first visit ever, which only a script on the organisation's own site can remember.
FIRST_ADDRESSES = ("first_landing_url", "first_referrer")
LEAD_FIELDS = (
    "first_name", "last_name", "email", "phone", "company", "job_title", "country", "employees",
    "products", "message",
)  # fmt: skip
_SIZES = ("1-10", "11-50", "51-200", "201-500", "501-1000", "1001-5000", "5001+")


@lru_cache(maxsize=1)
def _countries() -> list[tuple[str, str]]:
    names = Locale("en").territories
    known = sorted((str(names.get(code, code)), code) for code in country_codes())
    return [("", "—"), *((code, name) for name, code in known)]


def _sizes() -> list[tuple[str, str]]:
    return [("", "—"), *((size, f"{size.replace('-', '–')} people") for size in _SIZES)]


def _line(label: str, autocomplete: str, limit: int = 200, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, **attrs})
    return forms.CharField(label=label, max_length=limit, required=False, widget=widget)


MENDABLE = frozenset({"email_invalid", "phone_invalid"})


class LeadForm(forms.Form):
    """What a visitor tells about themself. Reads like the drain reads, so what it takes is workable."""

    first_name = _line("First name", "given-name")
    last_name = _line("Last name", "family-name")
    email = _line("E-mail", "email", 254, type="email", inputmode="email", spellcheck="false")
    phone = _line("Phone", "tel", 60, type="tel", inputmode="tel")
    company = _line("Company", "organization")
    job_title = _line("Job title", "organization-title")
    country = forms.ChoiceField(
        required=False, choices=_countries, widget=forms.Select(attrs={"autocomplete": "country"})
    )
    employees = forms.ChoiceField(label="Company size", required=False, choices=_sizes)
    products = _line("Products you are interested in", "off", 500)
    message = forms.CharField(
        label="Message", max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    consent = forms.BooleanField(required=False)
    landing_url = forms.CharField(required=False, max_length=4096, widget=forms.HiddenInput)
    referrer = forms.CharField(required=False, max_length=4096, widget=forms.HiddenInput)
    first_landing_url = forms.CharField(required=False, max_length=4096, widget=forms.HiddenInput)
    first_referrer = forms.CharField(required=False, max_length=4096, widget=forms.HiddenInput)
    rendering = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def __init__(self, endpoint: Endpoint, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.endpoint = endpoint
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
            _pair("first_name", "last_name"),
            _pair("email", "phone"),
            _pair("company", "job_title"),
            _pair("country", "employees"),
            "products",
            "message",
            *(["consent"] if "consent" in self.fields else []),
            *(Field(name) for name in (*ADDRESSES, TOKEN)),
        )
        return helper

    def clean(self) -> dict[str, Any]:
        """Adds what cleansing would refuse, to the field it is about.

        A person is still there to mend an address that a program's delivery is only doubted for.
        """
        cleaned = super().clean() or {}
        country = self.endpoint.source.default_country
        draft, problems = inspect(self.lead_fields(), default_country=country)
        mendable = [one for one in draft.warnings if one.code in MENDABLE]
        found: list[Problem | FieldWarning] = [*problems, *mendable]
        for problem in found:
            name = problem.field if problem.field in self.fields else "email"
            if name not in self.errors:
                self.add_error(name, problem.message)
        return cleaned

    def lead_fields(self) -> dict[str, str]:
        """What was typed, by the canonical names, without what was left empty."""
        cleaned = self.cleaned_data
        typed = {name: cleaned.get(name, "") for name in LEAD_FIELDS}
        if "consent" in self.fields:
            typed["consent"] = "yes" if cleaned.get("consent") else "no"
        return {name: text for name, text in typed.items() if text}

    def error_links(self) -> list[tuple[str, str]]:
        """(id of the control, sentence naming the field) of every error, in the form's order."""
        return [
            (f"id_{name}", _naming(str(self[name].label), str(error)))
            for name in self.fields
            for error in self[name].errors
        ]


def _naming(label: str, sentence: str) -> str:
    return sentence if sentence.startswith(label) else f"{label}: {sentence}"


def _pair(left: str, right: str) -> Div:
    return Div(Div(left, css_class="col-sm-6"), Div(right, css_class="col-sm-6"), css_class="row")
