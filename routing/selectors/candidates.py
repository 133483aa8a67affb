"""What a batch of leads needs to know before its decisions: who may be asked, who must not be."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

from django.db.models import Count

from leadrouter.common.organisation import Stamps
from leadrouter.common.rows import Row, ask, read_moment, read_rows
from leads.models import Lead
from routing.engine.choosing import find_rep_in_field
from routing.engine.compiling import Destination, DestinationKind, Plan
from routing.engine.deciding import LeadView, Sighting
from routing.engine.facts import Facts
from routing.engine.overflow import iter_overflows
from routing.engine.territories import owner_on
from routing.engine.trace import ChoiceResult
from routing.models import Decision, EndReason
from routing.selectors.directory import get_overflows, get_rep_ids_by_name

HOP_LIMIT = 10
DAY = timedelta(days=1)

# One look at the end of an index for each account, however many leads the account has.
_COLLEAGUES = """
SELECT a.id, (
  SELECT owner_id FROM leads_lead INDEXED BY lead_by_account
  WHERE account_id = a.id AND place = 'OWNED' ORDER BY id DESC LIMIT 1
) FROM leads_account a WHERE a.id AMONG (%s)
"""


Colleagues = dict[int, int | None]
"""{account id: rep} of the newest lead in work at the same account, None where there is none."""


def list_lead_views(
    leads: Sequence[Lead],
    facts: Sequence[Facts],
    colleagues: Colleagues,
    histories: "Histories",
    now: datetime,
) -> list[LeadView]:
    """Returns what the engine sees of each lead (`account__owner` loaded)."""
    views = []
    for lead, known_facts in zip(leads, facts, strict=True):
        past = histories.get(lead.pk, _NO_HISTORY)
        until = past.previous_until or now
        owner_id = _account_owner(lead)
        views.append(
            LeadView(
                id=lead.pk,
                facts=known_facts,
                sticky_rep_id=past.last_rep_id,
                colleague_rep_id=owner_id or colleagues.get(lead.account_id or 0),
                excluded_rep_ids=frozenset(past.declined),
                account_owner_id=owner_id,
                previous_owner_id=past.previous_rep_id,
                previous_owner_seconds=max(0, int((now - until).total_seconds())),
            )
        )
    return views


def _account_owner(lead: Lead) -> int | None:
    """The owner of the account, else of its parent."""
    account = lead.account
    if account is None or account.owner_id or account.parent_id is None:
        return account.owner_id if account else None
    return account.parent.owner_id if account.parent else None


@dataclass(slots=True)
class History:
    """Who had a lead before. `previous_rep_id` is the last who did not decline it, until
    `previous_until` (None: still)."""

    last_rep_id: int | None = None
    declined: set[int] = field(default_factory=set)
    previous_rep_id: int | None = None
    previous_until: datetime | None = None


Histories = Mapping[int, History]
_NO_HISTORY = History()
_HISTORIES = """
SELECT lead_id, rep_id, end_reason, ended_at FROM routing_assignment
WHERE lead_id AMONG (%s) ORDER BY id
"""


def ask_histories(leads: Sequence[Lead]) -> Callable[[], Histories]:
    """Asks who had these leads before; the result gives the answer, any number of times.

    Nobody else can add to it while the leads are locked. Queries: 1, none for new leads.
    """
    ids = [lead.pk for lead in leads if lead.routing_epoch]
    if not ids:
        return dict
    answer = ask(read_rows(_HISTORIES, ids))
    return cache(lambda: _gather(answer()))


def _gather(rows: Iterable[Row]) -> Histories:
    histories: dict[int, History] = defaultdict(History)
    for lead_id, rep_id, end_reason, ended_at in rows:
        history = histories[lead_id]
        history.last_rep_id = rep_id
        if end_reason == EndReason.DECLINED:
            history.declined.add(rep_id)
        else:
            history.previous_rep_id = rep_id
            history.previous_until = read_moment(ended_at) if ended_at else None
    return histories


def ask_colleagues(leads: Sequence[Lead]) -> Callable[[], Colleagues]:
    """Asks who works for the same accounts (`account__owner` loaded); the result gives the answer."""
    accounts = {
        lead.account_id for lead in leads if lead.account is not None and not lead.account.owner_id
    }
    if not accounts:
        return dict
    answer = ask(read_rows(_COLLEAGUES, list(accounts)))
    return lambda: dict(answer())


@dataclass(slots=True)
class Needed:
    """The pools and reps the matched rules may ask. `rep_ids_by_name` as of the roster; empty where
    no choice reads a rep out of a field."""

    pool_ids: set[int] = field(default_factory=set)
    rep_ids: set[int] = field(default_factory=set)
    rep_ids_by_name: Mapping[str, int] = field(default_factory=dict)


def find_needed(
    plan: Plan,
    leads: Sequence[Lead],
    sightings: Sequence[Sighting],
    histories: Callable[[], Histories],
    stamps: Stamps,
    now: datetime,
) -> Needed:
    """Returns whom the decisions about these leads may concern, so that they can be locked first
    (`account__owner` loaded). The histories are waited for only where a choice asks for them."""
    needed = Needed()
    today = now.astimezone(plan.zone).date()
    for lead, sighting in zip(leads, sightings, strict=True):
        for choice in sighting.rule.choices if sighting.rule is not None else ():
            if choice.pool_id is not None:
                needed.pool_ids.add(choice.pool_id)
                continue
            if choice.kind is DestinationKind.LEAD_FIELD:
                needed.rep_ids_by_name = get_rep_ids_by_name(stamps)
            rep_id = _find_rep(choice, lead, sighting, needed, histories, today)
            if rep_id is not None:
                needed.rep_ids.add(rep_id)
    overflows = get_overflows(stamps) if needed.pool_ids else {}
    for pool_id in list(needed.pool_ids) if overflows else ():
        needed.pool_ids.update(iter_overflows(pool_id, overflows))
    return needed


def _find_rep(
    choice: Destination,
    lead: Lead,
    sighting: Sighting,
    needed: Needed,
    histories: Callable[[], Histories],
    today: date,
) -> int | None:
    """The one rep a choice may ask."""
    match choice.kind:
        case DestinationKind.ACCOUNT_OWNER:
            return _account_owner(lead)
        case DestinationKind.TERRITORY_OWNER if sighting.match is not None:
            return owner_on(sighting.match.path, choice.territory_role or "", today)
        case DestinationKind.PREVIOUS_OWNER:
            return histories().get(lead.pk, _NO_HISTORY).previous_rep_id
        case DestinationKind.LEAD_FIELD:
            found = find_rep_in_field(choice, sighting.facts, needed.rep_ids_by_name)
            return None if isinstance(found, ChoiceResult) else found
        case _:
            return choice.rep_id


def find_over_hop_limit(leads: Sequence[Lead], now: datetime) -> set[int]:
    """Returns the leads decided about too often within a day; most batches need no query."""
    suspects = [lead.pk for lead in leads if lead.routing_epoch >= HOP_LIMIT]
    if not suspects:
        return set()
    rows = (
        Decision.objects.filter(lead__in=suspects, decided_at__gt=now - DAY)
        .order_by()
        .values_list("lead")
        .annotate(count=Count("pk"))
    )
    return {lead_id for lead_id, count in rows if count >= HOP_LIMIT}
