"""Territories as a tree, with their owners."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.views import ChangeList

from leadrouter.common.admin import BaseAdmin, RowsInline
from leadrouter.common.admin_fields import write_value
from routing.admin.territory_form import OwnerFormSet, TerritoryForm
from routing.models import Territory, TerritoryOwner
from routing.selectors.territory_tree import order_tree

MAX_SHOWN = 6


class TreeChangeList(ChangeList):
    """The list in the order of the tree; a page is cut from the whole tree, not from the alphabet."""

    def get_results(self, request: HttpRequest) -> None:
        rows = self.queryset.order_by().values_list("pk", "parent_id", "name")
        leaves = order_tree(rows)
        paginator = self.model_admin.get_paginator(request, leaves, self.list_per_page)
        page = paginator.get_page(self.page_num)
        depths = {leaf.pk: leaf.depth for leaf in page.object_list}
        found = self.queryset.in_bulk(list(depths))
        for pk, territory in found.items():
            territory.depth = depths[pk]
        self.result_list = [found[pk] for pk in depths]
        self.result_count = self.full_result_count = paginator.count
        self.show_full_result_count = False
        self.show_admin_actions = False
        self.can_show_all = self.multi_page = paginator.num_pages > 1
        self.paginator = paginator


class TerritoryOwnerInline(RowsInline):
    """Who owns it, in which role, from when to when."""

    model = TerritoryOwner
    formset = OwnerFormSet
    fields = ("rep", "role", "starts_on", "ends_on")
    verbose_name = "owner"
    verbose_name_plural = "Owners"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "starts_on":
            field.initial = timezone.localdate
        return field


@admin.register(Territory)
class TerritoryAdmin(BaseAdmin):
    """Parts of the market. The most specific one that fits a lead wins."""

    form = TerritoryForm
    list_display = ("show_name", "show_criteria", "show_owners", "priority", "is_active")
    list_display_links = ("show_name",)
    list_filter = ("is_active",)
    list_per_page = 100
    list_max_show_all = 100
    search_fields = ("name", "slug")
    sortable_by = ()
    prepopulated_fields = {"slug": ("name",)}
    autocomplete_fields = ("parent",)
    inlines = (TerritoryOwnerInline,)
    actions = None
    fieldsets = (
        (None, {"fields": ("name", "slug", "parent", "is_active")}),
        (
            "What belongs to it",
            {
                "description": (
                    "A lead belongs here when it fits every box that is filled, and the parent's as "
                    "well. A box left empty does not matter."
                ),
                "fields": (
                    "countries",
                    "subdivisions",
                    "postal_prefixes",
                    "postal_ranges",
                    "industries",
                    ("employees_min", "employees_max"),
                    "named_domains",
                    "priority",
                ),
            },
        ),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TreeChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Territory]:
        today = timezone.localdate()
        current = (
            TerritoryOwner.objects.filter(starts_on__lte=today)
            .exclude(ends_on__lte=today)
            .select_related("rep")
        )
        rows: QuerySet[Territory] = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("owners", queryset=current, to_attr="current_owners"))

    @display(description="Territory")
    def show_name(self, territory: Any) -> SafeString:
        depth = min(getattr(territory, "depth", 0), 8)
        return format_html('<span class="lr-tree lr-tree-{}">{}</span>', depth, territory.name)

    @display(description="What belongs to it")
    def show_criteria(self, territory: Territory) -> str:
        lists = (
            territory.countries,
            territory.subdivisions,
            territory.postal_prefixes,
            territory.postal_ranges,
            territory.industries,
            territory.named_domains,
        )
        parts = [_shorten(values) for values in lists if values]
        low, high = territory.employees_min, territory.employees_max
        if low is not None or high is not None:
            parts.append(f"{low or 0}–{'∞' if high is None else high} people")
        return " · ".join(parts) or "everything"

    @display(description="Owners now")
    def show_owners(self, territory: Any) -> str:
        names = [f"{owner.rep.name} ({owner.role})" for owner in territory.current_owners]
        return ", ".join(names) or "–"


def _shorten(values: list[Any]) -> str:
    shown = ", ".join(write_value(value) for value in values[:MAX_SHOWN])
    more = len(values) - MAX_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
