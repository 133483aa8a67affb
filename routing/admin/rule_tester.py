"""The rule tester: where a lead would go on a draft or on the published rules, and why. Nothing is written."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from leads.domain.draft import FIELD_LABELS
from leads.files.columns import recognise
from leads.models import Endpoint, Lead, Source
from leads.selectors.custom_fields import get_field_labels
from routing.admin.fact_words import say_fact
from routing.engine.conditions import ConditionError
from routing.engine.deciding import Outcome, Verdict
from routing.engine.explaining import explain_rules, sentences
from routing.models import HoldingQueue, RoutingRule, RuleSetVersion
from routing.selectors.attributes import get_attribute_labels
from routing.selectors.explaining import find_names
from routing.selectors.plans import load_plan
from routing.selectors.rules import list_testable_versions
from routing.services.previewing import Preview, preview_routing

if TYPE_CHECKING:
    from routing.engine.compiling import Plan

FIELDS = (
    "email", "full_name", "company", "job_title", "country", "subdivision", "postal_code", "city",
    "industry", "employees", "phone", "products", "language", "website", "campaign", "message",
)  # fmt: skip
EMAIL = re.compile(r"[^\s<>,;:\"']+@[^\s<>,;:\"']+\.[^\s<>,;:\"']+")


class TesterForm(forms.Form):
    """A lead in fields, or pasted as lines such as “Country: Germany”."""

    version = forms.ModelChoiceField(
        RuleSetVersion.objects.none(), widget=UnfoldAdminSelectWidget, label="Rules"
    )
    source = forms.ModelChoiceField(Source.objects.none(), widget=UnfoldAdminSelectWidget)
    channel = forms.ChoiceField(choices=Endpoint.Channel.choices, widget=UnfoldAdminSelectWidget)
    pasted = forms.CharField(
        required=False,
        max_length=5_000,
        label="Paste a lead",
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 4, "placeholder": "Name: Ada Lovelace\nE-mail: ada@example.com"}
        ),
        help_text="One field per line, as in an e-mail. Fields below win.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = list_testable_versions()  # type: ignore[attr-defined]
        self.fields["version"].label_from_instance = say_version  # type: ignore[attr-defined]
        self.fields["source"].queryset = Source.objects.all()  # type: ignore[attr-defined]
        self.own = get_field_labels()
        for name, label in {**{name: FIELD_LABELS[name] for name in FIELDS}, **self.own}.items():
            self.fields[name] = forms.CharField(
                required=False,
                max_length=2_000,
                label=label,
                widget=UnfoldAdminTextInputWidget,
            )

    def lead_fields(self) -> list[Any]:
        return [self[name] for name in (*FIELDS, *self.own)]

    def read_row(self) -> dict[str, str]:
        """Raw fields as a delivery would bring them."""
        typed = {name: self.cleaned_data[name] for name in FIELDS if self.cleaned_data[name]}
        return {**read_pasted(self.cleaned_data["pasted"]), **typed}

    def read_extra(self) -> dict[str, str]:
        """What is said beyond the fields that every lead has."""
        typed = {name: self.cleaned_data[name] for name in self.own if self.cleaned_data[name]}
        return {**read_pasted_extra(self.cleaned_data["pasted"]), **typed}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        has_any = data.get("pasted") or any(data.get(name) for name in FIELDS)
        if not has_any:
            self.add_error(None, "Enter something about the lead, at least an e-mail address.")
        return data


def say_version(version: RuleSetVersion) -> str:
    return f"{version.rule_set.name}, version {version.number} ({version.get_state_display()})"


def read_pasted(text: str) -> dict[str, str]:
    """Fields out of lines “Label: value”; a bare e-mail address is found anywhere."""
    row: dict[str, str] = {}
    for line in text.splitlines():
        label, colon, value = line.partition(":")
        field = recognise(label.strip()) if colon else None
        if field in FIELD_LABELS and value.strip():
            row.setdefault(str(field), value.strip())
    if "email" not in row and (found := EMAIL.search(text)):
        row["email"] = found.group()
    return row


def read_pasted_extra(text: str) -> dict[str, str]:
    """What else stands in lines “Label: value”."""
    pairs = (line.partition(":") for line in text.splitlines())
    return {
        label.strip(): value.strip()
        for label, colon, value in pairs
        if colon and value.strip() and recognise(label.strip()) not in FIELD_LABELS
    }


def rule_tester_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """The page; a POST shows the answer on it, so that people's data stays out of addresses and logs."""
    versions = list_testable_versions()
    initial = {
        "version": request.GET.get("version") or versions.first(),
        "source": Source.objects.first(),
    }
    form = TesterForm(request.POST if request.method == "POST" else None, initial=initial)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Rule tester",
        "subtitle": "Where would this lead go?",
        "form": form,
        "media": model_admin.media + form.media,
    }
    if request.method == "POST" and form.is_valid():
        context["answer"] = _answer(form)
    return TemplateResponse(request, "admin/routing/rulesetversion/tester.html", context)


def _answer(form: TesterForm) -> dict[str, Any]:
    data = form.cleaned_data
    now = timezone.now()
    try:
        plan = load_plan(data["version"])
    except ConditionError as error:
        return {"headline": f"These rules cannot be read: {error}", "tone": "danger"}
    (preview,) = preview_routing(
        rows=[form.read_row()],
        source=data["source"],
        channel=data["channel"],
        plan=plan,
        now=now,
        extras=[form.read_extra()],
    )
    problems = [problem.message for problem in preview.problems]
    if preview.known_lead_id is not None:
        lead = Lead.objects.select_related("owner").get(pk=preview.known_lead_id)
        said = f"This person is known already: {lead} ({lead.get_place_display().lower()}"
        said += f", with {lead.owner})." if lead.owner else ")."
        return {"headline": said, "tone": "info", "lead": lead, "problems": problems}
    if preview.verdict is None:
        return {"headline": "This would not become a lead.", "tone": "danger", "problems": problems}
    return _explain(preview, preview.verdict, plan, now) | {"problems": problems}


def _explain(preview: Preview, verdict: Verdict, plan: "Plan", now: Any) -> dict[str, Any]:
    names, labels = find_names(verdict.trace), get_attribute_labels()
    rule = RoutingRule.objects.filter(pk=verdict.rule_id or 0).first()
    facts = {
        labels.get(name, name): say_fact(name, value)
        for name, value in sorted(verdict.facts.items())
    }
    return {
        "headline": _say_verdict(verdict, names.rep(verdict.rep_id) if verdict.rep_id else ""),
        "tone": _TONES[verdict.outcome],
        "rule": rule,
        "sentences": sentences(verdict.trace, names),
        "rule_lines": explain_rules(plan.rules, plan.zone, verdict.facts, now),
        "facts": facts,
        "draft": preview.draft,
    }


_TONES = {
    Outcome.ASSIGNED: "success",
    Outcome.QUEUED: "info",
    Outcome.NURTURED: "info",
    Outcome.REJECTED: "warning",
    Outcome.PARKED: "danger",
}


def _say_verdict(verdict: Verdict, rep: str) -> str:
    match verdict.outcome:
        case Outcome.ASSIGNED:
            return f"It would go to {rep}."
        case Outcome.QUEUED:
            queue = HoldingQueue.objects.filter(pk=verdict.holding_queue_id or 0).first()
            return f"It would be offered in the queue “{queue}”."
        case Outcome.NURTURED:
            return f"It would be nurtured ({verdict.track})."
        case Outcome.REJECTED:
            return f"It would be rejected: {verdict.reason}."
        case _:
            return "It would be parked: nobody could take it now."
