"""What a batch of leads needs to know before its decisions: who may be asked, who must not be."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count

from leadrouter.common.rows import ask, read_rows
from leads.models import Lead
from routing.engine.compiling import DestinationKind, Plan, Rule
from routing.engine.deciding import LeadView, Sighting
from routing.engine.facts import Facts
from routing.engine.territories import TerritoryMatch, owner_on
from routing.models import Assignment, Decision, EndReason

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
    leads: Sequence[Lead], facts: Sequence[Facts], colleagues: Colleagues
) -> list[LeadView]:
    """Returns what the engine sees of each lead (`account__owner` loaded). Queries: 1 at most."""
    history = _histories([lead.pk for lead in leads if lead.routing_epoch])
    views = []
    for lead, known_facts in zip(leads, facts, strict=True):
        past = history.get(lead.pk, _History())
        owner_id = _account_owner(lead)
        known = past.last_rep_id or owner_id or colleagues.get(lead.account_id or 0)
        views.append(
            LeadView(
                id=lead.pk,
                facts=known_facts,
                sticky_rep_id=None if known in past.declined else known,
                excluded_rep_ids=frozenset(past.declined),
                account_owner_id=owner_id,
            )
        )
    return views


def _account_owner(lead: Lead) -> int | None:
    return lead.account.owner_id if lead.account else None


@dataclass(slots=True)
class _History:
    last_rep_id: int | None = None
    declined: set[int] = field(default_factory=set)


def _histories(lead_ids: Iterable[int]) -> dict[int, _History]:
    ids = list(lead_ids)
    histories: dict[int, _History] = defaultdict(_History)
    if ids:
        rows = Assignment.objects.filter(lead__in=ids).order_by("id")
        for lead_id, rep_id, end_reason in rows.values_list("lead_id", "rep_id", "end_reason"):
            histories[lead_id].last_rep_id = rep_id
            if end_reason == EndReason.DECLINED:
                histories[lead_id].declined.add(rep_id)
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
    """The pools and reps the matched rules may ask."""

    pool_ids: set[int] = field(default_factory=set)
    rep_ids: set[int] = field(default_factory=set)


def find_needed(
    plan: Plan, leads: Sequence[Lead], sightings: Sequence[Sighting], now: datetime
) -> Needed:
    """Returns whom the decisions about these leads may concern, so that they can be locked first
    (`account__owner` loaded)."""
    needed = Needed()
    today = now.astimezone(plan.zone).date()
    for lead, sighting in zip(leads, sightings, strict=True):
        if sighting.rule is not None:
            _add_rule(needed, sighting.rule, sighting.match, _account_owner(lead), today)
    return needed


def _add_rule(
    needed: Needed,
    rule: Rule,
    match: TerritoryMatch | None,
    account_owner_id: int | None,
    today: date,
) -> None:
    for choice in rule.choices:
        if choice.pool_id is not None:
            needed.pool_ids.add(choice.pool_id)
        if choice.rep_id is not None:
            needed.rep_ids.add(choice.rep_id)
        if choice.kind == DestinationKind.ACCOUNT_OWNER and account_owner_id:
            needed.rep_ids.add(account_owner_id)
        if choice.kind == DestinationKind.TERRITORY_OWNER:
            owner = owner_on(match.path, choice.territory_role or "", today) if match else None
            needed.rep_ids |= {owner} if owner else set()


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
