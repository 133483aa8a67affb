"""Territories written the way people say them: lists with commas, ranges with a dash."""

import re
from itertools import pairwise
from typing import Any

import pycountry
from django import forms
from django.core.exceptions import ValidationError
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from leadrouter.common.admin_choices import country_codes
from leadrouter.common.admin_fields import SentencesFirst, ValueListField
from leads.domain.countries import find_country
from routing.engine.postal import compact_postal, find_range_fault
from routing.models import Territory
from routing.selectors.territory_tree import is_below


def read_country(text: str) -> str:
    code = text.upper()
    if code in country_codes():
        return code
    if found := (find_country(text) if len(text) > 2 else ""):
        return found
    raise ValidationError(f"“{text}” is not a country code.")


def read_subdivision(text: str) -> str:
    code = text.upper().replace("_", "-")
    found: Any = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
    if found is None:
        raise ValidationError(f"“{text}” is not a state or region code such as US-CA.")
    return code


def read_postal_prefix(text: str) -> str:
    code = compact_postal(text)
    if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{0,9}", code):
        raise ValidationError(f"“{text}” is not the beginning of a postal code.")
    return code


def read_postal_range(text: str) -> list[str]:
    """“10000–19999”, “10000-19999”, “10000..19999” or “10000 to 19999” as [low, high]."""
    ends = re.split(r"\s*(?:–|—|\.\.+|\bto\b)\s*", text)
    if len(ends) == 1:
        ends = text.split("-")
    if len(ends) != 2:
        raise ValidationError(f"“{text}” is not a range such as 10000–19999.")
    low, high = (compact_postal(end) for end in ends)
    if fault := find_range_fault(low, high):
        raise ValidationError(f"“{text}”: {fault}")
    return [low, high]


def read_domain(text: str) -> str:
    domain = re.sub(r"^(https?://)?(www\.)?", "", text.lower()).rstrip("/.")
    if not re.fullmatch(r"[^\s/@:.]+(\.[^\s/@:.]+)+", domain):
        raise ValidationError(f"“{text}” is not a web domain such as example.com.")
    return domain


class TerritoryForm(SentencesFirst, forms.ModelForm):
    """Every list is one box: values with commas or one per line."""

    countries = ValueListField(
        read=read_country, help_text="Codes or names: DE, AT, Switzerland. Empty: everywhere."
    )
    subdivisions = ValueListField(
        read=read_subdivision,
        label="States and regions",
        help_text="ISO codes with their country: US-CA, DE-BY.",
    )
    postal_prefixes = ValueListField(
        read=read_postal_prefix,
        label="Postal codes beginning with",
        help_text="80, 81 or SW1. A prefix or a range is enough.",
    )
    postal_ranges = ValueListField(
        read=read_postal_range, help_text="10000–19999: both ends are included."
    )
    industries = ValueListField(help_text="As leads state them: software, healthcare.")
    named_domains = ValueListField(
        read=read_domain,
        rows=3,
        label="Named accounts",
        help_text="Web domains of companies that belong here wherever they are.",
    )

    employees_min = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=100_000_000,
        label="Employees, at least",
        widget=UnfoldAdminIntegerFieldWidget,
    )
    employees_max = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=100_000_000,
        label="Employees, at most",
        widget=UnfoldAdminIntegerFieldWidget,
    )

    class Meta:
        model = Territory
        fields = (
            "name", "slug", "parent", "priority", "countries", "subdivisions", "postal_prefixes",
            "postal_ranges", "industries", "employees_min", "employees_max", "named_domains",
            "is_active",
        )  # fmt: skip

    def clean_parent(self) -> Territory | None:
        parent: Territory | None = self.cleaned_data["parent"]
        if parent and self.instance.pk and is_below(parent.pk, self.instance.pk):
            raise ValidationError(
                f"“{parent}” lies inside “{self.instance}”, so it cannot contain it as well."
            )
        return parent

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        low, high = data.get("employees_min"), data.get("employees_max")
        if low is not None and high is not None and high < low:
            self.add_error("employees_max", f"At most {high} is less than at least {low}.")
        return data


class OwnerFormSet(PaginationInlineFormSet):
    """In one role, a territory has one owner at a time."""

    def clean(self) -> None:
        super().clean()
        periods: dict[str, list[Any]] = {}
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            if not data.get("starts_on") or data.get("DELETE"):
                continue
            if data.get("ends_on") and data["ends_on"] <= data["starts_on"]:
                raise ValidationError(f"{data['rep']} ends before starting.")
            periods.setdefault(data["role"], []).append(data)
        for role, owners in periods.items():
            owners.sort(key=lambda data: data["starts_on"])
            for earlier, later in pairwise(owners):
                if earlier["ends_on"] is None or earlier["ends_on"] > later["starts_on"]:
                    raise ValidationError(
                        f"{earlier['rep']} and {later['rep']} both own it as {role} on "
                        f"{later['starts_on']:%d %b %Y}. End the first by then."
                    )
