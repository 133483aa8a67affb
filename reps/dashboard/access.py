"""Who may open the portal's pages, and in whose clock times are shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils import timezone

from reps.models import Rep
from reps.selectors.reps import find_rep
from routing.selectors.zones import get_live_zone

View = Callable[..., HttpResponse]


class PortalRequest(HttpRequest):
    """A request of somebody signed in; `rep` is None for people who take no leads."""

    rep: Rep | None


class RepRequest(PortalRequest):
    """A request of a rep."""

    rep: Rep


def is_htmx(request: HttpRequest) -> bool:
    """True when the page asks for a piece of itself, not for a whole page."""
    return request.headers.get("HX-Request") == "true"


def portal_page(view: View) -> View:
    """Asks for a sign-in; times are the rep's own, and everybody else's those of the live rules."""

    @wraps(view)
    def wrapped(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.rep = find_rep(request.user)
        with timezone.override(request.rep.zone if request.rep else get_live_zone()):
            return view(request, *args, **kwargs)

    return login_required(wrapped)


def rep_page(view: View) -> View:
    """A portal page that only reps have."""

    @wraps(view)
    def wrapped(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.rep is None:
            raise PermissionDenied("This page is for people who take leads.")
        return view(request, *args, **kwargs)

    return portal_page(wrapped)


def sign_in_again() -> HttpResponse:
    """Tells an open page that its session has ended; htmx then leaves for the sign-in page."""
    response = HttpResponse(status=401)
    response["HX-Redirect"] = f"{resolve_url('login')}?next={resolve_url('my-day')}"
    return response
