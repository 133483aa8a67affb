"""The ledger of ownership, read-only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from leadrouter.common.admin import LedgerAdmin, show_moment
from routing.admin.return_step import GiveTurnBack
from routing.models import Assignment


@admin.register(Assignment)
class AssignmentAdmin(LedgerAdmin):
    """Who held which lead from when to when."""

    list_display = ("lead", "rep", "pool", "show_start", "show_touch", "show_end", "end_reason")
    list_select_related = ("lead", "rep", "pool")
    list_filter = (("rep", AutocompleteSelectFilter),)
    list_filter_submit = True
    fields = (
        "lead", "rep", "pool", "decision", "show_start", "show_accept", "show_touch", "show_end",
        "end_reason", "end_note", "load_after", "capacity",
        "show_return",
    )  # fmt: skip
    steps = (GiveTurnBack,)
    readonly_fields = ("show_start", "show_accept", "show_touch", "show_end", "show_return")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return super().get_queryset(request).select_related("lead", "rep", "pool")

    @display(description="From")
    def show_start(self, row: Assignment) -> str:
        return show_moment(row.started_at)

    @display(description="Accepted")
    def show_accept(self, row: Assignment) -> str:
        return show_moment(row.accepted_at)

    @display(description="First touch")
    def show_touch(self, row: Assignment) -> str:
        return show_moment(row.first_touched_at)

    @display(description="Until")
    def show_end(self, row: Assignment) -> str:
        return show_moment(row.ended_at)

    @display(description="Turn given back")
    def show_return(self, row: Assignment) -> str:
        if row.returned_at is None:
            return "–"
        return f"{show_moment(row.returned_at)}: {row.get_return_reason_display()}"
