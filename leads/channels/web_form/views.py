"""The pages a visitor sees: the form, the thanks, and that a form is closed."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from leads.channels.web_form.delivery import capture_form
from leads.channels.web_form.forms import HONEYPOT, LeadForm
from leads.channels.web_form.limiting import WINDOW_SECONDS, has_sent_too_many
from leads.channels.web_form.rendering import (
    read_rendering,
    sign_filled_rendering,
    sign_rendering,
)
from leads.models import Endpoint
from leads.selectors.forms import find_form

BODY_LIMIT = 256 * 1024
_STALE = "This page had been open for a long time. Nothing is lost: please press the button again."
TOO_MANY = "Too many forms came from your network. Please try again in ten minutes."


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show_form(request: HttpRequest, public_id: str) -> HttpResponse:
    """The form, or what is wrong with it; a form that was taken leads to the thanks.

    Exempt from CSRF checks: it needs no session and changes nothing of one, so a foreign page
    gains nothing by sending it. The signed rendering token takes the cookie's place and works for
    visitors without cookies and on pages from a cache.
    """
    endpoint = _get_form(public_id)
    if not _is_open(endpoint):
        # Says the same to people and, by its status, to search engines. Nothing is kept.
        return render(request, "leads/form_closed.html", {"endpoint": endpoint}, status=404)
    if request.method == "POST":
        return _take(request, endpoint)
    return _render_form(request, endpoint, LeadForm(endpoint, initial=_initial(request, endpoint)))


@never_cache
@require_safe
def show_thanks(request: HttpRequest, public_id: str) -> HttpResponse:
    """The words of the organisation after a form was sent."""
    return render(request, "leads/form_thanks.html", {"endpoint": _get_form(public_id)})


def _get_form(public_id: str) -> Endpoint:
    endpoint = find_form(public_id)
    if endpoint is None:
        raise Http404
    return endpoint


def _is_open(endpoint: Endpoint) -> bool:
    return endpoint.is_active and endpoint.source.is_active


def _initial(request: HttpRequest, endpoint: Endpoint) -> dict[str, str]:
    """The visit as it began: kept in the form, because it is gone with the next request."""
    return {
        "landing_url": f"{settings.SITE_URL}{request.get_full_path()}"[:4096],
        "referrer": request.headers.get("Referer", "")[:4096],
        "rendering": sign_rendering(endpoint.public_id, now=timezone.now()),
    }


def _take(request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
    now = timezone.now()
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_LIMIT:
        return HttpResponse("The form is too large.", status=413, content_type="text/plain")
    raw = request.body
    form = LeadForm(endpoint, request.POST)
    if has_sent_too_many(request):
        return _render_form(request, endpoint, form, notice=TOO_MANY, status=429)
    rendering = read_rendering(request.POST.get("rendering", ""), endpoint.public_id, now=now)
    if rendering is None:
        fresh = request.POST.copy()
        fresh["rendering"] = sign_filled_rendering(endpoint.public_id, now=now)
        return _render_form(request, endpoint, LeadForm(endpoint, fresh), notice=_STALE, status=422)
    if not form.is_valid():
        return _render_form(request, endpoint, form, status=422)
    capture_form(request, form, rendering, raw, now=now)
    return redirect("public-form-thanks", public_id=endpoint.public_id)


def _render_form(
    request: HttpRequest, endpoint: Endpoint, form: LeadForm, *, notice: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "endpoint": endpoint, "form": form, "honeypot": HONEYPOT, "notice": notice,
    }  # fmt: skip
    response = render(request, "leads/form.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(WINDOW_SECONDS)
    return response
