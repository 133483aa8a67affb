"""One decision: which rule, which choice, which rep, and the trace that says why.

Pure: the same plan, lead, roster and time give the same verdict on every path (live, tester,
simulation). Nothing is changed here; the caller records the verdict on its roster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from routing.engine.choosing import Attempt, LeadView, list_asked, try_destination
from routing.engine.compiling import Plan
from routing.engine.eligibility import AVAILABILITY_CODES, Fate, FateCode
from routing.engine.facts import Facts, FactValue
from routing.engine.faults import Fault, FaultKind, describe_error, match_carefully
from routing.engine.roster import Roster
from routing.engine.rules import Destination, DestinationKind, Rule
from routing.engine.territories import TerritoryMatch
from routing.engine.trace import ChoiceResult, ChoiceTrace, Trace

__all__ = [
    "LeadView",
    "Outcome",
    "ParkedReason",
    "Sighting",
    "Verdict",
    "decide",
    "look",
    "look_at_many",
]


class Outcome(StrEnum):
    ASSIGNED = "ASSIGNED"
    QUEUED = "QUEUED"
    NURTURED = "NURTURED"
    REJECTED = "REJECTED"
    PARKED = "PARKED"


class ParkedReason(StrEnum):
    NO_PUBLISHED_RULES = "NO_PUBLISHED_RULES"
    """Only a caller without a plan can say this."""
    NO_RULE_MATCHED = "NO_RULE_MATCHED"
    NO_REP_AVAILABLE = "NO_REP_AVAILABLE"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`choice_number` counts from 1 and is None when parked. `reason` says why a lead was rejected
    or parked. `deltas`: (rep_id, microturns) of the pool's accounts; empty when no turn was taken,
    as for a sticky rep. `deferrals` likewise: what is kept for the absent or paid out.
    `facts` are those the rules saw, with the territory. `faults` are what was passed over because
    it is broken."""

    outcome: Outcome
    rule_id: int | None = None
    choice_number: int | None = None
    rep_id: int | None = None
    pool_id: int | None = None
    holding_queue_id: int | None = None
    track: str | None = None
    reason: str | None = None
    retry_at: datetime | None = None
    deltas: tuple[tuple[int, int], ...] = ()
    deferrals: tuple[tuple[int, int], ...] = ()
    is_sticky: bool = False
    facts: Facts = field(default_factory=dict)
    trace: Trace = field(default_factory=Trace)
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a plan alone says about a lead, before any rep is looked at: its territory, the facts
    with that territory in them, and the first matching rule."""

    match: TerritoryMatch | None
    facts: Facts
    rule: Rule | None
    faults: tuple[Fault, ...] = ()


def look(plan: Plan, facts: Facts, now: datetime) -> Sighting:
    """Finds territory and rule. It costs half of a decision, so a caller that needs to know whom to
    lock before it decides gives the result to `decide`."""
    match, faults = _locate(plan, facts)
    enriched = _add_territory(facts, match)
    try:
        rule = plan.match(enriched, now)
    except Exception:  # noqa: BLE001 -- which rule it was is found out by trying each
        rule, found = match_carefully(plan, enriched, now)
        faults += found
    return Sighting(match, enriched, rule, faults)


def _locate(plan: Plan, facts: Facts) -> tuple[TerritoryMatch | None, tuple[Fault, ...]]:
    try:
        return plan.territory_index.locate(facts), ()
    except Exception as error:  # noqa: BLE001 -- the rules still decide, without a territory
        return None, (Fault(FaultKind.TERRITORY, "the territories", describe_error(error)),)


def look_at_many(plan: Plan, leads: Sequence[Facts], now: datetime) -> list[Sighting]:
    """What `look` says of each, in less time for many."""
    located = [_locate(plan, facts) for facts in leads]
    enriched = [
        _add_territory(facts, match) for facts, (match, _) in zip(leads, located, strict=True)
    ]
    try:
        rules = plan.match_many(enriched, now)
    except Exception:  # noqa: BLE001 -- whose fault it is shows when each is looked at alone
        return [look(plan, facts, now) for facts in leads]
    return [
        Sighting(match, facts, rule, faults)
        for facts, (match, faults), rule in zip(enriched, located, rules, strict=True)
    ]


def _add_territory(facts: Facts, match: TerritoryMatch | None) -> dict[str, FactValue]:
    enriched = dict(facts)
    enriched.pop("territory", None)
    if match is not None:
        enriched["territory"] = match.slugs
    return enriched


def decide(
    plan: Plan, lead: LeadView, roster: Roster, now: datetime, sighting: Sighting | None = None
) -> Verdict:
    """The first matching rule decides; its choices are tried in order; what fails is parked.

    `sighting` is what `look` gave for the same plan, facts and time, if the caller has it. What
    cannot be evaluated or tried is passed over and named in the verdict's `faults`.
    """
    sighting = sighting or look(plan, lead.facts, now)
    match, facts, rule = sighting.match, sighting.facts, sighting.rule
    territory = match.territory.slug if match is not None else None
    if rule is None:
        return Verdict(
            Outcome.PARKED,
            reason=ParkedReason.NO_RULE_MATCHED,
            facts=facts,
            trace=Trace(None, territory),
            faults=sighting.faults,
        )
    day = now.astimezone(plan.zone).date() if match is not None else None
    tried: list[ChoiceTrace] = []
    faults = list(sighting.faults)
    for number, choice in enumerate(rule.choices, 1):
        for destination in list_asked(choice, roster):
            try:
                attempt = try_destination(destination, lead, roster, match, day)
            except Exception as error:  # noqa: BLE001 -- the next choice may well take the lead
                attempt = Attempt(ChoiceResult.FAULT)
                faults.append(_make_fault(rule, number, destination, roster, error))
            tried.append(
                ChoiceTrace(
                    destination.kind, destination.target, attempt.result, attempt.candidates
                )
            )
            if attempt.is_taken:
                trace = Trace(rule.id, territory, tuple(tried))
                verdict = _settle(rule, number, destination, attempt, facts, trace)
                return replace(verdict, faults=tuple(faults)) if faults else verdict
    trace = Trace(rule.id, territory, tuple(tried))
    return Verdict(
        Outcome.PARKED,
        rule_id=rule.id,
        reason=ParkedReason.NO_REP_AVAILABLE,
        retry_at=find_retry_at(trace, roster, now),
        facts=facts,
        trace=trace,
        faults=tuple(faults),
    )


def _make_fault(
    rule: Rule, number: int, destination: Destination, roster: Roster, error: Exception
) -> Fault:
    pool = roster.pools.get(destination.pool_id or 0)
    location = f"choice {number} of “{rule.name}”" + (f", pool “{pool.name}”" if pool else "")
    return Fault(FaultKind.CHOICE, location, describe_error(error), rule.id)


_OUTCOMES: Mapping[DestinationKind, Outcome] = {
    DestinationKind.HOLDING_QUEUE: Outcome.QUEUED,
    DestinationKind.NURTURE: Outcome.NURTURED,
    DestinationKind.REJECT: Outcome.REJECTED,
}


def _settle(
    rule: Rule,
    number: int,
    destination: Destination,
    attempt: Attempt,
    facts: Facts,
    trace: Trace,
) -> Verdict:
    return Verdict(
        _OUTCOMES.get(destination.kind, Outcome.ASSIGNED),
        rule_id=rule.id,
        choice_number=number,
        rep_id=attempt.rep_id,
        pool_id=destination.pool_id,
        holding_queue_id=destination.holding_queue_id,
        track=destination.track,
        reason=destination.reason,
        deltas=attempt.deltas,
        deferrals=attempt.deferrals,
        is_sticky=attempt.is_sticky,
        facts=facts,
        trace=trace,
    )


def find_retry_at(trace: Trace, roster: Roster, now: datetime) -> datetime | None:
    """The earliest instant after now at which a candidate's obstacle is known to end."""
    instants = [_find_end(fate, roster) for choice in trace.choices for fate in choice.candidates]
    return min((instant for instant in instants if instant and instant > now), default=None)


def _find_end(fate: Fate, roster: Roster) -> datetime | None:
    rep = roster.reps.get(fate.rep_id)
    if rep is None:
        return None
    if fate.code in AVAILABILITY_CODES:
        return rep.available_at
    if fate.code is FateCode.DAY_CAP:
        return rep.day_cap_frees_at
    if fate.code is FateCode.SOURCE_DAY_CAP:
        return next((cap.frees_at for cap in rep.source_caps if cap.name == fate.detail[2]), None)
    return rep.hour_cap_frees_at if fate.code is FateCode.HOUR_CAP else None
