"""Decisions, read-only, with their explanation."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from leadrouter.common.admin import LedgerAdmin, show_moment, show_pairs
from leads.models import Lead
from leads.selectors.searching import search_leads
from routing.admin.fact_words import say_fact
from routing.admin.what_if import can_ask, what_if_view
from routing.models import Decision, Outcome
from routing.selectors.attributes import get_attribute_labels
from routing.selectors.explaining import explain_decision

FOUND_LEADS = 200


@admin.register(Decision)
class DecisionAdmin(LedgerAdmin):
    """What was decided about a lead and why, rule by rule and rep by rep."""

    list_display = ("show_when", "lead", "show_outcome", "kind", "rule", "rep")
    list_display_links = ("show_when",)
    list_select_related = ("lead", "rule", "rep")
    search_fields = ("lead__email",)  # opens the box; get_search_results says what is searched
    search_help_text = "E-mail, phone or last name of the lead"
    fieldsets = (
        (None, {"fields": ("show_lead", "show_when", "show_outcome", "kind", "decided_by")}),
        ("Why", {"fields": ("show_explanation",)}),
        ("What was known then", {"fields": ("show_facts", "version", "epoch")}),
    )
    readonly_fields = ("show_lead", "show_when", "show_outcome", "show_explanation", "show_facts")

    def get_urls(self) -> list[URLPattern]:
        asking = self.admin_site.admin_view(self.what_if_view)
        own = [path("<int:decision_id>/what-if/", asking, name="routing_decision_what_if")]
        return own + super().get_urls()

    def what_if_view(self, request: HttpRequest, decision_id: int) -> HttpResponse:
        """What would have to be different for this lead to go elsewhere."""
        decision = self.get_object(request, str(decision_id))
        if decision is None or not can_ask(decision):
            raise Http404
        if not self.has_view_permission(request, decision):
            raise PermissionDenied
        return what_if_view(request, self, decision)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        rows = super().get_queryset(request)
        if request.resolver_match and str(request.resolver_match.url_name).endswith("_changelist"):
            return rows.defer("facts", "trace").select_related("lead", "rule", "rep")
        return rows.select_related(
            "lead", "rule", "rep", "pool", "holding_queue", "decided_by", "version__rule_set"
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Decision], search_term: str
    ) -> tuple[QuerySet[Decision], bool]:
        if not search_term.strip():
            return queryset, False
        # Newest leads first, and no more than a page could show decisions of.
        found = search_leads(Lead.objects.all(), search_term).order_by("-id")[:FOUND_LEADS]
        return queryset.filter(lead__in=list(found.values_list("pk", flat=True))), False

    @display(description="When")
    def show_when(self, decision: Decision) -> str:
        return show_moment(decision.decided_at)

    @display(description="Lead")
    def show_lead(self, decision: Decision) -> SafeString:
        url = reverse("admin:leads_lead_change", args=[decision.lead_id])
        return format_html('<a class="text-primary-600" href="{}">{}</a>', url, decision.lead)

    @display(
        description="Outcome",
        label={
            Outcome.ASSIGNED.label: "success",
            Outcome.QUEUED.label: "info",
            Outcome.PARKED.label: "danger",
            Outcome.REJECTED.label: "warning",
        },
    )
    def show_outcome(self, decision: Decision) -> str:
        return decision.get_outcome_display()

    @display(description="In sentences")
    def show_explanation(self, decision: Decision) -> SafeString:
        context: dict[str, Any] = {"explanation": explain_decision(decision)}
        if can_ask(decision):
            context["what_if_url"] = reverse("admin:routing_decision_what_if", args=[decision.pk])
        return render_to_string("admin/routing/explanation.html", context)

    @display(description="Facts")
    def show_facts(self, decision: Decision) -> SafeString:
        facts = decision.facts if isinstance(decision.facts, dict) else {}
        labels = get_attribute_labels()
        return show_pairs(
            {
                str(labels.get(name, name)): value
                if isinstance(value, list)
                else say_fact(name, value)
                for name, value in facts.items()
            }
        )
