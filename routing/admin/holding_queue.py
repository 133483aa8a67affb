"""Holding queues: leads that anyone entitled may claim."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from unfold.decorators import display

from leadrouter.common.admin import BaseAdmin
from leads.models import Lead, Place
from routing.models import HoldingQueue


@admin.register(HoldingQueue)
class HoldingQueueAdmin(BaseAdmin):
    """Who may claim from it, and how much waits in it."""

    list_display = ("name", "show_entitled", "show_waiting", "sla_policy", "is_active")
    list_select_related = ("sla_policy",)
    list_filter = ("is_active",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("teams", "reps")
    fieldsets = (
        (None, {"fields": ("name", "slug", "is_active")}),
        (
            "Who may claim",
            {"fields": ("teams", "reps"), "description": "Members of these teams, and these reps."},
        ),
        ("Promise", {"fields": ("sla_policy",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[HoldingQueue]:
        waiting = (
            Lead.objects.filter(place=Place.OFFERED, holding_queue_id=OuterRef("pk"))
            .order_by()
            .values("holding_queue_id")
            .annotate(number=Count("pk"))
            .values("number")
        )
        rows: QuerySet[HoldingQueue] = super().get_queryset(request)
        return rows.annotate(waiting=Coalesce(Subquery(waiting), 0)).prefetch_related(
            "teams", "reps"
        )

    @display(description="Who may claim")
    def show_entitled(self, queue: HoldingQueue) -> str:
        names = [team.name for team in queue.teams.all()] + [rep.name for rep in queue.reps.all()]
        if len(names) > 5:
            names = [*names[:5], f"{len(names) - 5} more"]
        return ", ".join(names) or "nobody yet"

    @display(description="Waiting")
    def show_waiting(self, queue: Any) -> int:
        number: int = queue.waiting
        return number
