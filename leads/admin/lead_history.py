"""The history of a lead, read-only, under the lead."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from leadrouter.common.admin import LedgerInline, show_moment
from leads.models import Interaction
from routing.models import Assignment, Decision


class InteractionInline(LedgerInline):
    """The timeline, newest first."""

    model = Interaction
    fields = ("when", "kind", "summary", "actor")
    readonly_fields = fields
    verbose_name_plural = "Timeline"
    tab = True
    hide_title = True
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("actor")

    @display(description="When")
    def when(self, row: Interaction) -> str:
        return show_moment(row.occurred_at)


class DecisionInline(LedgerInline):
    """What was decided and why."""

    model = Decision
    fields = ("when", "outcome", "rule", "rep", "pool", "reason")
    readonly_fields = fields
    tab = True
    hide_title = True
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).defer("facts", "trace")
        return rows.select_related("rule", "rep", "pool")

    @display(description="When")
    def when(self, row: Decision) -> SafeString:
        url = reverse("admin:routing_decision_change", args=[row.pk])
        moment = show_moment(row.decided_at)
        return format_html('<a class="text-primary-600" href="{}">{}</a>', url, moment)


class AssignmentInline(LedgerInline):
    """Who held it from when to when."""

    model = Assignment
    fk_name = "lead"
    fields = ("rep", "from_", "accepted", "touched", "until", "end_reason", "end_note")
    readonly_fields = fields
    tab = True
    hide_title = True
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("rep")

    @display(description="From")
    def from_(self, row: Assignment) -> str:
        return show_moment(row.started_at)

    @display(description="Accepted")
    def accepted(self, row: Assignment) -> str:
        return show_moment(row.accepted_at)

    @display(description="First touch")
    def touched(self, row: Assignment) -> str:
        return show_moment(row.first_touched_at)

    @display(description="Until")
    def until(self, row: Assignment) -> str:
        return show_moment(row.ended_at)
