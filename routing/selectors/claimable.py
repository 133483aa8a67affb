"""Which leads a rep may ask for, those somebody else was faster with included."""

from typing import Any
from uuid import UUID

from django.db.models import Q

from leads.models import Lead
from reps.selectors.reps import find_rep
from routing.models import Decision, Outcome
from routing.selectors.queues import list_entitled_queues
from routing.selectors.visibility import visible_leads


def find_claimable(user: Any, public_id: UUID) -> Lead | None:
    """The lead when the rep may see it, or it was offered to them once; else None.

    A rep who comes a second too late may not see the lead any more, but must hear who took it.
    """
    rep = find_rep(user)
    if rep is None:
        return None
    offered = Decision.objects.filter(
        outcome=Outcome.QUEUED, holding_queue__in=list_entitled_queues(rep).values("pk")
    )
    return Lead.objects.filter(
        Q(pk__in=visible_leads(user).values("pk")) | Q(pk__in=offered.values("lead_id")),
        public_id=public_id,
    ).first()
