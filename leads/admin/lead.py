"""Leads: where each one is, whose it is, and why."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    DropdownFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display

from leadrouter.common.admin import (
    BaseAdmin,
    BoundedPaginator,
    save_changed,
    show_moment,
    show_pairs,
)
from leads.admin.consent import ConsentInline
from leads.admin.lead_history import AssignmentInline, DecisionInline, InteractionInline
from leads.admin.lead_steps import AssignTo, Park, ReleaseToQueue
from leads.admin.merge_step import MergeWith
from leads.domain.channel_defaults import DEFAULT_RULES
from leads.domain.channel_rules import UNASSIGNED
from leads.domain.quality import quality_parts
from leads.models import ChannelRule, Lead, LeadMerge, Place
from leads.selectors.custom_fields import get_field_definitions
from leads.selectors.duplicates import list_merge_history, list_pairs_of
from leads.selectors.searching import search_leads
from leads.services.attributing import DERIVED, quality_values, refresh_derived
from routing.models import HoldingQueue

# What may be corrected by hand. Addresses are the person's identity and place, owner and stage have
# services of their own, so they are not among them.
CORRECTABLE = (
    "first_name", "last_name", "full_name", "job_title", "language", "company_name", "website",
    "industry", "employees", "country", "subdivision", "city", "postal_code", "campaign",
)  # fmt: skip


class QueueFilter(DropdownFilter):
    """Leads that wait in one holding queue."""

    title = "holding queue"
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(pk), name) for pk, name in HoldingQueue.objects.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        chosen = self.value() or ""
        if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
            return queryset
        return queryset.filter(place=Place.OFFERED, holding_queue_id=int(chosen))


class ChannelGroupFilter(DropdownFilter):
    """Leads whose first visit belongs to one channel group."""

    title = "channel group (first)"
    parameter_name = "channel_group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        # The rules name the groups; asking a million leads for theirs would take longer than the page.
        named = set(ChannelRule.objects.values_list("channel_group", flat=True))
        groups = sorted((named or {rule.group for rule in DEFAULT_RULES}) | {UNASSIGNED})
        return [(group, group) for group in groups]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        chosen = self.value()
        return queryset.filter(first_channel_group=chosen) if chosen else queryset


@admin.register(Lead)
class LeadAdmin(BaseAdmin):
    """Read-mostly: leads arrive, are routed and worked; here they are found, moved and understood."""

    paginator = BoundedPaginator
    show_facets = BaseAdmin.show_facets.NEVER
    list_display = ("show_who", "company_name", "source", "show_place", "owner", "show_received")
    list_select_related = ("source", "owner")
    list_filter = (
        "place",
        "stage",
        ("source", RelatedDropdownFilter),
        ChannelGroupFilter,
        ("owner", AutocompleteSelectFilter),
        QueueFilter,
    )
    list_filter_submit = True
    ordering = ("-id",)
    sortable_by = ()
    search_fields = ("email",)  # opens the search box; get_search_results says what is searched
    search_help_text = "E-mail, phone, last name, company or lead id"
    actions = None
    steps = (AssignTo, Park, ReleaseToQueue, MergeWith)
    inlines = (ConsentInline, InteractionInline, DecisionInline, AssignmentInline)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Lead | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Lead, form: Any, change: bool) -> None:
        """What follows from a corrected value follows at once."""
        refresh_derived(obj)
        save_changed(obj, form.changed_data, *DERIVED)

    def get_fieldsets(self, request: HttpRequest, obj: Lead | None = None) -> Any:
        return (
            (
                "Where it stands",
                {
                    "fields": (
                        "place_text",
                        "owner",
                        "stage",
                        "grade",
                        "show_since",
                        "show_duplicates",
                        "open_page",
                    )
                },
            ),
            (
                "Person",
                {
                    "fields": (
                        ("first_name", "last_name"),
                        "full_name",
                        ("email", "phone"),
                        ("job_title", "language"),
                        ("seniority", "job_function"),
                        ("country", "subdivision"),
                        ("city", "postal_code"),
                    )
                },
            ),
            (
                "Company",
                {"fields": ("company_name", "account", "website", ("industry", "employees"))},
            ),
            (
                "Where from",
                {
                    "fields": (
                        ("source", "channel"),
                        "campaign",
                        "message",
                        "show_received",
                        ("first_channel_group", "last_channel_group"),
                        "marketing_campaign",
                        "show_touches",
                        "show_quality",
                        "show_custom",
                        "public_id",
                    )
                },
            ),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Lead | None = None) -> Any:
        shown: list[str] = []
        for _, options in self.get_fieldsets(request, obj):
            for field in options["fields"]:
                shown.extend(field if isinstance(field, tuple) else (field,))
        return [name for name in shown if name not in CORRECTABLE]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lead]:
        rows: QuerySet[Lead] = super().get_queryset(request)
        match = request.resolver_match
        if match and (match.url_name or "").endswith("_changelist"):
            rows = rows.filter(merged_into=None)  # an old id still opens its own page
        return rows.select_related("source", "owner", "account", "marketing_campaign")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Lead], search_term: str
    ) -> tuple[QuerySet[Lead], bool]:
        return search_leads(queryset, search_term), False

    @display(description="Lead", header=True)
    def show_who(self, lead: Lead) -> list[str]:
        return [str(lead), lead.email or lead.phone_e164]

    @display(
        description="Place",
        label={
            Place.OWNED: "success",
            Place.OFFERED: "info",
            Place.PARKED: "danger",
            Place.WAITING: "warning",
        },
    )
    def show_place(self, lead: Lead) -> tuple[str, str]:
        return lead.place, self.place_text(lead)

    @display(description="Place")
    def place_text(self, lead: Lead) -> str:
        if lead.place == Place.PARKED:
            return f"Parked: {lead.get_parked_reason_display()}"
        return lead.get_place_display()

    @display(description="Received", ordering="-id")
    def show_received(self, lead: Lead) -> str:
        return show_moment(lead.received_at)

    @display(description="Since")
    def show_since(self, lead: Lead) -> str:
        parts = [show_moment(lead.placed_at)]
        if lead.holding_queue_id:
            queue = HoldingQueue.objects.filter(pk=lead.holding_queue_id).first()
            parts.append(f"in the queue “{queue}”")
        if lead.parked_detail or lead.closed_reason:
            parts.append(lead.parked_detail or lead.closed_reason)
        if lead.retry_at:
            parts.append(f"routing tries again {show_moment(lead.retry_at)}")
        return ", ".join(parts)

    @display(description="Duplicates")
    def show_duplicates(self, lead: Lead) -> SafeString | str:
        review, merge = "admin:leads_duplicatepair_change", "admin:leads_leadmerge_change"
        rows = [
            (
                reverse(review, args=[pair.pk]),
                f"may be {pair.other if pair.one_id == lead.pk else pair.one}",
            )
            for pair in list_pairs_of(lead)
        ] + [
            (reverse(merge, args=[one.pk]), _say_merge(one, lead))
            for one in list_merge_history(lead)
        ]
        link = '<p><a class="text-primary-600" href="{}">{}</a></p>'
        return format_html_join("", link, rows) if rows else "–"

    @display(description="Touches and forms")
    def show_touches(self, lead: Lead) -> SafeString:
        return show_pairs({"First": lead.first_touch, "Last": lead.last_touch})

    @display(description="Data quality")
    def show_quality(self, lead: Lead) -> SafeString:
        parts = quality_parts(quality_values(lead))
        total = {"Together": f"{sum(part.points for part in parts)} of 100"}
        return show_pairs(
            total | {part.name: f"{part.points} of {part.most}: {part.why}" for part in parts}
        )

    @display(description="Other answers")
    def show_custom(self, lead: Lead) -> SafeString:
        labels = {field.key: field.label for field in get_field_definitions()}
        return show_pairs({labels.get(name, name): value for name, value in lead.custom.items()})

    @display(description="Lead page")
    def open_page(self, lead: Lead) -> SafeString | str:
        try:
            url = reverse("lead-page", args=[lead.public_id])
        except NoReverseMatch:
            return "–"
        return format_html(
            '<a class="text-primary-600" href="{}">The timeline as the rep sees it</a>', url
        )


def _say_merge(merge: LeadMerge, lead: Lead) -> str:
    undone = ", undone since" if merge.undone_at else ""
    when = show_moment(merge.merged_at)
    if merge.kept_id == lead.pk:
        return f"includes {merge.merged} since {when}{undone}"
    return f"became part of {merge.kept} {when}{undone}"
