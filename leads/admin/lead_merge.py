"""What was merged, by whom and why, and the way back."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from leadrouter.common.admin import LedgerAdmin, show_moment
from leadrouter.common.admin_steps import Step
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING
from leads.models import LeadMerge
from routing.services.merging import undo_merge


class UndoForm(forms.Form):
    """Why."""

    reason = forms.CharField(max_length=200, widget=UnfoldAdminTextInputWidget)


class Undo(Step):
    """Two leads again, each as it was."""

    slug = "undo"
    label = "Undo the merge…"
    submit_label = "Undo the merge"
    icon = "undo"
    tone = "danger"
    roles = (ADMINISTRATOR, MANAGER, MARKETING)
    form_class = UndoForm
    is_logged_here = False

    def is_offered(self, obj: LeadMerge) -> bool:
        return obj.undone_at is None

    def explain(self, obj: LeadMerge) -> str:
        return (
            f"{obj.merged} becomes a lead of its own again, with its addresses, its history and its owner "
            f"as before. {obj.kept} gets back what it was; what came after the merge stays with it. That "
            "the two are different people is remembered."
        )

    def run(
        self, *, request: HttpRequest, obj: LeadMerge, data: dict[str, Any], now: datetime
    ) -> str:
        back, notes = undo_merge(merge_id=obj.pk, user=request.user, reason=data["reason"], now=now)
        return " ".join([f"{back} is a lead of its own again.", *notes])


@admin.register(LeadMerge)
class LeadMergeAdmin(LedgerAdmin):
    """Every merge, also those that were undone."""

    list_display = ("show_merge", "show_when", "show_who", "reason", "show_state")
    list_filter = (("undone_at", admin.EmptyFieldListFilter),)
    list_select_related = ("kept", "merged", "merged_by")
    fields = (
        "kept", "merged", "show_when", "show_who", "reason", "show_evidence", "show_changes",
        "show_undone",
    )  # fmt: skip
    readonly_fields = fields
    steps = (Undo,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LeadMerge]:
        rows: QuerySet[LeadMerge] = super().get_queryset(request)
        return rows.select_related("kept", "merged", "merged_by", "undone_by")

    @display(description="Merge", header=True)
    def show_merge(self, merge: LeadMerge) -> list[str]:
        return [f"{merge.merged} → {merge.kept}", merge.merged.email or merge.merged.phone_e164]

    @display(description="When")
    def show_when(self, merge: LeadMerge) -> str:
        return show_moment(merge.merged_at)

    @display(description="By")
    def show_who(self, merge: LeadMerge) -> str:
        user = merge.merged_by
        return (user.get_full_name() or user.get_username()) if user else "On arrival"

    @display(description="State", label={"done": "success", "undone": "warning"})
    def show_state(self, merge: LeadMerge) -> tuple[str, str]:
        return ("undone", "Undone") if merge.undone_at else ("done", "Merged")

    @display(description="Evidence")
    def show_evidence(self, merge: LeadMerge) -> SafeString | str:
        rows = [(one["sentence"],) for one in merge.evidence]
        return format_html_join("", "<p>{}</p>", rows) if rows else "–"

    @display(description="What changed")
    def show_changes(self, merge: LeadMerge) -> SafeString | str:
        changed = merge.snapshot.get("kept", {})
        rows = [
            (name.removesuffix("_id").replace("_", " "), _say(old), _say(new))
            for name, (old, new) in changed.items()
        ]
        return format_html_join("", "<p>{}: {} → {}</p>", rows) if rows else "–"

    @display(description="Undone")
    def show_undone(self, merge: LeadMerge) -> str:
        if merge.undone_at is None:
            return "–"
        user = merge.undone_by
        by = f" by {user.get_full_name() or user.get_username()}" if user else ""
        return f"{show_moment(merge.undone_at)}{by}: {merge.undo_reason}"


def _say(value: Any) -> str:
    return "nothing" if value in (None, "", {}, []) else str(value)[:200]
