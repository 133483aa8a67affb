"""Publishing a draft, unless somebody else was faster: then the difference is shown."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextareaWidget

from leadrouter.common.admin_steps import Step
from routing.admin.version_differences import (
    SeenState,
    compare_versions,
    compare_with_seen,
    make_seen,
    read_seen,
)
from routing.admin.version_steps import find_out
from routing.models import RuleSetVersion, VersionState
from routing.services.publishing import find_published, publish_version, say_published
from routing.services.refusals import PublishConflict


class NoteForm(forms.Form):
    """What changed and why; and, unseen, what the person had before them."""

    note = forms.CharField(
        max_length=500,
        label="What changed and why",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Kept with the version; the next person will thank you.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class Publish(Step):
    """Makes the draft the rules that leads follow."""

    slug = "publish"
    label = "Publish"
    icon = "publish"
    tone = "primary"
    form_class = NoteForm
    template = "admin/routing/rulesetversion/check.html"

    def is_offered(self, obj: RuleSetVersion) -> bool:
        return obj.state == VersionState.DRAFT

    def explain(self, obj: RuleSetVersion) -> str:
        live = "" if obj.rule_set.is_live else f" (once “{obj.rule_set}” is live)"
        return (
            f"From this moment every new lead follows version {obj.number}{live}. The version "
            "published now is retired and can be brought back at any time."
        )

    def get_context(self, request: HttpRequest, obj: RuleSetVersion) -> dict[str, Any]:
        return find_out(obj)

    def get_form(self, request: HttpRequest, obj: RuleSetVersion) -> forms.Form:
        if request.method == "POST":
            return NoteForm(request.POST)
        return NoteForm(initial={"seen": make_seen(obj)})

    def intercept(self, request: HttpRequest, obj: RuleSetVersion) -> HttpResponseBase | None:
        state = read_seen(request.POST.get("seen", "")) if request.method == "POST" else None
        if state is None or obj.state == VersionState.DRAFT:
            return None
        said = say_published(find_published(obj.rule_set_id))
        return self._show_conflict(request, obj, state, said)

    def run(
        self, *, request: HttpRequest, obj: RuleSetVersion, data: dict[str, Any], now: datetime
    ) -> str | HttpResponseBase:
        state = read_seen(data["seen"])
        try:
            publish_version(
                version=obj,
                user=request.user,
                note=data["note"],
                now=now,
                seen=state.seen if state else None,
            )
        except PublishConflict as conflict:
            if state is None:
                raise
            return self._show_conflict(request, obj, state, conflict.message)
        return f"Version {obj.number} is published: new leads follow it."

    def _show_conflict(
        self, request: HttpRequest, obj: RuleSetVersion, state: SeenState, message: str
    ) -> TemplateResponse:
        """What the person had seen published against what is published now; and of the draft."""
        before = RuleSetVersion.objects.filter(pk=state.seen.published_id or 0).first()
        now_published = find_published(obj.rule_set_id)
        is_replaced = now_published is not None and now_published.pk != state.seen.published_id
        context = {
            **admin.site.each_context(request),
            "title": "Not published",
            "subtitle": str(obj),
            "message": message,
            "note": request.POST.get("note", ""),
            "before": before,
            "published": now_published if is_replaced else None,
            "differences": compare_versions(before, now_published)
            if is_replaced and now_published
            else [],
            "draft": obj if obj.state == VersionState.DRAFT else None,
            "draft_differences": compare_with_seen(state, obj)
            if obj.state == VersionState.DRAFT
            else [],
            "back_url": reverse("admin:routing_rulesetversion_current"),
        }
        template = "admin/routing/rulesetversion/conflict.html"
        return TemplateResponse(request, template, context, status=409)
