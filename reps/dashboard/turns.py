"""A rep's turns: why it was their turn, or not, line by line, until the balance is explained."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from leadrouter.common.roles import ADMINISTRATOR, MANAGER, has_role
from reps.dashboard.access import PortalRequest, RepRequest, portal_page, rep_page
from reps.models import Rep
from routing.models import PoolMember
from routing.selectors.ledger import get_turn_page, list_memberships


@rep_page
@require_safe
def my_turns(request: RepRequest) -> HttpResponse:
    """The rep's own. Queries: 7 at most, on every page of any length."""
    return _render(request, request.rep)


@portal_page
@require_safe
def rep_turns(request: PortalRequest, slug: str) -> HttpResponse:
    """Any rep's, for managers; the same lines the rep reads."""
    if not has_role(request.user, MANAGER, ADMINISTRATOR):
        raise PermissionDenied("The turns of others are for managers.")
    return _render(request, get_object_or_404(Rep, slug=slug))


def _render(request: PortalRequest, rep: Rep) -> HttpResponse:
    members = list_memberships(rep)
    member = _find_member(members, request.GET.get("pool"))
    context = {
        "owner": rep,
        "is_own": request.rep == rep,
        "members": members,
        "page": get_turn_page(member=member, before=_whole(request.GET.get("before")))
        if member
        else None,
        "is_first": "before" not in request.GET,
    }
    return render(request, "reps/turns.html", context)


def _find_member(members: list[PoolMember], slug: str | None) -> PoolMember | None:
    """The pool asked for, else the first."""
    chosen = (member for member in members if member.pool.slug == slug)
    return next(chosen, members[0] if members else None)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
