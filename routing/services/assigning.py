"""Decides about leads and writes what was decided, many leads in few statements."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import prefetch_related_objects

from leadrouter.common.organisation import Stamps, get_stamps
from leadrouter.common.rows import Row, ask
from leadrouter.common.sql import insert_all, keys_read
from leads.models import Lead, ParkedReason, Place, Stage
from leads.selectors.custom_fields import get_field_definitions
from leads.selectors.identities import lock_leads
from routing.engine.compiling import Plan
from routing.engine.deciding import Outcome as EngineOutcome
from routing.engine.deciding import Verdict, decide, look_at_many
from routing.engine.facts import facts_to_json
from routing.engine.trace import Trace
from routing.models import Assignment, Decision, DecisionKind
from routing.models import Outcome as OutcomeChoice
from routing.selectors.candidates import (
    ask_colleagues,
    ask_histories,
    find_needed,
    find_over_hop_limit,
    list_lead_views,
)
from routing.selectors.facts import lead_facts
from routing.selectors.plans import get_live_plan
from routing.selectors.roster import LockedRoster, lock_roster
from routing.services.incidents import Sight, record_incidents
from routing.services.notifying import write_assigned_messages, write_parked_messages
from routing.services.placing import place_leads
from routing.services.timers import start_timers
from routing.services.turns import record_turns

# A parked lead is tried again at least this often, whatever was foreseen; events wake it sooner.
RETRY_AFTER = timedelta(minutes=5)
ROUTABLE = {Place.WAITING, Place.PARKED}


@dataclass(slots=True)
class Decided:
    """One lead with its verdict and, once written, its decision and assignment."""

    lead: Lead
    verdict: Verdict
    decision: Decision | None = None
    assignment: Assignment | None = None

    @property
    def is_still_parked(self) -> bool:
        """True when another try ended where the last one did: nothing new is written about it."""
        return (
            self.lead.place == Place.PARKED
            and self.verdict.outcome == EngineOutcome.PARKED
            and self.verdict.reason == self.lead.parked_reason
        )


def route_leads(
    *,
    lead_ids: Sequence[int],
    now: datetime,
    held: Mapping[int, Lead] | None = None,
    stamps: Stamps | None = None,
) -> list[Decided]:
    """Decides about each lead that waits (or is parked and tried again) and writes the outcome.

    Runs inside the caller's transaction. Leads that are elsewhere by now are left alone. `held` are
    leads this transaction has just written or locked: they are not read again (0.1 ms a lead);
    `stamps` are those just read, if any.
    Locks: leads, then pools, then reps, each in id order.
    """
    locked = lock_leads(lead_ids) if held is None else held
    waiting = [locked[pk] for pk in lead_ids if pk in locked and locked[pk].place in ROUTABLE]
    if not waiting:
        return []
    stamps = get_stamps() if stamps is None else stamps
    plan = get_live_plan(stamps)
    if plan is None:
        return write_decisions(
            [_park(lead, ParkedReason.NO_PUBLISHED_RULES) for lead in waiting],
            plan=None,
            locked=None,
            now=now,
        )
    leads = _with_relations(waiting)
    over_limit = find_over_hop_limit(leads, now)
    movable = [lead for lead in leads if lead.pk not in over_limit]
    # Asked now, answered together with the roster: nothing here is waited for by itself.
    colleagues, histories = ask_colleagues(movable), ask_histories(movable)
    keys = Keys(
        decisions=ask(keys_read(Decision, len(leads))),
        assignments=ask(keys_read(Assignment, len(movable))),
    )
    definitions = get_field_definitions(stamps)
    facts = [lead_facts(lead, plan.zone, definitions) for lead in movable]
    sightings = look_at_many(plan, facts, now)
    needed = find_needed(plan, movable, sightings, histories, stamps, now)
    roster = lock_roster(pool_ids=needed.pool_ids, rep_ids=needed.rep_ids, now=now, stamps=stamps)
    roster.roster.rep_ids_by_name = needed.rep_ids_by_name
    views = list_lead_views(movable, facts, colleagues(), histories(), now)
    decided = [_park(lead, ParkedReason.HOP_LIMIT) for lead in leads if lead.pk in over_limit]
    for lead, view, sighting in zip(movable, views, sightings, strict=True):
        verdict = decide(plan, view, roster.roster, now, sighting)
        roster.roster.record(verdict)
        decided.append(Decided(lead, verdict))
    write_decisions(decided, plan=plan, locked=roster, now=now, keys=keys)
    if plan.faults or any(one.verdict.faults for one in decided):
        record_incidents(sights=_list_sights(decided, plan), now=now)
    return decided


def _list_sights(decided: Sequence[Decided], plan: Plan) -> list[Sight]:
    return [
        Sight(
            fault.kind, fault.location, fault.message, one.lead.pk, plan.version_id, fault.rule_id
        )
        for one in decided
        for fault in (*plan.faults, *one.verdict.faults)
    ]


def _with_relations(leads: list[Lead]) -> list[Lead]:
    """Loads what the facts need in a few statements instead of a few per lead.

    Leads just made have it already; finding that out by Django's own means took a twentieth of the
    time of routing one.
    """
    if lacking := [lead for lead in leads if not _has_relations(lead)]:
        prefetch_related_objects(lacking, "source", "account__owner", "account__parent__owner")
    return leads


def _has_relations(lead: Lead) -> bool:
    if not Lead.source.is_cached(lead):
        return False
    if lead.account_id is None:
        return True
    if not Lead.account.is_cached(lead) or lead.account is None:
        return False
    return not lead.account.owner_id and not lead.account.parent_id


def _park(lead: Lead, reason: str) -> Decided:
    return Decided(
        lead, Verdict(EngineOutcome.PARKED, reason=reason, facts={}, trace=Trace(None, None))
    )


@dataclass(frozen=True, slots=True)
class Keys:
    """Answers of `keys_read` that were asked for ahead: at least one for each lead."""

    decisions: Callable[[], Sequence[Row]]
    assignments: Callable[[], Sequence[Row]]


def write_decisions(
    decided: list[Decided],
    *,
    plan: Plan | None,
    locked: LockedRoster | None,
    now: datetime,
    keys: Keys | None = None,
) -> list[Decided]:
    """Writes decisions, assignments, turns, timers, messages and places: one statement a table."""
    news = [one for one in decided if not one.is_still_parked]
    decisions = [_decision(one, plan, now) for one in news]
    insert_all(decisions, keys=keys.decisions() if keys else None)
    for one, decision in zip(news, decisions, strict=True):
        one.decision = decision
    assigned = [one for one in news if one.verdict.rep_id is not None]
    if assigned and locked is not None:
        _write_assignments(assigned, locked, now, keys)
    parked = [one for one in news if one.verdict.outcome == EngineOutcome.PARKED]
    write_parked_messages(decisions=[one.decision for one in parked if one.decision], now=now)
    for one in decided:
        _settle(one, now)
    place_leads(leads=[one.lead for one in decided])
    return decided


def _decision(one: Decided, plan: Plan | None, now: datetime) -> Decision:
    verdict = one.verdict
    # By ids, here and below: setting related objects costs more than all the other fields.
    return Decision(
        lead_id=one.lead.pk,
        epoch=one.lead.routing_epoch + 1,
        kind=DecisionKind.RULES,
        outcome=OutcomeChoice(verdict.outcome),
        version_id=plan.version_id if plan else None,
        rule_id=verdict.rule_id,
        rep_id=verdict.rep_id,
        pool_id=verdict.pool_id,
        holding_queue_id=verdict.holding_queue_id,
        reason=verdict.reason or verdict.track or "",
        facts=facts_to_json(verdict.facts),
        trace=verdict.trace.to_json(),
        decided_at=now,
    )


def _write_assignments(
    assigned: list[Decided], locked: LockedRoster, now: datetime, keys: Keys | None
) -> None:
    loads = _loads_after(assigned, locked)
    rows = [
        Assignment(
            lead_id=one.lead.pk,
            rep_id=one.verdict.rep_id or 0,
            decision=one.decision,
            pool_id=one.verdict.pool_id,
            started_at=now,
            load_after=load,
            capacity=locked.reps[one.verdict.rep_id or 0].max_open_leads,
        )
        for one, load in zip(assigned, loads, strict=True)
    ]
    insert_all(rows, keys=keys.assignments() if keys else None)
    for one, row in zip(assigned, rows, strict=True):
        one.assignment = row
    record_turns(decided=assigned, locked=locked, now=now)
    start_timers(assignments=rows, locked=locked, now=now)
    write_assigned_messages(assignments=rows, reps=locked.reps, now=now)


def _loads_after(assigned: list[Decided], locked: LockedRoster) -> list[int]:
    """The load each assignment left behind: the final count, less what the batch gave later."""
    later: dict[int, int] = {}
    loads = []
    for one in reversed(assigned):
        rep_id = one.verdict.rep_id or 0
        loads.append(locked.roster.reps[rep_id].open_leads - later.get(rep_id, 0))
        later[rep_id] = later.get(rep_id, 0) + 1
    return loads[::-1]


def _settle(one: Decided, now: datetime) -> None:
    """Moves the lead (in memory) to where its verdict says."""
    lead, verdict = one.lead, one.verdict
    if one.is_still_parked:
        lead.retry_at = _retry_at(verdict, now)
        lead.routing_attempts = 0
        return
    lead.routing_epoch += 1
    lead.placed_at = now
    lead.retry_at = lead.closed_at = lead.owner_id = lead.holding_queue_id = None
    lead.parked_reason = lead.parked_detail = lead.nurture_track = lead.closed_reason = ""
    lead.routing_attempts = 0
    match verdict.outcome:
        case EngineOutcome.ASSIGNED:
            lead.place, lead.owner_id = Place.OWNED, verdict.rep_id
        case EngineOutcome.QUEUED:
            lead.place, lead.holding_queue_id = Place.OFFERED, verdict.holding_queue_id
        case EngineOutcome.NURTURED:
            lead.place, lead.nurture_track = Place.NURTURED, verdict.track or ""
            lead.stage = Stage.NURTURING
        case EngineOutcome.REJECTED:
            lead.place, lead.stage, lead.closed_at = Place.CLOSED, Stage.DISQUALIFIED, now
            lead.closed_reason = verdict.reason or ""
        case EngineOutcome.PARKED:
            lead.place, lead.parked_reason = Place.PARKED, str(verdict.reason)
            lead.retry_at = _retry_at(verdict, now)


def _retry_at(verdict: Verdict, now: datetime) -> datetime | None:
    if verdict.reason == ParkedReason.HOP_LIMIT:
        return None  # a person must look at it: it would only move on again
    latest = now + RETRY_AFTER
    return min(verdict.retry_at, latest) if verdict.retry_at else latest
