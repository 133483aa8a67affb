"""Territories written the way people say them: lists with commas, ranges with a dash."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from leadrouter.common.admin_fields import SentencesFirst, ValueListField
from routing.models import Territory
from routing.selectors.territory_tree import is_below
from routing.territory_files.values import LISTS, OwnerPeriod, find_period_fault


class TerritoryForm(SentencesFirst, forms.ModelForm):
    """Every list is one box: values with commas or one per line."""

    countries = ValueListField(
        read=LISTS["countries"], help_text="Codes or names: DE, AT, Switzerland. Empty: everywhere."
    )
    subdivisions = ValueListField(
        read=LISTS["subdivisions"],
        label="States and regions",
        help_text="ISO codes with their country: US-CA, DE-BY.",
    )
    postal_prefixes = ValueListField(
        read=LISTS["postal_prefixes"],
        label="Postal codes beginning with",
        help_text="80, 81 or SW1. A prefix or a range is enough.",
    )
    postal_ranges = ValueListField(
        read=LISTS["postal_ranges"], help_text="10000–19999: both ends are included."
    )
    industries = ValueListField(help_text="As leads state them: software, healthcare.")
    named_domains = ValueListField(
        read=LISTS["named_domains"],
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
        periods: dict[str, list[OwnerPeriod]] = {}
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            if data.get("starts_on") and data.get("rep") and not data.get("DELETE"):
                period = OwnerPeriod(str(data["rep"]), data["starts_on"], data.get("ends_on"))
                periods.setdefault(data["role"], []).append(period)
        for role, owners in periods.items():
            if fault := find_period_fault(owners, role):
                raise ValidationError(fault)
