"""A manager gives a rep the turn back for a lead that should not have cost one."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from leadrouter.common.admin_steps import Step
from routing.models import Assignment
from routing.services.returning import BY_HAND, return_assignment


class ReturnForm(forms.Form):
    """Why."""

    reason = forms.ChoiceField(
        choices=[(one.value, one.label) for one in BY_HAND], widget=UnfoldAdminSelectWidget
    )


class GiveTurnBack(Step):
    """Once for each assignment."""

    slug = "return"
    label = "Give the turn back…"
    submit_label = "Give the turn back"
    icon = "undo"
    form_class = ReturnForm

    def is_offered(self, obj: Assignment) -> bool:
        return obj.returned_at is None

    def explain(self, obj: Assignment) -> str:
        return (
            f"{obj.rep} gets back the turn this lead cost, and the others their shares of it. Spam and "
            "duplicates are closed if they are still open; a lead that was not for this rep stays where "
            "it is until you assign it."
        )

    def run(
        self, *, request: HttpRequest, obj: Assignment, data: dict[str, Any], now: datetime
    ) -> str:
        entry = return_assignment(
            assignment_id=obj.pk, reason=data["reason"], user=request.user, now=now
        )
        if entry is None:
            return "The lead is marked as returned. It had cost no turn."
        return f"{obj.rep} has the turn back, in {entry.pool}."
