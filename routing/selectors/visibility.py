"""Who may see which leads. Every page, list and API view of leads starts here."""

from typing import Any

from django.db.models import Q, QuerySet

from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING, has_role
from leads.models import Lead, Place
from reps.selectors.reps import find_rep
from routing.models import Assignment
from routing.selectors.queues import list_entitled_queues


def visible_leads(user: Any) -> "QuerySet[Lead]":
    """Managers, marketing and administrators see all; a rep what they hold, held or may claim."""
    if has_role(user, ADMINISTRATOR, MANAGER, MARKETING):
        return Lead.objects.all()
    rep = find_rep(user)
    if rep is None:
        return Lead.objects.none()
    held = Assignment.objects.filter(rep=rep).values("lead_id")
    return Lead.objects.filter(
        Q(owner=rep)
        | Q(pk__in=held)
        | Q(place=Place.OFFERED, holding_queue_id__in=list_entitled_queues(rep).values("pk"))
    )
