"""Which holding queues a rep may claim from."""

from django.db.models import Q, QuerySet

from reps.models import Rep
from routing.models import HoldingQueue


def list_entitled_queues(rep: Rep) -> "QuerySet[HoldingQueue]":
    """Returns the active queues that name the rep or the rep's team."""
    # Two IN lists instead of two joins: no duplicates, so no DISTINCT over the table.
    by_team = HoldingQueue.teams.through.objects.filter(team_id=rep.team_id)
    by_rep = HoldingQueue.reps.through.objects.filter(rep_id=rep.pk)
    return HoldingQueue.objects.filter(
        Q(pk__in=by_team.values("holdingqueue_id")) | Q(pk__in=by_rep.values("holdingqueue_id")),
        is_active=True,
    )
