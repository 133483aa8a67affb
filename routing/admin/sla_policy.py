"""Promises about time, written in minutes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from unfold.decorators import display

from leadrouter.common.admin import BaseAdmin
from leadrouter.common.admin_fields import MinutesField
from routing.models import SlaPolicy


class SlaPolicyForm(forms.ModelForm):
    """Minutes outside, seconds inside."""

    first_touch_seconds = MinutesField(
        label="First touch within (minutes)",
        help_text="From the assignment to the first call, e-mail or meeting.",
    )
    acceptance_seconds = MinutesField(
        label="Accept within (minutes)", required=False, help_text="Empty: no such clock."
    )

    class Meta:
        model = SlaPolicy
        fields = (
            "name", "slug", "first_touch_seconds", "acceptance_seconds", "counts_working_time",
            "is_default",
        )  # fmt: skip

    def clean_is_default(self) -> bool:
        is_default: bool = self.cleaned_data["is_default"]
        other = SlaPolicy.objects.filter(is_default=True).exclude(pk=self.instance.pk).first()
        if is_default and other:
            raise ValidationError(f"“{other}” is the default already. Switch it off there first.")
        return is_default


@admin.register(SlaPolicy)
class SlaPolicyAdmin(BaseAdmin):
    """How soon a rep accepts a lead and touches it first."""

    form = SlaPolicyForm
    list_display = ("name", "show_touch", "show_accept", "counts_working_time", "is_default")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}

    @display(description="First touch within")
    def show_touch(self, policy: SlaPolicy) -> str:
        return say_duration(policy.first_touch_seconds)

    @display(description="Accept within")
    def show_accept(self, policy: SlaPolicy) -> str:
        return say_duration(policy.acceptance_seconds) if policy.acceptance_seconds else "–"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and not (obj is not None and obj.is_default)


def say_duration(seconds: int) -> str:
    """“15 min”, “2 h”, “1 h 30 min”, “3 d”."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    named = ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{number} {unit}" for number, unit in named if number) or "0 s"
