"""Rule sets and their versions."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from leadrouter.common.admin import BaseAdmin, LedgerInline, show_moment
from leadrouter.common.admin_choices import offer, timezone_pairs
from leadrouter.common.admin_fields import ChoiceSelectField
from leadrouter.common.admin_steps import Step
from routing.models import RuleSet, RuleSetVersion, VersionState
from routing.services.publishing import create_draft
from routing.services.rule_sets import create_rule_set, make_live


class RuleSetForm(forms.ModelForm):
    """The zone is chosen from a list."""

    timezone = ChoiceSelectField(
        pairs=(),
        initial="UTC",
        label="Time zone",
        help_text="In which weekdays, hours and dates of rules are read.",
    )

    class Meta:
        model = RuleSet
        fields = ("name", "slug", "timezone")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "timezone" in self.fields:
            self.fields["timezone"].choices = offer(timezone_pairs(), self.instance.timezone)  # type: ignore[attr-defined]


class CreateDraft(Step):
    """A copy of the published rules to work on."""

    slug = "create-draft"
    label = "Create draft"
    icon = "edit_note"
    tone = "primary"

    def is_offered(self, obj: RuleSet) -> bool:
        return not obj.versions.filter(state=VersionState.DRAFT).exists()

    def explain(self, obj: RuleSet) -> str:
        return (
            "A copy of the published rules. Leads follow the published ones until you publish it."
        )

    def run(
        self, *, request: HttpRequest, obj: RuleSet, data: dict[str, Any], now: datetime
    ) -> str:
        self.draft = create_draft(rule_set=obj, user=request.user, now=now)
        return f"Version {self.draft.number} is your draft."

    def next_url(self, obj: RuleSet) -> str:
        return reverse("admin:routing_rulesetversion_change", args=[self.draft.pk])


class MakeLive(Step):
    """Routes by this rule set from now on."""

    slug = "make-live"
    label = "Make live"
    icon = "bolt"

    def is_offered(self, obj: RuleSet) -> bool:
        return not obj.is_live

    def explain(self, obj: RuleSet) -> str:
        live = RuleSet.objects.filter(is_live=True).first()
        instead = f" instead of “{live}”" if live else ""
        return f"New leads follow the published version of “{obj}” from now on{instead}."

    def run(
        self, *, request: HttpRequest, obj: RuleSet, data: dict[str, Any], now: datetime
    ) -> str:
        make_live(rule_set=obj, now=now)
        return f"“{obj}” is live."


class VersionInline(LedgerInline):
    """All versions, newest first."""

    model = RuleSetVersion
    fk_name = "rule_set"
    fields = ("open", "state", "note", "published", "published_by")
    readonly_fields = fields
    hide_title = True
    verbose_name_plural = "Versions"
    per_page = 20

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleSetVersion]:
        return super().get_queryset(request).select_related("published_by")

    @display(description="Version")
    def open(self, version: RuleSetVersion) -> SafeString:
        url = reverse("admin:routing_rulesetversion_change", args=[version.pk])
        return format_html(
            '<a class="text-primary-600 font-medium" href="{}">Version {}</a>', url, version.number
        )

    @display(description="Published")
    def published(self, version: RuleSetVersion) -> str:
        return show_moment(version.published_at)


@admin.register(RuleSet)
class RuleSetAdmin(BaseAdmin):
    """The routing of an organisation; one rule set is live."""

    form = RuleSetForm
    list_display = ("name", "show_live", "show_published", "show_draft", "timezone")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (VersionInline,)
    steps = (CreateDraft, MakeLive)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleSet]:
        current = RuleSetVersion.objects.exclude(state=VersionState.RETIRED)
        rows: QuerySet[RuleSet] = super().get_queryset(request)
        return rows.prefetch_related(
            Prefetch("versions", queryset=current, to_attr="current_versions")
        )

    def get_inlines(self, request: HttpRequest, obj: RuleSet | None) -> Any:
        return self.inlines if obj else ()

    def save_model(self, request: HttpRequest, obj: RuleSet, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            create_rule_set(rule_set=obj, now=timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: RuleSet | None = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and not (obj is not None and obj.is_live)

    @display(description="", label={"Live": "success", "Not live": ""})
    def show_live(self, rule_set: RuleSet) -> str:
        return "Live" if rule_set.is_live else "Not live"

    @display(description="Published")
    def show_published(self, rule_set: Any) -> SafeString | str:
        return _link_version(rule_set, VersionState.PUBLISHED)

    @display(description="Draft")
    def show_draft(self, rule_set: Any) -> SafeString | str:
        return _link_version(rule_set, VersionState.DRAFT)


def _link_version(rule_set: Any, state: str) -> SafeString | str:
    for version in rule_set.current_versions:
        if version.state == state:
            url = reverse("admin:routing_rulesetversion_change", args=[version.pk])
            return format_html(
                '<a class="text-primary-600" href="{}">Version {}</a>', url, version.number
            )
    return "–"
