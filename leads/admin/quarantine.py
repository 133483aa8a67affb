"""Everything in quarantine on one page, each with its reason, released or discarded together."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from leadrouter.common.errors import DomainError
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, has_role
from leads.models import IntakeItem, IntakeState
from leads.selectors.intake import list_quarantined
from leads.services.dead_letters import Settled, discard_items, release_items

PAGE_SIZE = 100


def quarantine_view(request: HttpRequest) -> HttpResponse:
    """Lists the newest; POST `verb` release or discard for the `item`s chosen."""
    if not request.user.has_perm("leads.view_intakeitem"):  # type: ignore[union-attr]
        raise PermissionDenied
    may_settle = has_role(request.user, ADMINISTRATOR, MANAGER)
    if request.method == "POST":
        if not may_settle:
            raise PermissionDenied
        _settle(request)
        return HttpResponseRedirect(reverse("admin:leads_intakeitem_quarantine"))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "opts": IntakeItem._meta,
        "title": "Quarantine",
        "rows": list_quarantined(limit=PAGE_SIZE),
        "total": IntakeItem.objects.filter(state=IntakeState.QUARANTINED).count(),
        "page_size": PAGE_SIZE,
        "may_settle": may_settle,
    }
    return TemplateResponse(request, "admin/leads/intakeitem/quarantine.html", context)


def _settle(request: HttpRequest) -> None:
    ids = [int(pk) for pk in request.POST.getlist("item") if pk.isascii() and pk.isdigit()][
        :PAGE_SIZE
    ]
    if not ids:
        messages.warning(request, "Choose at least one delivery.")
        return
    now = timezone.now()
    try:
        if request.POST.get("verb") == "release":
            said, settled = "released", release_items(ids=ids, user=request.user, now=now)
        else:
            reason = request.POST.get("reason", "")[:200]
            said = "discarded"
            settled = discard_items(ids=ids, user=request.user, reason=reason, now=now)
    except DomainError as refusal:
        messages.error(request, refusal.message)
        return
    messages.success(request, _say(settled, said))


def _say(settled: Settled, said: str) -> str:
    are = "delivery was" if settled.done == 1 else "deliveries were"
    rest = f" {settled.skipped} had been settled by somebody else." if settled.skipped else ""
    return f"{settled.done} {are} {said}.{rest}"
