"""Public holidays, entered by hand or filled in for a country and year."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin

from leadrouter.common.admin import BaseAdmin
from leadrouter.common.admin_choices import country_pairs, offer
from leadrouter.common.admin_fields import ChoiceSelectField
from reps.models import Holiday


class HolidayForm(forms.ModelForm):
    """One day off for all teams of a country."""

    country = ChoiceSelectField(pairs=(), help_text="Teams of this country do not work that day.")

    class Meta:
        model = Holiday
        fields = ("country", "on", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pairs = offer(country_pairs(), self.instance.country)
        self.fields["country"].choices = [("", "Choose a country"), *pairs]  # type: ignore[attr-defined]


@admin.register(Holiday)
class HolidayAdmin(BaseAdmin):
    """Days on which teams of a country do not work."""

    form = HolidayForm
    list_display = ("on", "name", "country")
    list_filter = ("country",)
    search_fields = ("name", "country")
    ordering = ("on", "country")

    def get_changeform_initial_data(self, request: Any) -> dict[str, Any]:
        return {"on": dt.date.today(), **super().get_changeform_initial_data(request)}  # noqa: DTZ011
