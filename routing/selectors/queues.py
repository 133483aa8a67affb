"""Which holding queues a rep may claim from, and which leads never again."""

from django.db.models import Q, QuerySet

from reps.models import Rep
from routing.models import Assignment, EndReason, HoldingQueue


def list_entitled_queues(rep: Rep) -> "QuerySet[HoldingQueue]":
    """Returns the active queues that name the rep or the rep's team."""
    # Two IN lists instead of two joins: no duplicates, so no DISTINCT over the table.
    by_team = HoldingQueue.teams.through.objects.filter(team_id=rep.team_id)
    by_rep = HoldingQueue.reps.through.objects.filter(rep_id=rep.pk)
    return HoldingQueue.objects.filter(
        Q(pk__in=by_team.values("holdingqueue_id")) | Q(pk__in=by_rep.values("holdingqueue_id")),
        is_active=True,
    )


def list_declined_leads(rep: Rep) -> "QuerySet[Assignment]":
    """Returns the rep's own refusals; their `lead_id` are the leads the rep is not offered again."""
    return Assignment.objects.filter(rep_id=rep.pk, end_reason=EndReason.DECLINED)
