"""One rule of a draft: who it is for and where they go."""

import json
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from unfold.admin import StackedInline
from unfold.decorators import display

from leadrouter.common.admin import BaseAdmin, save_changed
from leadrouter.common.errors import InvalidInput
from routing.admin.condition_field import read_json
from routing.admin.rule_form import (
    CHOICE_FIELDS,
    MAX_CHOICES,
    ChoiceForm,
    ChoiceFormSet,
    RuleForm,
)
from routing.admin.rule_lines import say_choices, say_rule_limits
from routing.engine.conditions import ConditionError, describe, parse_condition
from routing.models import RoutingRule, RuleChoice, RuleSetVersion, VersionState
from routing.selectors.attributes import get_draft_registry, get_registry
from routing.selectors.proofs import prove_rule
from routing.selectors.words import find_strangers, get_words
from routing.services.publishing import assert_draft
from routing.services.rule_order import add_rule, remove_rule

SHOWN_CHOICES = 3


class RuleChoiceInline(StackedInline):
    """Where the leads go: the first choice, and what is tried when nobody can take them."""

    model = RuleChoice
    form = ChoiceForm
    formset = ChoiceFormSet
    fields = CHOICE_FIELDS
    max_num = MAX_CHOICES
    verbose_name = "choice"
    verbose_name_plural = "Where they go (the next choice is tried when nobody can take the lead)"

    class Media:
        js = ("routing/js/choice_fields.js",)

    def get_extra(self, request: HttpRequest, obj: RoutingRule | None = None, **_: Any) -> int:
        if obj is not None and obj.version.state != VersionState.DRAFT:
            return 0
        # More are added by a button; without scripts, one at each save.
        return max(SHOWN_CHOICES - (obj.choices.count() if obj else 0), 1)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RuleChoice]:
        rows = super().get_queryset(request).order_by("order", "id")
        return rows.select_related("pool", "rep", "holding_queue", "required_skill")


