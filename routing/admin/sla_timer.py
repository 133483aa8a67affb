"""Clocks, read-only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from leadrouter.common.admin import LedgerAdmin, show_moment
from routing.models import SlaTimer


@admin.register(SlaTimer)
class SlaTimerAdmin(LedgerAdmin):
    """Running and finished clocks of assignments, newest first."""

    list_display = ("show_lead", "show_rep", "kind", "policy", "show_due", "show_state")
    list_select_related = ("assignment__lead", "assignment__rep", "policy")
    fields = ("show_lead", "show_rep", "kind", "policy", "show_start", "show_due", "show_state")
    readonly_fields = ("show_lead", "show_rep", "show_start", "show_due", "show_state")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SlaTimer]:
        rows = super().get_queryset(request)
        return rows.select_related("assignment__lead", "assignment__rep", "policy")

    @display(description="Lead")
    def show_lead(self, timer: SlaTimer) -> str:
        return str(timer.assignment.lead)

    @display(description="Rep")
    def show_rep(self, timer: SlaTimer) -> str:
        return str(timer.assignment.rep)

    @display(description="Started")
    def show_start(self, timer: SlaTimer) -> str:
        return show_moment(timer.starts_at)

    @display(description="Due")
    def show_due(self, timer: SlaTimer) -> str:
        return show_moment(timer.due_at)

    @display(
        description="State",
        label={"Kept": "success", "Met late": "danger", "Missed": "danger", "Running": "info"},
    )
    def show_state(self, timer: SlaTimer) -> str:
        if timer.cancelled_at:
            return "Cancelled"
        if timer.met_at:
            kept = timer.met_at <= timer.due_at
            return "Kept" if kept else "Met late"
        if timer.breached_at or timer.due_at < timezone.now():
            return "Missed"
        return "Running"
