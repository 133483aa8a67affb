"""The queue of leads that may be one person."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display

from leadrouter.common.admin import LedgerAdmin, show_moment
from leads.admin.review_step import Review
from leads.models import DuplicatePair


@admin.register(DuplicatePair)
class DuplicatePairAdmin(LedgerAdmin):
    """Open pairs first by what speaks for them; an open one opens its review."""

    list_display = ("show_pair", "show_why", "show_points", "show_found", "show_state")
    list_filter = ("state",)
    list_filter_submit = True
    list_select_related = ("one", "other", "decided_by")
    fields = ("one", "other", "state", "show_points", "show_why", "show_found", "decided_by")
    readonly_fields = fields
    steps = (Review,)
    ordering = None

    def get_ordering(self, request: HttpRequest) -> Any:
        return ("-state", F("postponed_at").asc(nulls_first=True), "-points", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[DuplicatePair]:
        rows: QuerySet[DuplicatePair] = super().get_queryset(request)
        return rows.select_related(
            "one__source", "one__owner", "other__source", "other__owner", "decided_by"
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        pair = self.get_object(request, object_id) if request.method == "GET" else None
        if pair and pair.state == DuplicatePair.State.OPEN and Review().is_allowed(request):
            url = reverse("admin:leads_duplicatepair_review", args=[pair.pk])
            return HttpResponseRedirect(url)
        return super().change_view(request, object_id, form_url, extra_context)

    @display(description="Leads", header=True)
    def show_pair(self, pair: DuplicatePair) -> list[str]:
        return [f"{pair.one} · {pair.other}", f"{_reach(pair.one)} · {_reach(pair.other)}"]

    @display(description="What speaks for it")
    def show_why(self, pair: DuplicatePair) -> str:
        return " ".join(str(one["sentence"]) for one in pair.evidence[:2]) or "–"

    @display(description="Evidence (bits)")
    def show_points(self, pair: DuplicatePair) -> str:
        return f"{pair.points:.1f}"

    @display(description="Found")
    def show_found(self, pair: DuplicatePair) -> str:
        return show_moment(pair.found_at)

    @display(description="State", label={"OPEN": "warning", "MERGED": "success", "APART": "info"})
    def show_state(self, pair: DuplicatePair) -> tuple[str, str]:
        return pair.state, pair.get_state_display()


def _reach(lead: Any) -> str:
    return lead.email or lead.phone_e164 or lead.company_name or "–"
