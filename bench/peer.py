"""The peer: what a careful Django project without batches does, one task per lead through the ORM.

The same cleansing, the same engine with the same plan and locks, the same rows written; but one
lead per task and one ORM statement per row. It is even helped: plan and engine are the fast ones.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from leadrouter.common.organisation import get_stamps
from leads.domain.cleansing import inspect
from leads.models import Account, IntakeItem, IntakeState, Interaction, Lead, LeadIdentity, Place
from leads.services.lead_rows import draft_values
from routing.engine.deciding import Verdict, decide, look
from routing.engine.facts import facts_to_json
from routing.models import (
    Assignment,
    Decision,
    DecisionKind,
    OutboxMessage,
    SlaKind,
    SlaPolicy,
    SlaTimer,
    TurnEntry,
)
from routing.selectors.candidates import (
    ask_colleagues,
    ask_histories,
    find_needed,
    list_lead_views,
)
from routing.selectors.facts import lead_facts
from routing.selectors.plans import get_live_plan
from routing.selectors.roster import LockedRoster, lock_roster
from routing.services.timers import find_due_at


def route_one(item_id: int) -> None:
    """What one task does."""
    now = timezone.now()
    with transaction.atomic():
        item = (
            IntakeItem.objects.select_for_update(of=("self",))
            .select_related("endpoint__source")
            .get(pk=item_id)
        )
        if item.state != IntakeState.RECEIVED:
            return
        lead, is_new = _ingest(item, now)
        if is_new:
            _route(lead, now)
        item.state, item.lead, item.processed_at = IntakeState.LINKED, lead, now
        item.save()


def _ingest(item: IntakeItem, now: datetime) -> tuple[Lead, bool]:
    source = item.endpoint.source
    draft, _ = inspect(item.payload["fields"], default_country=source.default_country)
    known = None
    for kind, value in draft.identity_keys:
        known = known or LeadIdentity.objects.filter(kind=kind, value=value).first()
    if known is not None:
        lead = Lead.objects.select_for_update().get(pk=known.lead_id)
        lead.interaction_count += 1
        lead.last_received_at = item.received_at
        lead.save()
    else:
        lead = _create_lead(item, draft, now)
    for kind, value in draft.identity_keys:
        LeadIdentity.objects.get_or_create(kind=kind, value=value, defaults={"lead": lead})
    Interaction.objects.create(
        lead=lead,
        kind=item.endpoint.channel,
        occurred_at=item.received_at,
        summary=f"{item.endpoint.get_channel_display()}: {source.name}",
        body=draft.message,
        data=item.payload,
        source=source,
        intake_item=item,
    )
    return lead, known is None


def _create_lead(item: IntakeItem, draft: Any, now: datetime) -> Lead:
    account = None
    if draft.company_domain:
        account, _ = Account.objects.get_or_create(
            domain=draft.company_domain,
            defaults={"name": draft.company_name or draft.company_domain},
        )
    return Lead.objects.create(
        **draft_values(draft, item.endpoint.source),
        account=account,
        source=item.endpoint.source,
        channel=item.endpoint.channel,
        first_touch=item.payload["touch"],
        last_touch=item.payload["touch"],
        interaction_count=1,
        received_at=item.received_at,
        last_received_at=item.received_at,
        placed_at=now,
    )


def _route(lead: Lead, now: datetime) -> None:
    plan = get_live_plan()
    assert plan is not None
    facts = [lead_facts(lead, plan.zone)]
    histories = ask_histories([lead])
    views = list_lead_views([lead], facts, ask_colleagues([lead])(), histories(), now)
    sightings = [look(plan, facts[0], now)]
    needed = find_needed(plan, [lead], sightings, histories, get_stamps(), now)
    locked = lock_roster(pool_ids=needed.pool_ids, rep_ids=needed.rep_ids, now=now)
    verdict = decide(plan, views[0], locked.roster, now, sightings[0])
    locked.roster.record(verdict)
    lead.routing_epoch += 1
    decision = Decision.objects.create(
        lead=lead,
        epoch=lead.routing_epoch,
        kind=DecisionKind.RULES,
        outcome=str(verdict.outcome),
        version_id=plan.version_id,
        rule_id=verdict.rule_id,
        rep_id=verdict.rep_id,
        pool_id=verdict.pool_id,
        holding_queue_id=verdict.holding_queue_id,
        facts=facts_to_json(verdict.facts),
        trace=verdict.trace.to_json(),
        decided_at=now,
    )
    if verdict.rep_id is not None:
        _assign(lead, verdict, decision, locked, now)
        lead.place, lead.owner_id = Place.OWNED, verdict.rep_id
    elif verdict.holding_queue_id is not None:
        lead.place, lead.holding_queue_id = Place.OFFERED, verdict.holding_queue_id
    lead.placed_at = now
    lead.save()


def _assign(
    lead: Lead, verdict: Verdict, decision: Decision, locked: LockedRoster, now: datetime
) -> None:
    rep = locked.reps[verdict.rep_id or 0]
    assignment = Assignment.objects.create(
        lead=lead,
        rep=rep,
        decision=decision,
        pool_id=verdict.pool_id,
        started_at=now,
        load_after=locked.roster.reps[rep.pk].open_leads,
        capacity=rep.max_open_leads,
    )
    _take_turn(verdict, decision, locked, now)
    pool = locked.pools.get(verdict.pool_id or 0)
    policy = (pool and pool.sla_policy) or SlaPolicy.objects.get(is_default=True)
    limits = {
        SlaKind.FIRST_TOUCH: policy.first_touch_seconds,
        SlaKind.ACCEPTANCE: policy.acceptance_seconds,
    }
    for kind, seconds in limits.items():
        if seconds is not None:
            SlaTimer.objects.create(
                assignment=assignment,
                policy=policy,
                kind=kind,
                starts_at=now,
                due_at=find_due_at(policy, locked.calendars.get(rep.pk), now, seconds),
            )
    OutboxMessage.objects.create(
        kind=OutboxMessage.Kind.ASSIGNED,
        assignment=assignment,
        recipient=rep.user.email,
        due_at=now,
        created_at=now,
    )


def _take_turn(verdict: Verdict, decision: Decision, locked: LockedRoster, now: datetime) -> None:
    if not verdict.deltas or verdict.pool_id is None:
        return
    pool = locked.pools[verdict.pool_id]
    pool.turn_number += 1
    pool.save(update_fields=["turn_number"])
    TurnEntry.objects.create(
        pool=pool,
        number=pool.turn_number,
        decision=decision,
        rep_id=verdict.rep_id,
        deltas={str(rep_id): delta for rep_id, delta in verdict.deltas},
        taken_at=now,
    )
    for member in locked.roster.pools[pool.pk].members:
        row = locked.members[pool.pk, member.rep_id]
        row.balance_microturns, row.last_turn = member.balance, member.last_turn
        row.save(update_fields=["balance_microturns", "last_turn"])
