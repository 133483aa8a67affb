"""Clocks, read-only."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from leadrouter.common.admin import LedgerAdmin, show_moment
from routing.models import SlaTimer
from routing.models.sla import SlaKind


class StateFilter(DropdownFilter):
    """What is due, overdue or done; each choice reads an index."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("overdue", "Overdue now: first touch"),
            ("overdue_acceptance", "Overdue now: acceptance"),
            ("running", "Running"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SlaTimer]) -> QuerySet[SlaTimer]:
        now = timezone.now()
        unmet = Q(met_at__isnull=True, cancelled_at__isnull=True)
        late = unmet & Q(due_at__lt=now, assignment__ended_at__isnull=True)
        chosen = {
            "overdue": late & Q(kind=SlaKind.FIRST_TOUCH),
            "overdue_acceptance": late & Q(kind=SlaKind.ACCEPTANCE),
            "running": unmet & Q(due_at__gte=now),
        }.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen).order_by("due_at")


@admin.register(SlaTimer)
class SlaTimerAdmin(LedgerAdmin):
    """Running and finished clocks of assignments, newest first."""

    list_display_links = ("kind",)
    list_display = ("show_lead", "show_rep", "kind", "policy", "show_due", "show_state")
    list_select_related = ("assignment__lead", "assignment__rep", "policy")
    list_filter = (StateFilter,)
    fields = ("show_lead", "show_rep", "kind", "policy", "show_start", "show_due", "show_state")
    readonly_fields = ("show_lead", "show_rep", "show_start", "show_due", "show_state")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SlaTimer]:
        rows = super().get_queryset(request)
        return rows.select_related("assignment__lead", "assignment__rep", "policy")

    @display(description="Lead")
    def show_lead(self, timer: SlaTimer) -> SafeString:
        lead = timer.assignment.lead
        url = reverse("admin:leads_lead_change", args=[lead.pk])
        return format_html('<a class="text-primary-600" href="{}">{}</a>', url, lead)

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
