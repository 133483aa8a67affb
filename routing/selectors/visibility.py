"""Who may see which leads. Every page, list and API view of leads starts here."""

from typing import Any

from django.db.models import Q, QuerySet

from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING, has_role
from leads.models import Lead, Place
from leads.selectors.duplicates import find_survivor
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


def find_visible_survivor(user: Any, lead: Lead) -> Lead | None:
    """What a merged lead has become, if the user may see it; None for a lead that was not merged."""
    if lead.merged_into_id is None:
        return None
    return visible_leads(user).filter(pk=find_survivor(lead).pk).first()
