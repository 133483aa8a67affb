"""Incidents: what is broken in the routing, until somebody says that it no longer is."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from leadrouter.common.admin import LedgerAdmin, show_moment
from leadrouter.common.admin_steps import Step
from leads.models import Lead
from routing.models import Incident
from routing.services.incidents import resolve_incident


class ResolutionForm(forms.Form):
    """What was done."""

    resolution = forms.CharField(
        max_length=200, label="What was done", widget=UnfoldAdminTextInputWidget
    )


class Resolve(Step):
    """Closed, with a word on why."""

    slug = "resolve"
    label = "Resolve"
    icon = "check_circle"
    tone = "primary"
    form_class = ResolutionForm
    is_logged_here = False

    def is_offered(self, obj: Incident) -> bool:
        return obj.resolved_at is None

    def explain(self, obj: Incident) -> str:
        return "It leaves the list of open incidents. If the fault is met again, it is a new one."

    def run(
        self, *, request: HttpRequest, obj: Incident, data: dict[str, Any], now: datetime
    ) -> str:
        resolve_incident(incident=obj, user=request.user, resolution=data["resolution"], now=now)
        return "The incident is resolved."


class StateFilter(DropdownFilter):
    """Open or resolved."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("resolved", "Resolved")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Incident]) -> QuerySet[Incident]:
        if self.value() not in {"open", "resolved"}:
            return queryset
        return queryset.filter(resolved_at__isnull=self.value() == "open")


@admin.register(Incident)
class IncidentAdmin(LedgerAdmin):
    """Read-only, but for the step that closes one."""

    list_display = ("kind", "location", "message", "count", "show_last_seen", "show_state")
    list_filter = (StateFilter, "kind")
    steps = (Resolve,)
    fields = (
        "kind", "location", "message", "show_version", "count", "show_first_seen", "show_last_seen",
        "show_first_lead", "show_last_lead", "show_resolution",
    )  # fmt: skip
    readonly_fields = (
        "show_version", "show_first_seen", "show_last_seen", "show_first_lead", "show_last_lead",
        "show_resolution",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        rows: QuerySet[Incident] = super().get_queryset(request)
        return rows.select_related(
            "version__rule_set", "rule", "first_lead", "last_lead", "resolved_by"
        )

    @display(description="Rules in use then")
    def show_version(self, incident: Incident) -> SafeString | str:
        if incident.version is None:
            return "–"
        url = reverse("admin:routing_rulesetversion_change", args=[incident.version_id])
        anchor = f"#rule-{incident.rule_id}" if incident.rule_id else ""
        return format_html(
            '<a class="text-primary-600" href="{}{}">{}</a>', url, anchor, incident.version
        )

    @display(description="First met")
    def show_first_seen(self, incident: Incident) -> str:
        return show_moment(incident.first_seen_at)

    @display(description="Last met")
    def show_last_seen(self, incident: Incident) -> str:
        return show_moment(incident.last_seen_at)

    @display(description="First lead")
    def show_first_lead(self, incident: Incident) -> SafeString | str:
        return _link_lead(incident.first_lead)

    @display(description="Last lead")
    def show_last_lead(self, incident: Incident) -> SafeString | str:
        return _link_lead(incident.last_lead)

    @display(description="State", label={"Open": "danger", "Resolved": "success"})
    def show_state(self, incident: Incident) -> str:
        return "Open" if incident.resolved_at is None else "Resolved"

    @display(description="State")
    def show_resolution(self, incident: Incident) -> str:
        if incident.resolved_at is None:
            return "Open"
        by = f" by {incident.resolved_by}" if incident.resolved_by else ""
        return f"Resolved {show_moment(incident.resolved_at)}{by}: {incident.resolution}"


def _link_lead(lead: Lead | None) -> SafeString | str:
    if lead is None:
        return "–"
    url = reverse("admin:leads_lead_change", args=[lead.pk])
    return format_html('<a class="text-primary-600" href="{}">{}</a>', url, lead)
