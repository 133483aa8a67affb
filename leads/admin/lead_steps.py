"""What a manager does with a lead by hand: give it to somebody, set it aside, offer it in a queue."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminTextInputWidget

from leadrouter.common.admin_steps import Step
from leads.models import Lead, Place
from reps.models import Rep
from routing.models import HoldingQueue
from routing.services.working import assign_manually, park_lead, release_lead

REASON_HELP = "Shown in the history of the lead."


class ReasonForm(forms.Form):
    """Why, in the history."""

    reason = forms.CharField(
        max_length=200, widget=UnfoldAdminTextInputWidget, help_text=REASON_HELP
    )


class AssignForm(ReasonForm):
    """To whom."""

    rep = forms.ModelChoiceField(Rep.objects.none(), widget=UnfoldAdminSelect2Widget)
    field_order = ("rep", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rep"].queryset = Rep.objects.active().select_related("team")  # type: ignore[attr-defined]


class QueueForm(ReasonForm):
    """In which queue."""

    holding_queue = forms.ModelChoiceField(
        HoldingQueue.objects.none(), widget=UnfoldAdminSelect2Widget
    )
    field_order = ("holding_queue", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queues = HoldingQueue.objects.filter(is_active=True)
        self.fields["holding_queue"].queryset = queues  # type: ignore[attr-defined]


class AssignTo(Step):
    """A manager decides instead of the rules."""

    slug = "assign"
    label = "Assign to…"
    submit_label = "Assign"
    icon = "person_add"
    tone = "primary"
    form_class = AssignForm
    is_logged_here = False

    def is_offered(self, obj: Lead) -> bool:
        return obj.place != Place.CLOSED

    def explain(self, obj: Lead) -> str:
        holder = f" It is taken from {obj.owner}." if obj.owner else ""
        return f"The rep becomes the owner at once, whatever the rules say.{holder}"

    def run(self, *, request: HttpRequest, obj: Lead, data: dict[str, Any], now: datetime) -> str:
        assign_manually(
            lead_id=obj.pk, rep=data["rep"], user=request.user, reason=data["reason"], now=now
        )
        return f"{obj} now belongs to {data['rep']}."


class Park(Step):
    """Set aside: nobody's until a manager decides."""

    slug = "park"
    label = "Park"
    icon = "pause_circle"
    form_class = ReasonForm
    is_logged_here = False

    def is_offered(self, obj: Lead) -> bool:
        return obj.place not in {Place.CLOSED, Place.PARKED}

    def explain(self, obj: Lead) -> str:
        return "Nobody works it, and no rule moves it, until it is assigned or released by hand."

    def run(self, *, request: HttpRequest, obj: Lead, data: dict[str, Any], now: datetime) -> str:
        park_lead(lead_id=obj.pk, user=request.user, reason=data["reason"], now=now)
        return f"{obj} is parked."


class ReleaseToQueue(Step):
    """Offered to everybody entitled."""

    slug = "release"
    label = "Release to queue"
    icon = "inbox"
    form_class = QueueForm
    is_logged_here = False

    def is_offered(self, obj: Lead) -> bool:
        return obj.place != Place.CLOSED

    def explain(self, obj: Lead) -> str:
        return "Anyone entitled to the queue may claim it."

    def run(self, *, request: HttpRequest, obj: Lead, data: dict[str, Any], now: datetime) -> str:
        queue = data["holding_queue"]
        release_lead(
            lead_id=obj.pk,
            holding_queue=queue,
            user=request.user,
            reason=data["reason"],
            now=now,
        )
        return f"{obj} is offered in {queue}."
