"""What a rep may claim: the holding queues that name them, with the leads that wait longest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum, Window
from django.db.models.functions import RowNumber

from leads.models import Lead, Place
from reps.models import Rep
from routing.selectors.queues import list_declined_leads, list_entitled_queues

OFFERS_PER_QUEUE = 25


class QueueRow(NamedTuple):
    """An entitled queue as one query sees it; `id_sum` tells one set of leads from another."""

    id: int
    name: str
    lead_count: int
    id_sum: int


@dataclass(slots=True)
class OfferedQueue:
    """A holding queue with its oldest leads; `lead_count` may be more than are listed."""

    id: int
    name: str
    lead_count: int
    leads: list[Lead] = field(default_factory=list)

    @property
    def unlisted_count(self) -> int:
        return self.lead_count - len(self.leads)


def list_queue_rows(*, rep: Rep) -> list[QueueRow]:
    """Returns the entitled queues by name, counted through the partial index. Queries: 1.

    Leads the rep has declined do not count. Only `pk` and `team_id` of the rep are read.
    """
    offered = (
        _list_offered(rep)
        .filter(holding_queue_id=OuterRef("pk"))
        .order_by()
        .values("holding_queue_id")
    )
    rows = (
        list_entitled_queues(rep)
        .annotate(
            lead_count=Subquery(offered.annotate(found=Count("pk")).values("found")),
            id_sum=Subquery(offered.annotate(found=Sum("pk")).values("found")),
        )
        .order_by("name")
    )
    return [QueueRow(row.pk, row.name, row.lead_count or 0, int(row.id_sum or 0)) for row in rows]


def _list_offered(rep: Rep) -> "QuerySet[Lead]":
    """Offered leads but those the rep has declined."""
    declined = list_declined_leads(rep).values("lead_id")
    return Lead.objects.filter(place=Place.OFFERED).exclude(pk__in=declined)


def list_offered_queues(*, rep: Rep, queue_rows: Sequence[QueueRow]) -> list[OfferedQueue]:
    """Returns each queue with its oldest leads, OFFERS_PER_QUEUE at most. Queries: 1."""
    queues = {row.id: OfferedQueue(row.id, row.name, row.lead_count) for row in queue_rows}
    # The ranking reads what the partial index holds; whole rows are fetched for the few kept.
    oldest = (
        _list_offered(rep)
        .filter(holding_queue_id__in=queues)
        .annotate(
            rank=Window(RowNumber(), partition_by="holding_queue_id", order_by=["placed_at", "id"]),
        )
        .filter(rank__lte=OFFERS_PER_QUEUE)
        .order_by()
        .values("pk")
    )
    for lead in (
        Lead.objects.filter(pk__in=oldest)
        .select_related("source", "account")
        .order_by("placed_at", "pk")
    ):
        if lead.holding_queue_id in queues:
            queues[lead.holding_queue_id].leads.append(lead)
    return list(queues.values())
