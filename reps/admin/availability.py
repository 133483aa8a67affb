"""Working hours and time off, as rows under their team or rep."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSingleTimeWidget

from leadrouter.common.admin import RowsInline
from leadrouter.common.admin_fields import SentencesFirst
from leadrouter.common.admin_steps import Step
from reps.models import Rep, Team, TimeOff, Weekday, WorkingHours
from reps.services.working_week import set_working_week


class WorkingHoursInline(RowsInline):
    """One stretch of a weekday per row; a break is two rows."""

    model = WorkingHours
    fields = ("weekday", "starts_at", "ends_at")
    verbose_name = "stretch of work"
    verbose_name_plural = "Working hours (none: always at work)"


class TimeOffForm(SentencesFirst, forms.ModelForm):
    """A period off, with the fault said in words before the database would refuse it."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            raise ValidationError("Time off must end after it starts.")
        return data


class TimeOffInline(RowsInline):
    """Leave and sickness, newest first."""

    model = TimeOff
    form = TimeOffForm
    fields = ("kind", "starts_at", "ends_at", "note")
    per_page = 20


class WorkingWeekForm(forms.Form):
    """A normal week at a glance."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Days",
        choices=Weekday.choices,
        coerce=int,
        initial=[0, 1, 2, 3, 4],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    starts_at = forms.TimeField(label="From", initial="09:00", widget=UnfoldAdminSingleTimeWidget)
    ends_at = forms.TimeField(
        label="To",
        initial="17:00",
        widget=UnfoldAdminSingleTimeWidget,
        help_text="An earlier time than “From” means the next morning.",
    )


class SetWorkingWeek(Step):
    """The same hours on several days, in one go."""

    slug = "working-week"
    label = "Set a normal week"
    icon = "calendar_month"
    form_class = WorkingWeekForm

    def explain(self, obj: Any) -> str:
        return "The working hours that are there now are replaced by these."

    def run(
        self, *, request: HttpRequest, obj: Team | Rep, data: dict[str, Any], now: datetime
    ) -> str:
        hours = set_working_week(owner=obj, **data, now=now)
        return f"{obj} now works on {len(hours)} days a week."
