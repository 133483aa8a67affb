"""What would have to be different for a decided lead to go to another rule or rep. Nothing is written."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminSelectWidget

from leadrouter.common.admin import show_moment
from reps.models import Rep
from routing.engine.choosing import LeadView
from routing.engine.facts import facts_from_json
from routing.models import Decision, DecisionKind, RoutingRule
from routing.selectors.candidates import ask_histories
from routing.selectors.counterfactuals import explain_way_to_rep, explain_way_to_rule
from routing.selectors.plans import load_plan


class WhatIfForm(forms.Form):
    """Another rule or a rep: one of them."""

    rule = forms.ModelChoiceField(
        RoutingRule.objects.none(),
        required=False,
        label="Another rule",
        empty_label="Choose a rule",
        widget=UnfoldAdminSelectWidget,
    )
    rep = forms.ModelChoiceField(
        Rep.objects.none(),
        required=False,
        label="or a rep",
        empty_label="Choose a rep",
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, decision: Decision, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = RoutingRule.objects.filter(version=decision.version_id, is_enabled=True)
        self.fields["rule"].queryset = rules.order_by("position", "id")  # type: ignore[attr-defined]
        self.fields["rep"].queryset = Rep.objects.filter(is_active=True)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and bool(data.get("rule")) == bool(data.get("rep")):
            raise forms.ValidationError("Choose a rule or a rep, one of them.")
        return data


def can_ask(decision: Decision) -> bool:
    """Only what rules decided can be decided otherwise by them."""
    return decision.kind == DecisionKind.RULES and decision.version_id is not None


def what_if_view(request: HttpRequest, model_admin: Any, decision: Decision) -> HttpResponse:
    """The page; the answer is computed for the version and the facts of the decision."""
    form = WhatIfForm(decision, request.GET or None)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"What would have sent {decision.lead} elsewhere?",
        "subtitle": f"Decided {show_moment(decision.decided_at)} by {decision.version}",
        "form": form,
        "back_url": reverse("admin:routing_decision_change", args=[decision.pk]),
        "media": model_admin.media + form.media,
    }
    if request.GET and form.is_valid():
        context["lines"] = _answer(decision, form.cleaned_data)
    return TemplateResponse(request, "admin/routing/what_if.html", context)


def _answer(decision: Decision, chosen: dict[str, Any]) -> list[str]:
    plan = load_plan(decision.version)  # type: ignore[arg-type] # can_ask
    facts = facts_from_json(decision.facts)
    if chosen["rule"] is not None:
        return explain_way_to_rule(plan, facts, chosen["rule"].pk, decision.decided_at)
    return explain_way_to_rep(plan, _view(decision), chosen["rep"], timezone.now())


def _view(decision: Decision) -> LeadView:
    """The lead as a newcomer with the facts of the decision: that somebody has it by now plays no
    part, that somebody declined it does."""
    history = ask_histories([decision.lead])()[decision.lead_id]
    account = decision.lead.account
    return LeadView(
        id=decision.lead_id,
        facts=facts_from_json(decision.facts),
        excluded_rep_ids=frozenset(history.declined),
        account_owner_id=account.owner_id if account else None,
    )
