"""The ledger of turns, read-only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from leadrouter.common.admin import LedgerAdmin, show_moment, show_pairs
from reps.models import Rep
from routing.admin.pool import MICROTURNS
from routing.models import TurnEntry


@admin.register(TurnEntry)
class TurnEntryAdmin(LedgerAdmin):
    """Who was picked, and what everybody was credited and debited."""

    list_display = ("pool", "number", "kind", "rep", "show_taken", "reason")
    list_select_related = ("pool", "rep")
    list_filter = (("pool", RelatedDropdownFilter),)
    list_filter_submit = True
    fields = (
        "pool", "number", "kind", "rep", "decision", "reason", "show_taken", "show_deltas",
        "show_deferrals",
    )  # fmt: skip
    readonly_fields = ("show_taken", "show_deltas", "show_deferrals")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TurnEntry]:
        return super().get_queryset(request).select_related("pool", "rep", "decision")

    @display(description="Taken")
    def show_taken(self, entry: TurnEntry) -> str:
        return show_moment(entry.taken_at)

    @display(description="Credited and debited (turns)")
    def show_deltas(self, entry: TurnEntry) -> SafeString:
        return _show_turns(entry.deltas)

    @display(description="Kept for the absent, or paid out (turns)")
    def show_deferrals(self, entry: TurnEntry) -> SafeString:
        return _show_turns(entry.deferrals)


def _show_turns(moved: dict[str, int]) -> SafeString:
    names = dict(Rep.objects.filter(pk__in=list(moved)).values_list("pk", "name"))
    return show_pairs(
        {
            names.get(int(rep_id), f"rep {rep_id}"): round(microturns / MICROTURNS, 4)
            for rep_id, microturns in moved.items()
        }
    )
