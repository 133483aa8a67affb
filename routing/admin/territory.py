"""Territories as a tree, with their owners."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import display
from unfold.views import ChangeList

from leadrouter.common.admin import BaseAdmin, RowsInline
from leadrouter.common.admin_fields import write_value
from routing.admin import territory_import
from routing.admin.territory_form import OwnerFormSet, TerritoryForm
from routing.models import Territory, TerritoryOwner, TerritoryRole
from routing.selectors.territory_tree import find_gaps, list_owners_on, order_tree

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
        owners = list_owners_on(timezone.localdate(), depths)
        for pk, territory in found.items():
            territory.depth, territory.owners_today = depths[pk], owners[pk]
        self.result_list = [found[pk] for pk in depths]
        self.result_count = self.full_result_count = paginator.count
        self.show_full_result_count = False
        self.show_admin_actions = False
        self.can_show_all = self.multi_page = paginator.num_pages > 1
        self.paginator = paginator


class GapFilter(admin.SimpleListFilter):
    """Territories whose leads nobody takes today."""

    title = "gaps today"
    parameter_name = "gap"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(role, f"No {label} today") for role, label in TerritoryRole.choices]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Territory]") -> Any:
        if self.value() not in TerritoryRole.values:
            return queryset
        return queryset.filter(pk__in=find_gaps(timezone.localdate(), str(self.value())))


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
        if field is not None and db_field.name == "ends_on":
            field.label = "No longer from"
            field.widget.attrs["aria-label"] = field.label
        return field


@admin.register(Territory)
class TerritoryAdmin(BaseAdmin):
    """Parts of the market. The most specific one that fits a lead wins."""

    form = TerritoryForm
    list_display = ("show_name", "show_criteria", "show_owners", "priority", "is_active")
    list_display_links = ("show_name",)
    list_filter = (GapFilter, "is_active")
    list_before_template = "admin/routing/territory/before_list.html"
    list_per_page = 100
    list_max_show_all = 100
    search_fields = ("name", "slug", "owners__rep__name")
    search_help_text = "Name, slug or an owner's name"
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
                    "well. A box left empty does not matter. Of several that fit, the most specific "
                    "wins: a named account, then the longer postal code, a state or region, a "
                    "country, industry and size, the deeper place in the tree, the higher priority, "
                    "and at last the slug in alphabetical order."
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

    def get_urls(self) -> list[URLPattern]:
        return territory_import.list_urls(self) + super().get_urls()

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

    @display(description="Owners today")
    def show_owners(self, territory: Any) -> SafeString:
        """Those of a territory above in a quieter colour, with its name."""
        return format_html_join(
            ", ",
            '<span class="{}">{} ({}{})</span>',
            (
                (
                    "lr-muted" if one.above else "",
                    one.rep_name,
                    one.role,
                    one.above and f", {one.above}",
                )
                for one in territory.owners_today
            ),
        ) or format_html('<span class="lr-tag lr-tag-warning">{}</span>', "nobody")


def _shorten(values: list[Any]) -> str:
    shown = ", ".join(write_value(value) for value in values[:MAX_SHOWN])
    more = len(values) - MAX_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
