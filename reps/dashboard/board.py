"""A rep's day: one page that keeps itself up to date."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from reps.dashboard.access import RepRequest, is_htmx, rep_page, sign_in_again
from reps.services.availability import set_accepting
from routing.selectors.workload import find_board_stamp, get_board

ROWS_SHOWN = 60


def board_context(request: RepRequest) -> dict[str, object]:
    """What the board's template needs, as of now."""
    now = timezone.now()
    board = get_board(rep=request.rep, now=now)
    return {
        "board": board,
        "items": board.items[:ROWS_SHOWN],
        "unlisted_count": max(0, len(board.items) - ROWS_SHOWN),
        "now": now,
    }


def render_board(request: RepRequest, notice: str = "", level: str = "success") -> HttpResponse:
    """The board alone, with a sentence for the notices above it, as answer to an action on it."""
    context = board_context(request) | {"notice": notice, "notice_level": level}
    return render(request, "reps/board_answer.html", context)


@rep_page
@require_safe
def my_day(request: RepRequest) -> HttpResponse:
    """The rep's page for the day. Queries: 11."""
    return render(request, "reps/my_day.html", board_context(request))


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """204 while nothing changed since `stamp`, else the board. Queries when unchanged: 4."""
    if not request.user.is_authenticated:
        return sign_in_again()
    stamp = find_board_stamp(user_id=request.user.pk, now=timezone.now())
    if stamp is not None and stamp == request.GET.get("stamp"):
        return HttpResponse(status=204)
    return _changed_board(request)


@rep_page
def _changed_board(request: RepRequest) -> HttpResponse:
    return render(request, "reps/board.html", board_context(request))


@require_POST
@rep_page
def switch_availability(request: RepRequest) -> HttpResponse:
    """Sets the rep's own switch to what was asked for, never blindly to the opposite."""
    is_accepting = request.POST.get("is_accepting") == "true"
    set_accepting(rep=request.rep, is_accepting=is_accepting, now=timezone.now())
    request.rep.refresh_from_db(fields=["is_accepting"])
    notice = "You are accepting new leads." if is_accepting else "You get no new leads for now."
    if is_htmx(request):
        return render_board(request, notice)
    messages.success(request, notice)
    return redirect("my-day")
