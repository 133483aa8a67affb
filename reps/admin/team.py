"""Teams: zone, holidays' country, working hours."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from leadrouter.common.admin import BaseAdmin
from leadrouter.common.admin_choices import country_pairs, offer, timezone_pairs
from leadrouter.common.admin_fields import ChoiceSelectField
from reps.admin.availability import SetWorkingWeek, WorkingHoursInline
from reps.models import Holiday, Team
from reps.signals import availability_changed


class TeamForm(forms.ModelForm):
    """Zone and country are chosen from lists instead of typed."""

    timezone = ChoiceSelectField(pairs=(), label="Time zone", initial="UTC")
    country = ChoiceSelectField(
        pairs=(), required=False, empty="No public holidays", help_text="Whose holidays it keeps."
    )

    class Meta:
        model = Team
        fields = ("name", "slug", "timezone", "country", "manager")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].choices = offer(timezone_pairs(), self.instance.timezone)  # type: ignore[attr-defined]
        country = self.fields["country"]
        country.choices = [  # type: ignore[attr-defined]
            ("", "No public holidays"),
            *offer(country_pairs(), self.instance.country),
        ]


@admin.register(Team)
class TeamAdmin(BaseAdmin):
    """People who work together."""

    form = TeamForm
    list_display = ("name", "show_zone", "country", "manager", "count_reps")
    list_select_related = ("manager",)
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("manager",)
    inlines = (WorkingHoursInline,)
    steps = (SetWorkingWeek,)
    readonly_fields = ("list_holidays",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "manager")}),
        ("Place", {"fields": ("timezone", "country", "list_holidays")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        active = Count("reps", filter=Q(reps__is_active=True))
        return super().get_queryset(request).annotate(active_reps=active)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # Other hours may make somebody available: parked leads are tried again.
        availability_changed.send(sender=Team, now=timezone.now())

    @display(description="Time zone", ordering="timezone")
    def show_zone(self, team: Team) -> str:
        return team.timezone.replace("_", " ")

    @display(description="Active reps")
    def count_reps(self, team: Any) -> int:
        count: int = team.active_reps
        return count

    @display(description="Next holidays")
    def list_holidays(self, team: Team) -> str:
        if not team.country:
            return "None: the team has no country."
        coming = Holiday.objects.filter(country=team.country, on__gte=timezone.localdate())
        found = [f"{holiday.on:%d %b %Y} {holiday.name}" for holiday in coming[:5]]
        return "; ".join(found) or "None entered. Add them under Holidays."
