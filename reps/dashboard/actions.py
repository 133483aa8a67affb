"""What a rep does with a lead. Each works as a plain form and, on the open board, without reload."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from leadrouter.common.errors import DomainError, InvalidInput
from leads.models import Lead
from reps.dashboard.access import PortalRequest, RepRequest, is_htmx, portal_page, rep_page
from reps.dashboard.board import render_board
from reps.dashboard.forms import COMPOSE, DIALOG, ActionForm, CloseForm, DeclineForm, TouchForm
from routing.selectors.claimable import find_claimable
from routing.selectors.visibility import visible_leads
from routing.services.claiming import claim_lead
from routing.services.working import accept_lead, close_lead, decline_lead, log_touch


def get_visible_lead(request: PortalRequest, public_id: uuid.UUID) -> Lead:
    """Returns the lead with source and account, or 404: others do not learn that it exists."""
    rows = visible_leads(request.user).select_related("source", "account", "owner__team")
    return get_object_or_404(rows, public_id=public_id)


def _answer(
    request: PortalRequest, lead: Lead, notice: str, *, level: str = "success", to: str = ""
) -> HttpResponse:
    """Goes back to where the action was started, with one sentence about it."""
    came_from = to or request.POST.get("next")
    is_board = came_from == "board" and request.rep is not None
    if is_htmx(request) and is_board:
        response = render_board(request, notice, level)  # type: ignore[arg-type]
        response["HX-Retarget"], response["HX-Reswap"] = "#board", "morph:outerHTML"
        response["HX-Trigger"] = "dialog:close"
        return response
    messages.add_message(request, getattr(messages, level.upper()), notice)
    page = resolve_url("lead-page", public_id=lead.public_id)
    target = resolve_url("my-day") if is_board else page
    if is_htmx(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = target
        return response
    return redirect(target)


@require_POST
@rep_page
def claim(request: RepRequest, public_id: uuid.UUID) -> HttpResponse:
    """Takes an offered lead. Whoever was offered it too and comes late is told who has it."""
    lead = find_claimable(request.user, public_id)
    if lead is None:
        raise Http404
    try:
        claim_lead(lead_id=lead.pk, rep=request.rep, user=request.user, now=timezone.now())
    except DomainError as refusal:
        return _answer(request, lead, refusal.message, level="warning", to="board")
    page = resolve_url("lead-page", public_id=lead.public_id)
    is_on_page = request.POST.get("next") != "board"
    notice = "{} is yours." if is_on_page else '{} is yours. <a href="{}">Open</a>'
    return _answer(request, lead, format_html(notice, lead, page))


@require_POST
@rep_page
def accept(request: RepRequest, public_id: uuid.UUID) -> HttpResponse:
    lead = get_visible_lead(request, public_id)
    try:
        accept_lead(lead_id=lead.pk, rep=request.rep, user=request.user, now=timezone.now())
    except DomainError as refusal:
        return _answer(request, lead, refusal.message, level="warning")
    return _answer(request, lead, f"You accepted {lead}.")


@require_http_methods(["GET", "HEAD", "POST"])
@rep_page
def decline(request: RepRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks for the reason, then gives the lead back; it leaves the rep's pages."""
    lead = get_visible_lead(request, public_id)
    form = _form(request, lead, DeclineForm, "lead-decline")
    if not form.is_valid():
        return _ask(request, lead, form, f"Decline {lead}")
    try:
        decline_lead(
            lead_id=lead.pk,
            rep=request.rep,
            user=request.user,
            reason=form.sentence,
            now=timezone.now(),
        )
    except DomainError as refusal:
        return _answer(request, lead, refusal.message, level="warning", to="board")
    return _answer(request, lead, f"You declined {lead}; it is being routed again.", to="board")


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def touch(request: PortalRequest, public_id: uuid.UUID) -> HttpResponse:
    """Puts a call, an e-mail, a meeting or a note on the timeline."""
    lead = get_visible_lead(request, public_id)
    form = _form(request, lead, TouchForm, "lead-touch")
    if not form.is_valid():
        return _ask(request, lead, form, f"Log a touch with {lead}")
    try:
        log_touch(
            lead_id=lead.pk,
            user=request.user,
            kind=form.cleaned_data["kind"],
            summary=form.summary,
            body=form.cleaned_data["body"],
            occurred_at=form.cleaned_data["occurred_at"],
            now=timezone.now(),
        )
    except InvalidInput as refusal:
        form.add_error("occurred_at" if "occurred_at" in refusal.fields else None, refusal.message)
        return _ask(request, lead, form, f"Log a touch with {lead}")
    except DomainError as refusal:
        return _answer(request, lead, refusal.message, level="warning")
    return _answer(request, lead, f"Saved on the timeline of {lead}.")


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page
def close(request: PortalRequest, public_id: uuid.UUID) -> HttpResponse:
    """Closes the lead as won, lost or disqualified."""
    lead = get_visible_lead(request, public_id)
    form = _form(request, lead, CloseForm, "lead-close")
    if not form.is_valid():
        return _ask(request, lead, form, f"Close {lead}")
    given = form.cleaned_data
    try:
        close_lead(
            lead_id=lead.pk,
            user=request.user,
            stage=given["stage"],
            reason=given["reason"],
            deal_value=given["deal_value"],
            deal_currency=given["deal_currency"],
            now=timezone.now(),
        )
    except DomainError as refusal:
        return _answer(request, lead, refusal.message, level="warning")
    return _answer(request, lead, f"{lead} is closed.")


def _form(request: PortalRequest, lead: Lead, form_class: Any, url_name: str) -> Any:
    came_from = request.POST.get("next") or request.GET.get("next") or "lead"
    is_board = came_from == "board" and request.rep is not None
    cancel_url = (
        resolve_url("my-day") if is_board else resolve_url("lead-page", public_id=lead.public_id)
    )
    place = _place(request)
    return form_class(
        request.POST if request.method == "POST" else None,
        action=resolve_url(url_name, public_id=lead.public_id),
        cancel_url="" if place == COMPOSE else cancel_url,
        place=place,
        initial={
            "next": "board" if is_board else "lead",
            "kind": request.GET.get("kind", "CALL"),
            "stage": request.GET.get("stage", "WON"),
        },
    )


def _place(request: PortalRequest) -> str:
    """The element the form is asked for, empty when it is to be a page of its own."""
    if not is_htmx(request):
        return ""
    return COMPOSE if request.headers.get("HX-Target") == COMPOSE else DIALOG


TEMPLATES = {
    "": "leads/lead_action.html",
    DIALOG: "leads/lead_action_dialog.html",
    COMPOSE: "leads/lead_action_inline.html",
}


def _ask(request: PortalRequest, lead: Lead, form: ActionForm, title: str) -> HttpResponse:
    """The form as a page, or as what belongs in its place; with errors it answers 422."""
    template = TEMPLATES[form.place]
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, "lead": lead, "title": title}, status=status)
