"""Pools: who shares a stream of leads, and how the turns stand."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from leadrouter.common.admin import BaseAdmin, RowsInline, show_pairs
from leadrouter.common.admin_fields import SentencesFirst
from routing.admin.pool_form import PoolForm
from routing.models import Pool, PoolMember, PoolSkill, Strategy
from routing.selectors.expectations import get_pool_expectations
from routing.selectors.pools import lock_pool
from routing.services.memberships import recording_members
from routing.services.parking import wake_parked

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


class MemberForm(SentencesFirst, forms.ModelForm):
    """The range is said by the field, before the database would refuse it."""

    weight = forms.IntegerField(
        initial=1,
        min_value=1,
        max_value=100,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"aria-label": "Weight"}),
        help_text="A rep of weight 2 gets twice the leads of a rep of weight 1.",
    )
    tier = forms.IntegerField(
        initial=1,
        min_value=1,
        max_value=99,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"aria-label": "Tier"}),
        help_text="Where tiers decide: 1 is asked first.",
    )


class PoolMemberInline(RowsInline):
    """Weight says who gets how much; the balance says who is owed."""

    model = PoolMember
    form = MemberForm
    formset = MemberFormSet
    fields = ("rep", "weight", "tier", "is_active", "share", "balance")
    readonly_fields = ("share", "balance")
    autocomplete_fields = ("rep",)
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
        url = reverse("rep-turns", args=[member.rep.slug])
        return format_html(
            '<a href="{}?pool={}">{}</a>', url, member.pool.slug, _say_balance(member)
        )

    def _members(self, pool: Pool) -> list[PoolMember]:
        cached: tuple[int, list[PoolMember]] | None = getattr(self, "_of_pool", None)
        if cached is None or cached[0] != pool.pk:
            cached = (pool.pk, list(pool.members.select_related("rep")))
            self._of_pool = cached
        return cached[1]


def _say_balance(member: PoolMember) -> str:
    turns = member.balance_microturns / MICROTURNS
    if abs(turns) < 0.005:
        return "even"
    return f"owed {turns:.2f}" if turns > 0 else f"ahead {-turns:.2f}"


class PoolSkillInline(RowsInline):
    """What every lead of the pool needs, and how well."""

    model = PoolSkill
    fields = ("skill", "level")
    autocomplete_fields = ("skill",)
    verbose_name = "required skill"
    verbose_name_plural = "Skills every lead of this pool needs"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PoolSkill]:
        return super().get_queryset(request).select_related("skill")


@admin.register(Pool)
class PoolAdmin(BaseAdmin):
    """Reps who share a stream of leads in fair turns."""

    list_display = ("name", "strategy", "count_members", "turn_number", "sla_policy", "is_active")
    list_select_related = ("sla_policy",)
    list_filter = ("is_active", "strategy")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    form = PoolForm
    inlines = (PoolMemberInline, PoolSkillInline)
    readonly_fields = ("turn_number", "show_expectations")
    fieldsets = (
        (None, {"fields": ("name", "slug", "is_active")}),
        (
            "How leads are shared",
            {
                "fields": (
                    "strategy", "value_weight", "floor_share", "catch_up_turns", "ignores_hours",
                    "manual_counts", "overflow",
                )
            },
        ),
        (
            "Who comes first",
            {"fields": (("sticky_by_person", "sticky_days"), "sticky_by_account")},
        ),
        ("What is expected of them", {"fields": ("show_expectations",)}),
        ("What they promise", {"fields": ("sla_policy",)}),
    )  # fmt: skip

    class Media:
        js = ("routing/js/pool_fields.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pool]:
        active = Count("members", filter=Q(members__is_active=True, members__rep__is_active=True))
        return super().get_queryset(request).annotate(active_members=active)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        now = timezone.now()
        with transaction.atomic(), recording_members(pool=lock_pool(form.instance.pk), now=now):
            super().save_related(request, form, formsets, change)
        # A new member may be the one parked leads wait for: they are tried again.
        wake_parked(now=now)

    def get_fieldsets(self, request: HttpRequest, obj: Pool | None = None) -> Any:
        """What is expected matters only where it decides."""
        shows = obj is not None and obj.strategy == Strategy.BEST_MATCH
        every = super().get_fieldsets(request, obj)
        return [one for one in every if shows or "show_expectations" not in one[1]["fields"]]

    @display(description="By past outcomes")
    def show_expectations(self, pool: Pool) -> SafeString:
        found = get_pool_expectations(pool)
        said = {
            one.name: f"{one.worth or '–'} (won {one.won} of {one.closed})" for one in found.members
        }
        return format_html("<p>{}</p>{}", found.sentence, show_pairs(said))

    @display(description="Members")
    def count_members(self, pool: Any) -> str:
        return str(pool.active_members) if pool.active_members else "nobody"
