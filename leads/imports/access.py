"""Who may open the import pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from leadrouter.common.roles import MANAGER, MARKETING, has_role

View = Callable[..., HttpResponseBase]


def import_page(view: View) -> View:
    """A page of marketing, managers and administrators; others learn only that it is not theirs."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, MARKETING, MANAGER):
            raise PermissionDenied("Files are imported by marketing and by managers.")
        return view(request, *args, **kwargs)

    return login_required(wrapped)


def is_htmx(request: HttpRequest) -> bool:
    """True when the page asks for a piece of itself, not for a whole page."""
    return request.headers.get("HX-Request") == "true"
