"""What is asked about a person, on any form page. Reads like the drain reads: what it takes is workable."""

from functools import lru_cache
from typing import Any

from babel import Locale
from crispy_forms.layout import Div
from django import forms

from leads.domain.cleansing import inspect
from leads.domain.countries import country_codes
from leads.domain.draft import FieldWarning, Problem

LEAD_FIELDS = (
    "first_name", "last_name", "email", "phone", "company", "job_title", "country", "employees",
    "products", "message",
)  # fmt: skip
MENDABLE = frozenset({"email_invalid", "phone_invalid"})
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


class PersonForm(forms.Form):
    """`default_country` is how numbers without a country are read."""

    default_country = ""
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

    def clean(self) -> dict[str, Any]:
        """Adds what cleansing would refuse, to the field it is about.

        A person is still there to mend an address that a program's delivery is only doubted for.
        """
        cleaned = super().clean() or {}
        draft, problems = inspect(self.lead_fields(), default_country=self.default_country)
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


def pair(left: str, right: str) -> Div:
    return Div(Div(left, css_class="col-sm-6"), Div(right, css_class="col-sm-6"), css_class="row")
