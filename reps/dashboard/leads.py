"""The list of leads and the page of one lead."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_safe

from leadrouter.common.roles import ADMINISTRATOR, MANAGER, has_role
from leads.models import Lead, Place
from leads.selectors.duplicates import list_merges_of, list_pairs_of
from reps.dashboard.access import PortalRequest, portal_page
from reps.dashboard.actions import get_visible_lead
from reps.dashboard.filters import LeadFilter
from reps.dashboard.forms import COMPOSE, TouchForm
from routing.models import Assignment, Decision, HoldingQueue
from routing.selectors.explaining import explain_decision, why_me
from routing.selectors.queues import list_declined_leads
from routing.selectors.timeline import list_groups, list_timeline, only_group
from routing.selectors.visibility import find_visible_survivor, visible_leads
from routing.services.merging import REVIEWERS

PAGE_SIZE = 50


@require_safe
@portal_page
def lead_list(request: PortalRequest) -> HttpResponse:
    """Leads the person may see, newest first, 50 a page. Queries: 9 at most, on every page of any length."""
    rows = visible_leads(request.user).filter(merged_into=None)
    rows = rows.select_related("source", "owner", "account")
    lead_filter = LeadFilter(request.GET, queryset=rows)
    leads, links = _cut_page(lead_filter.qs, request)
    queues = dict(HoldingQueue.objects.values_list("pk", "name"))
    for lead in leads:
        lead.queue_name = queues.get(lead.holding_queue_id or 0)  # type: ignore[attr-defined]
    context = {"filter": lead_filter, "leads": leads, **links}
    return render(request, "leads/lead_list.html", context)


def _cut_page(
    rows: "QuerySet[Lead]", request: PortalRequest
) -> tuple[list[Lead], dict[str, str | None]]:
    """One page by keyset: the thousandth costs what the first does. `?before=` and `?after=` an id."""
    before, after = (_whole(request.GET.get(name)) for name in ("before", "after"))
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: PAGE_SIZE + 1])
        has_newer, leads = len(found) > PAGE_SIZE, found[:PAGE_SIZE][::-1]
        has_older = True
    else:
        older = rows.filter(pk__lt=before) if before is not None else rows
        found = list(older.order_by("-pk")[: PAGE_SIZE + 1])
        has_older, leads = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
        has_newer = before is not None
    return leads, {
        "older_query": _query(request, before=leads[-1].pk) if leads and has_older else None,
        "newer_query": _query(request, after=leads[0].pk) if leads and has_newer else None,
    }


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _query(request: PortalRequest, **cursor: int) -> str:
    kept = request.GET.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    for name, value in cursor.items():
        kept[name] = str(value)
    return kept.urlencode()


@require_safe
@portal_page
def lead_page(request: PortalRequest, public_id: uuid.UUID) -> HttpResponse:
    """Everything about one lead, and why it is where it is. An old id leads to what the lead became."""
    lead = get_visible_lead(request, public_id)
    if (survivor := find_visible_survivor(request.user, lead)) is not None:
        return redirect("lead-page", public_id=survivor.public_id)
    assignment = _find_open_assignment(lead)
    is_mine = assignment is not None and request.rep == assignment.rep
    is_manager = has_role(request.user, MANAGER, ADMINISTRATOR)
    may_review = has_role(request.user, *REVIEWERS)
    timeline, shown = list_timeline(lead=lead), request.GET.get("show", "")
    context: dict[str, Any] = {
        "lead": lead,
        "assignment": assignment,
        "clocks": list(assignment.timers.all()) if assignment else [],
        "is_mine": is_mine,
        "may_close": (is_mine or is_manager) and lead.place != Place.CLOSED,
        "may_claim": _may_claim(request, lead),
        "queue": HoldingQueue.objects.filter(pk=lead.holding_queue_id).first()
        if lead.holding_queue_id
        else None,
        "consents": list(lead.consents.select_related("source")),
        "timeline": only_group(timeline, shown),
        "timeline_groups": list_groups(timeline),
        "timeline_count": len(timeline),
        "timeline_shown": shown,
        "pairs": list_pairs_of(lead) if may_review else [],
        "merges": list_merges_of(lead) if may_review else [],
        "now": timezone.now(),
        "zone": timezone.get_current_timezone_name(),
        "touch_form": TouchForm(
            action=resolve_url("lead-touch", public_id=lead.public_id),
            place=COMPOSE,
            initial={"next": "lead"},
        ),
        **_explain(lead, assignment),
    }
    return render(request, "leads/lead_page.html", context)


def _may_claim(request: PortalRequest, lead: Lead) -> bool:
    if request.rep is None or lead.place != Place.OFFERED:
        return False
    return not list_declined_leads(request.rep).filter(lead=lead).exists()


def _find_open_assignment(lead: Lead) -> Assignment | None:
    return (
        Assignment.objects.filter(lead=lead, ended_at=None)
        .select_related("rep")
        .prefetch_related("timers")
        .first()
    )


def _explain(lead: Lead, assignment: Assignment | None) -> dict[str, Any]:
    """The sentence to the rep and the whole account of the decision that put the lead there."""
    decisions = Decision.objects.filter(lead=lead).select_related(
        "rep", "pool", "holding_queue", "rule", "decided_by", "version__rule_set"
    )
    if assignment:
        decisions = decisions.filter(pk=assignment.decision_id)
    decision = decisions.order_by("-epoch").first()
    if assignment and decision:
        assignment.decision = decision
    return {
        "decision": decision,
        "explanation": explain_decision(decision) if decision else None,
        "why": why_me(assignment) if assignment else "",
    }