@admin.register(RoutingRule)
class RoutingRuleAdmin(BaseAdmin):
    """Reached from its version; rules of published versions are only shown."""

    form = RuleForm
    inlines = (RuleChoiceInline,)
    actions = None
    change_form_outer_before_template = "admin/routing/routingrule/before.html"
    readonly_fields = ("show_condition", "show_limits")

    def get_fieldsets(self, request: HttpRequest, obj: RoutingRule | None = None) -> Any:
        is_editable = self._may_edit(request, obj)
        limits = (
            ("starts_at", "ends_at", "weekdays", ("hours_from", "hours_to"))
            if is_editable
            else ("show_limits",)
        )
        is_limited = obj is not None and bool(say_rule_limits(obj))
        return (
            (None, {"fields": ("name", "is_enabled")}),
            ("Who it is for", {"fields": ("condition" if is_editable else "show_condition",)}),
            (
                "Only for a time",
                {"fields": limits, "classes": [] if is_limited else ["collapse"]},
            ),
        )

    def _may_edit(self, request: HttpRequest, obj: RoutingRule | None) -> bool:
        return obj is None or self.has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoutingRule]:
        rows: QuerySet[RoutingRule] = super().get_queryset(request)
        return rows.select_related("version__rule_set")

    def has_change_permission(self, request: HttpRequest, obj: RoutingRule | None = None) -> bool:
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.version.state == VersionState.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: RoutingRule | None = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.version.state == VersionState.DRAFT)

    def get_urls(self) -> list[URLPattern]:
        describing = self.admin_site.admin_view(require_POST(self.describe_view))
        own = [path("describe/", describing, name="routing_routingrule_describe")]
        return own + super().get_urls()

    def describe_view(self, request: HttpRequest) -> JsonResponse:
        """Says in one sentence what the posted condition means, or what is wrong with it and where."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            data = read_json(request.body.decode("utf-8", "replace"))
            condition = parse_condition(data, get_draft_registry())
        except ConditionError as error:
            return JsonResponse({"errors": error.errors})
        except ValidationError as error:
            return JsonResponse({"errors": [("", error.messages[0])]})
        words = get_words()
        return JsonResponse(
            {
                "sentence": describe(condition, words),
                "errors": [],
                "doubts": find_strangers(condition, words),
            }
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseBase:
        """Rules mean something only in the order of their version."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:routing_rulesetversion_current"))

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponseBase:
        if not self.has_add_permission(request):
            raise PermissionDenied
        version = _find_version(request)
        if version is None or version.state != VersionState.DRAFT:
            messages.warning(request, "Rules are added to a draft: open or create one first.")
            return HttpResponseRedirect(reverse("admin:routing_rulesetversion_current"))
        context = {"version": version, **(extra_context or {})}
        return super().add_view(request, form_url, context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        rule = context.get("original")
        if rule is not None:
            context["version"] = rule.version
        if context.get("version"):
            context["adminform"].form.say_zone(context["version"].rule_set.timezone)
        context["describe_url"] = reverse("admin:routing_routingrule_describe")
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: RoutingRule, form: Any, change: bool) -> None:
        if change:
            assert_draft(RuleSetVersion.objects.get(pk=obj.version_id))
            save_changed(obj, form.changed_data)
            return
        version = _find_version(request)
        if version is None:
            raise InvalidInput("The draft is gone. Open or create one first.")
        obj.version = version
        add_rule(rule=obj)

    def delete_model(self, request: HttpRequest, obj: RoutingRule) -> None:
        remove_rule(rule=obj)

    def response_add(
        self, request: HttpRequest, obj: RoutingRule, post_url_continue: Any = None
    ) -> HttpResponse:
        if "_addanother" in request.POST:
            messages.success(request, f"“{obj}” is added. Here is the next one.")
            return HttpResponseRedirect(request.get_full_path())
        return self._back_to_version(request, obj, "added")

    def response_change(self, request: HttpRequest, obj: RoutingRule) -> HttpResponse:
        if "_addanother" in request.POST:
            url = reverse("admin:routing_routingrule_add")
            return HttpResponseRedirect(f"{url}?version={obj.version_id}")
        return self._back_to_version(request, obj, "saved")

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        messages.success(request, f"The rule “{obj_display}” is deleted.")
        return HttpResponseRedirect(reverse("admin:routing_rulesetversion_current"))

    def _back_to_version(self, request: HttpRequest, rule: RoutingRule, done: str) -> HttpResponse:
        proved = prove_rule(rule.version, rule.pk, timezone.now()) if rule.is_enabled else []
        for statement in proved:
            messages.warning(request, statement.sentence)
        if "_continue" in request.POST:
            url = reverse("admin:routing_routingrule_change", args=[rule.pk])
            messages.success(request, f"“{rule}” is {done}.")
            return HttpResponseRedirect(url)
        where = say_choices(
            rule.choices.select_related("pool", "rep", "holding_queue", "required_skill")
        )
        who = describe(parse_condition(rule.condition, get_registry()), get_words())
        messages.success(request, f"“{rule}” is {done}: {who} → goes to {where}.")
        url = reverse("admin:routing_rulesetversion_change", args=[rule.version_id])
        # Down at its rule nobody would see what is said at the top.
        return HttpResponseRedirect(url if proved else f"{url}#rule-{rule.pk}")

    @display(description="A lead matches when")
    def show_condition(self, rule: RoutingRule) -> str:
        try:
            return describe(parse_condition(rule.condition, get_registry()), get_words())
        except ConditionError:
            return json.dumps(rule.condition)

    @display(description="In force")
    def show_limits(self, rule: RoutingRule) -> str:
        return say_rule_limits(rule) or "always"


def _find_version(request: HttpRequest) -> RuleSetVersion | None:
    text = request.GET.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return RuleSetVersion.objects.select_related("rule_set").filter(pk=int(text)).first()
