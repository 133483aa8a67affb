"""The form inside a page of the organisation's own site: the script there asks and posts across origins.

Only the sites that the endpoint names may read the answers and be believed. A program that is no
browser can claim any origin: this keeps other sites out, not programs. Those meet the signed token,
the trap and the limit, as on the hosted page.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from leads.channels.person_form import LEAD_FIELDS
from leads.channels.web_form.delivery import capture_form
from leads.channels.web_form.forms import HONEYPOT, TOKEN, LeadForm
from leads.channels.web_form.limiting import WINDOW_SECONDS, has_sent_too_many
from leads.channels.web_form.rendering import (
    read_rendering,
    sign_filled_rendering,
    sign_rendering,
)
from leads.channels.web_form.views import BODY_LIMIT, TOO_MANY
from leads.domain.origins import origin_of
from leads.models import Endpoint
from leads.selectors.forms import find_form

_TYPES = {"email": "email", "phone": "tel", "message": "textarea"}


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def serve_embedded(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET says what the form asks, with a token; POST takes it. JSON either way.

    Exempt from CSRF checks for the reasons of `views.show_form`; the token does their work.
    """
    endpoint = find_form(public_id)
    if endpoint is None:
        raise Http404
    origin = origin_of(request.headers.get("Origin", ""))
    if not origin or origin not in endpoint.allowed_origins:
        return _answer({"message": "This site may not show the form."}, status=403)
    response = _serve(request, endpoint)
    response["Access-Control-Allow-Origin"] = origin
    response["Vary"] = "Origin"
    return response


def _serve(request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
    if not (endpoint.is_active and endpoint.source.is_active):
        return _answer({"message": "This form is closed."}, status=404)
    if request.method == "POST":
        return _take(request, endpoint)
    token = sign_rendering(endpoint.public_id, now=timezone.now())
    return _answer({**_describe(endpoint), "token": token})


def _take(request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
    now = timezone.now()
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_LIMIT:
        return _answer({"message": "The form is too large."}, status=413)
    raw = request.body
    if has_sent_too_many(request):
        response = _answer({"message": TOO_MANY}, status=429)
        response["Retry-After"] = str(WINDOW_SECONDS)
        return response
    rendering = read_rendering(request.POST.get(TOKEN, ""), endpoint.public_id, now=now)
    if rendering is None:
        # The script sends the same again with this one; nobody has to press the button twice.
        return _answer({"token": sign_filled_rendering(endpoint.public_id, now=now)}, status=409)
    form = LeadForm(endpoint, request.POST)
    if not form.is_valid():
        errors = {name: [str(one) for one in found] for name, found in form.errors.items()}
        return _answer({"errors": errors}, status=422)
    capture_form(request, form, rendering, raw, now=now)
    return _answer({"thanks": endpoint.thanks or "Thank you. We will be in touch."}, status=201)


def _describe(endpoint: Endpoint) -> dict[str, Any]:
    form = LeadForm(endpoint)
    names = [*LEAD_FIELDS, *(["consent"] if "consent" in form.fields else [])]
    return {
        "title": endpoint.title or "Get in touch",
        "intro": endpoint.intro,
        "trap": HONEYPOT,
        "token_field": TOKEN,
        "fields": [_describe_field(form, name) for name in names],
    }


def _describe_field(form: LeadForm, name: str) -> dict[str, Any]:
    field: Any = form.fields[name]
    choices = [[str(value), str(label)] for value, label in getattr(field, "choices", ())]
    plain = "select" if choices else _TYPES.get(name, "text")
    return {
        "name": name,
        "label": str(form[name].label),
        "kind": "checkbox" if name == "consent" else plain,
        "help": str(field.help_text),
        "autocomplete": field.widget.attrs.get("autocomplete", ""),
        "limit": getattr(field, "max_length", None),
        "choices": choices,
    }


def _answer(said: dict[str, Any], *, status: int = 200) -> JsonResponse:
    return JsonResponse(said, status=status)
