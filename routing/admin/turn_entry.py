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

    list_display = ("pool", "number", "rep", "show_taken", "reason")
    list_select_related = ("pool", "rep")
    list_filter = (("pool", RelatedDropdownFilter),)
    list_filter_submit = True
    fields = ("pool", "number", "rep", "decision", "reason", "show_taken", "show_deltas")
    readonly_fields = ("show_taken", "show_deltas")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TurnEntry]:
        return super().get_queryset(request).select_related("pool", "rep", "decision")

    @display(description="Taken")
    def show_taken(self, entry: TurnEntry) -> str:
        return show_moment(entry.taken_at)

    @display(description="Credited and debited (turns)")
    def show_deltas(self, entry: TurnEntry) -> SafeString:
        names = dict(Rep.objects.filter(pk__in=list(entry.deltas)).values_list("pk", "name"))
        return show_pairs(
            {
                names.get(int(rep_id), f"rep {rep_id}"): round(delta / MICROTURNS, 4)
                for rep_id, delta in entry.deltas.items()
            }
        )
