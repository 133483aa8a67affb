"""How the addresses of other products are doing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, Min

from leads.models import Endpoint, EndpointHealth, IntakeItem, IntakeState, MailboxPosition

WATCHED = (
    IntakeState.QUARANTINED,
    IntakeState.DEAD,
    IntakeState.NEEDS_FETCH,
    IntakeState.UNREACHABLE,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Deliveries of one state."""

    count: int
    oldest_at: datetime


@dataclass(slots=True)
class Health:
    """What an administrator looks at. `waiting` has the states of `WATCHED` that are not empty."""

    last_delivery_at: datetime | None = None
    waiting: dict[str, Waiting] = field(default_factory=dict)
    counts: EndpointHealth | None = None
    mailbox: MailboxPosition | None = None


def find_health(endpoints: Iterable[Endpoint]) -> dict[int, Health]:
    """{endpoint id: health}. Queries: 5."""
    found = {endpoint.pk: Health() for endpoint in endpoints}
    items = IntakeItem.objects.filter(endpoint_id__in=found).order_by()
    # Ids are given in order of arrival; the newest of each is one step in the index.
    newest = items.values("endpoint_id").annotate(newest=Max("pk")).values_list("newest", flat=True)
    last = IntakeItem.objects.filter(pk__in=list(newest)).values_list("endpoint_id", "received_at")
    for endpoint_id, at in last:
        found[endpoint_id].last_delivery_at = at
    stuck = (
        items.filter(state__in=WATCHED)
        .values("endpoint_id", "state")
        .annotate(count=Count("pk"), oldest_at=Min("received_at"))
    )
    for row in stuck:
        waiting = Waiting(row["count"], row["oldest_at"])
        found[row["endpoint_id"]].waiting[row["state"]] = waiting
    for counts in EndpointHealth.objects.filter(pk__in=found):
        found[counts.pk].counts = counts
    for mailbox in MailboxPosition.objects.filter(pk__in=found):
        found[mailbox.pk].mailbox = mailbox
    return found


def list_last_deliveries(endpoint: Endpoint, *, limit: int = 10) -> list[IntakeItem]:
    """Newest first, without their bytes. Queries: 1."""
    rows = IntakeItem.objects.filter(endpoint=endpoint).select_related("lead")
    return list(rows.defer("raw").order_by("-id")[:limit])
