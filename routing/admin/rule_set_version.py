"""Versions: the rules in order, and the way from draft to published and back."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST
from unfold.decorators import display

from leadrouter.common.admin import BaseAdmin, show_moment
from leadrouter.common.errors import DomainError
from routing.admin.publish_step import Publish
from routing.admin.rule_lines import make_lines
from routing.admin.rule_tester import rule_tester_view
from routing.admin.version_steps import Check, DraftFrom, RollBack
from routing.models import RoutingRule, RuleSetVersion, VersionState
from routing.selectors.rules import find_current_version, list_rules
from routing.services.rule_order import move_rule, move_rule_to_end, order_rules

EXPLANATIONS = {
    VersionState.DRAFT: (
        "This is a draft: change its rules freely. Leads follow the published version until you "
        "publish this one."
    ),
    VersionState.PUBLISHED: (
        "This version is published: leads follow it, so it never changes. To change the rules, "
        "create a draft and publish that."
    ),
    VersionState.RETIRED: (
        "This version was published once and is kept as it was. You can roll back to it: its rules "
        "are then published again."
    ),
}


@admin.register(RuleSetVersion)
class RuleSetVersionAdmin(BaseAdmin):
    """One state of a rule set. Only drafts change."""

    list_display = ("__str__", "show_state", "note", "show_published", "published_by")
    list_select_related = ("rule_set", "published_by")
    list_filter = ("state", "rule_set")
    ordering = ("-id",)
    sortable_by = ()
    actions = None
    warn_unsaved_form = False
    steps = (Publish, Check, RollBack, DraftFrom)
    readonly_fields = ("rule_set", "show_state", "note", "show_created", "show_published")
    fieldsets = (("Details", {"fields": readonly_fields, "classes": ["collapse"]}),)
    change_form_outer_before_template = "admin/routing/rulesetversion/rules.html"

    class Media:
        js = ("routing/js/rule_order.js",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # drafts are made by a step, as copies

    def has_delete_permission(
        self, request: HttpRequest, obj: RuleSetVersion | None = None
    ) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and obj is not None and obj.state == VersionState.DRAFT

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleSetVersion]:
        rows: QuerySet[RuleSetVersion] = super().get_queryset(request)
        return rows.select_related("rule_set", "created_by", "published_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = "routing_rulesetversion"
        own = [
            path("current/", view(self.current_view), name=f"{name}_current"),
            path("tester/", view(self.tester_view), name=f"{name}_tester"),
            path(
                "<int:version_id>/order/", view(require_POST(self.order_view)), name=f"{name}_order"
            ),
        ]
        return own + super().get_urls()

    def current_view(self, request: HttpRequest) -> HttpResponse:
        """Goes to the rules people work on: the live rule set's draft, else what it has published."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        version = find_current_version()
        if version is None:
            messages.info(request, "There are no rules yet. Begin with a rule set.")
            return HttpResponseRedirect(reverse("admin:routing_ruleset_changelist"))
        return HttpResponseRedirect(
            reverse("admin:routing_rulesetversion_change", args=[version.pk])
        )

    def tester_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return rule_tester_view(request, self)

    def order_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """Takes `move` = “<rule id>:up|down|top|bottom” from the buttons, or `order` = “3,1,2” from drags."""
        version = self.get_object(request, str(version_id))
        if version is None:
            raise Http404
        if not self.has_change_permission(request, version):
            raise PermissionDenied
        anchor = ""
        try:
            anchor = _reorder(version, request.POST)
        except DomainError as refusal:
            messages.error(request, refusal.message)
        url = reverse("admin:routing_rulesetversion_change", args=[version.pk])
        return HttpResponseRedirect(url + anchor)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        version = context.get("original")
        if version is not None:
            is_draft = version.state == VersionState.DRAFT
            context |= {
                "rule_lines": make_lines(list_rules(version)),
                "may_edit_rules": is_draft and self.has_change_permission(request, version),
                "state_explanation": EXPLANATIONS[version.state],
                # Nothing on this page is typed: rules have their own forms, the rest are steps.
                "show_save": False,
                "show_save_and_continue": False,
                "show_save_and_add_another": False,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @display(
        description="State",
        label={VersionState.DRAFT.label: "warning", VersionState.PUBLISHED.label: "success"},
    )
    def show_state(self, version: RuleSetVersion) -> str:
        return version.get_state_display()

    @display(description="Created")
    def show_created(self, version: RuleSetVersion) -> str:
        by = f" by {version.created_by}" if version.created_by else ""
        return show_moment(version.created_at) + by

    @display(description="Published")
    def show_published(self, version: RuleSetVersion) -> str:
        by = f" by {version.published_by}" if version.published_by else ""
        return show_moment(version.published_at) + by


def _reorder(version: RuleSetVersion, data: Any) -> str:
    if "move" in data:
        rule_id, _, direction = data["move"].partition(":")
        rule = RoutingRule.objects.filter(version=version, pk=_read_id(rule_id)).first()
        if rule is None:
            raise DomainError("This rule is gone. Look at the rules again.")
        if direction in {"top", "bottom"}:
            move_rule_to_end(rule=rule, is_top=direction == "top")
            return f"#rule-{rule.pk}"
        move_rule(rule=rule, step=-1 if direction == "up" else 1)
        return f"#{'up' if direction == 'up' else 'down'}-{rule.pk}"
    order_rules(
        version=version, rule_ids=[_read_id(part) for part in data.get("order", "").split(",")]
    )
    return ""


def _read_id(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
