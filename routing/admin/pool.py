"""Pools: who shares a stream of leads, and how the turns stand."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet

from leadrouter.common.admin import BaseAdmin
from routing.models import Pool, PoolMember

MICROTURNS = 1_000_000


class MemberFormSet(PaginationInlineFormSet):
    """Who has taken turns stays in the ledger: switched off, not removed."""

    def clean(self) -> None:
        super().clean()
        for form in self.deleted_forms:
            member = form.instance
            if member.pk and (member.last_turn or member.balance_microturns):
                raise ValidationError(
                    f"{member.rep} has taken turns in this pool. Switch them off instead of "
                    "removing them, so that the turns of the others stay right."
                )
        for form in self.forms:
            weight = getattr(form, "cleaned_data", {}).get("weight")
            if weight is not None and not 1 <= weight <= 100:
                raise ValidationError("A weight lies between 1 and 100.")


class PoolMemberInline(TabularInline):
    """Weight says who gets how much; the balance says who is owed."""

    model = PoolMember
    formset = MemberFormSet
    fields = ("rep", "weight", "is_active", "share", "balance")
    readonly_fields = ("share", "balance")
    autocomplete_fields = ("rep",)
    extra = 0
    hide_title = True
    verbose_name = "member"
    verbose_name_plural = "Members"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PoolMember]:
        return super().get_queryset(request).select_related("rep", "pool")

    @display(description="Share")
    def share(self, member: PoolMember) -> str:
        if not member.pk or not member.is_active:
            return "–"
        total = sum(m.weight for m in self._members(member.pool) if m.is_active and m.rep.is_active)
        return f"{round(100 * member.weight / total)} %" if total else "–"

    @display(description="Balance of turns")
    def balance(self, member: PoolMember) -> str:
        if not member.pk:
            return "–"
        turns = member.balance_microturns / MICROTURNS
        if abs(turns) < 0.005:
            return "even"
        return f"owed {turns:.2f}" if turns > 0 else f"ahead {-turns:.2f}"

    def _members(self, pool: Pool) -> list[PoolMember]:
        cached: tuple[int, list[PoolMember]] | None = getattr(self, "_of_pool", None)
        if cached is None or cached[0] != pool.pk:
            cached = (pool.pk, list(pool.members.select_related("rep")))
            self._of_pool = cached
        return cached[1]


@admin.register(Pool)
class PoolAdmin(BaseAdmin):
    """Reps who share a stream of leads in fair turns."""

    list_display = ("name", "strategy", "count_members", "turn_number", "sla_policy", "is_active")
    list_select_related = ("sla_policy",)
    list_filter = ("is_active", "strategy")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("required_skills",)
    inlines = (PoolMemberInline,)
    readonly_fields = ("turn_number",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "is_active")}),
        (
            "How leads are shared",
            {"fields": ("strategy", "ignores_hours", "is_sticky", "manual_counts")},
        ),
        ("What members need, and what they promise", {"fields": ("required_skills", "sla_policy")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pool]:
        active = Count("members", filter=Q(members__is_active=True, members__rep__is_active=True))
        return super().get_queryset(request).annotate(active_members=active)

    @display(description="Members")
    def count_members(self, pool: Any) -> str:
        return str(pool.active_members) if pool.active_members else "nobody"
