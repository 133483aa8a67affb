"""Suggested corrections, decided in bulk, and the page that says how good the data is."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.decorators import action, display

from leadrouter.common.admin import LedgerAdmin, show_moment
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, has_role
from leads.domain.draft import FIELD_LABELS
from leads.domain.suggesting import RULES
from leads.models import Suggestion, SuggestionState
from leads.selectors.data_quality import get_data_quality
from leads.services.suggesting import (
    SCAN_LIMIT,
    Decided,
    accept_suggestions,
    find_suggestions,
    reject_suggestions,
    say_decided,
    undo_suggestions,
)

BULK_LIMIT = 1_000
Decide = Callable[..., Decided]


@admin.register(Suggestion)
class SuggestionAdmin(LedgerAdmin):
    """Chosen rows are accepted, rejected or undone together."""

    list_display = (
        "show_lead",
        "show_field",
        "before",
        "after",
        "why",
        "show_state",
        "show_decided",
    )
    list_display_links = None
    list_filter = ("state", "rule")
    list_filter_submit = True
    list_select_related = ("lead", "decided_by")
    list_per_page = 100
    list_before_template = "admin/leads/suggestion/before_list.html"
    actions = ("accept", "reject", "undo")  # type: ignore[assignment]

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return has_role(request.user, ADMINISTRATOR, MANAGER)

    @action(description="Accept: change the leads", permissions=["settle"])
    def accept(self, request: HttpRequest, rows: QuerySet[Suggestion]) -> None:
        self._decide(request, rows, accept_suggestions, "accepted")

    @action(description="Reject: never suggest these again", permissions=["settle"])
    def reject(self, request: HttpRequest, rows: QuerySet[Suggestion]) -> None:
        self._decide(request, rows, reject_suggestions, "rejected")

    @action(description="Undo: put the earlier values back", permissions=["settle"])
    def undo(self, request: HttpRequest, rows: QuerySet[Suggestion]) -> None:
        self._decide(request, rows, undo_suggestions, "undone")

    def _decide(
        self, request: HttpRequest, rows: QuerySet[Suggestion], decide: Decide, said: str
    ) -> None:
        ids = list(rows.values_list("pk", flat=True)[:BULK_LIMIT])
        decided = decide(ids=ids, user=request.user, now=timezone.now())
        for number, sentence in enumerate(say_decided(decided, said)):
            tell = messages.warning if number else messages.success
            tell(request, sentence)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = "leads_suggestion"
        own = [
            path("quality/", view(self.quality_view), name=f"{name}_quality"),
            path("look/", view(self.look_view), name=f"{name}_look"),
        ]
        return own + super().get_urls()

    def quality_view(self, request: HttpRequest) -> HttpResponse:
        """The state of the data of the last 30 days."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": "Data quality",
            "quality": get_data_quality(now=timezone.now()),
            "open_count": Suggestion.objects.filter(state=SuggestionState.OPEN).count(),
            "may_look": self.has_settle_permission(request),
        }
        return TemplateResponse(request, "admin/leads/suggestion/quality.html", context)

    def look_view(self, request: HttpRequest) -> HttpResponse:
        """Looks for new suggestions, on POST."""
        if request.method != "POST" or not self.has_settle_permission(request):
            raise PermissionDenied
        found = find_suggestions()
        messages.success(
            request, f"{found:,} new suggestions, found in the newest {SCAN_LIMIT:,} leads."
        )
        url = reverse("admin:leads_suggestion_changelist")
        return HttpResponseRedirect(f"{url}?state__exact={SuggestionState.OPEN}")

    @display(description="Lead")
    def show_lead(self, row: Suggestion) -> str:
        return str(row.lead)

    @display(description="Field")
    def show_field(self, row: Suggestion) -> str:
        return f"{FIELD_LABELS.get(row.field, row.field)} · {RULES.get(row.rule, row.rule)}"

    @display(
        description="State",
        label={"OPEN": "warning", "ACCEPTED": "success", "REJECTED": "danger", "UNDONE": "info"},
    )
    def show_state(self, row: Suggestion) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description="Decided")
    def show_decided(self, row: Suggestion) -> str:
        return f"{show_moment(row.decided_at)} {row.decided_by or ''}" if row.decided_at else "–"
