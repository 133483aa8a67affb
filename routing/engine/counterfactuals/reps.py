"""What it would take for one rep to get one lead."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from routing.engine.choosing import LeadView
from routing.engine.compiling import Plan
from routing.engine.counterfactuals.nearest import LeadChange, find_smallest_change
from routing.engine.deciding import Verdict, decide
from routing.engine.eligibility import AVAILABILITY_CODES, Fate, FateCode
from routing.engine.overflow import iter_overflows
from routing.engine.proving.domains import Knowledge
from routing.engine.roster import TURN, RepState, Roster
from routing.engine.rules import Destination, DestinationKind, Rule

MAX_STEPS = 60
MOST_TURNS = 1_000
"""A rep further behind than so many turns is not helped by a balance."""
MOST_LEADS = 500


class Need(StrEnum):
    """What a rep would need."""

    BE_ACTIVE = "BE_ACTIVE"
    BE_MEMBER = "BE_MEMBER"
    HAVE_SHARE = "HAVE_SHARE"
    NOT_HAVE_DECLINED = "NOT_HAVE_DECLINED"
    HAVE_SKILL = "HAVE_SKILL"
    BE_AVAILABLE = "BE_AVAILABLE"
    FEWER_OPEN = "FEWER_OPEN"
    FEWER_TODAY = "FEWER_TODAY"
    FEWER_THIS_HOUR = "FEWER_THIS_HOUR"
    FEWER_OF_SOURCE = "FEWER_OF_SOURCE"
    FEWER_OF_SOURCE_TODAY = "FEWER_OF_SOURCE_TODAY"
    BE_IN_TIER = "BE_IN_TIER"
    BALANCE = "BALANCE"


@dataclass(frozen=True, slots=True)
class RepChange:
    """`amount`: how many leads fewer, the skill's level, the tier, or microturns; `detail`: the skill,
    the source, or the words for an absence."""

    need: Need
    amount: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RepAnswer:
    """With the lead changed by `lead_change` (None: as it is) and the rep by `changes`, the engine
    gave the lead to the rep. `turn_in`: after how many more such leads they would be picked without
    a change of balance; None where that is not what is missing or it takes too many."""

    rep_id: int
    lead_change: LeadChange | None
    changes: tuple[RepChange, ...]
    rule_id: int | None
    turn_in: int | None = None


def find_way_to_rep(
    plan: Plan,
    lead: LeadView,
    roster: Roster,
    rep_id: int,
    now: datetime,
    knowledge: Knowledge | None = None,
) -> RepAnswer | None:
    """What must change for the rep to get the lead: only about the rep, if that is enough, else about
    the lead as well. None when no way was found.

    The roster must hold every rep and pool that any rule could ask, and is not changed.
    """
    alone = _change_rep(plan, lead, roster, rep_id, now)
    if alone is not None:
        return alone
    facts = decide(plan, lead, roster, now).facts
    for rules, territories in _list_targets(plan, lead, roster, rep_id, now):
        change = find_smallest_change(
            plan,
            facts,
            [rule.id for rule in rules],
            now,
            knowledge,
            territories=territories,
        )
        if change is not None:
            changed = replace(lead, facts=change.facts)
            answer = _change_rep(plan, changed, roster, rep_id, now)
            if answer is not None:
                return replace(answer, lead_change=change)
    return None


def _list_targets(
    plan: Plan, lead: LeadView, roster: Roster, rep_id: int, now: datetime
) -> Iterator[tuple[list[Rule], list[str] | None]]:
    """Rules that may give leads to the rep, those that do so first of all first; with the territories
    a lead must belong to where the rep comes in as their owner."""
    today = now.astimezone(plan.zone).date()
    for is_first_only in (True, False):
        named: list[Rule] = []
        for rule in plan.rules:
            choices = rule.choices[:1] if is_first_only else rule.choices
            if any(_may_choose(choice, lead, roster, rep_id) for choice in choices):
                named.append(rule)
            roles = {
                choice.territory_role
                for choice in choices
                if choice.kind is DestinationKind.TERRITORY_OWNER
            }
            owned = [
                path[-1].slug
                for path in plan.territory_index.list_paths()
                for owner in path[-1].owners
                if owner.rep_id == rep_id
                and any(owner.is_on_duty(role, today) for role in roles if role)
            ]
            if owned:
                yield [rule], owned
        if named:
            yield named, None


def _may_choose(choice: Destination, lead: LeadView, roster: Roster, rep_id: int) -> bool:
    match choice.kind:
        case DestinationKind.REP:
            return choice.rep_id == rep_id
        case DestinationKind.ACCOUNT_OWNER:
            return lead.account_owner_id == rep_id
        case DestinationKind.PREVIOUS_OWNER:
            return lead.previous_owner_id == rep_id
        case DestinationKind.POOL:
            first = choice.pool_id or 0
            overflows = {one.id: one.overflow_id for one in roster.pools.values()}
            found = map(roster.pools.get, (first, *iter_overflows(first, overflows)))
            return any(pool is not None and pool.find_member(rep_id) for pool in found)
    return False


def _change_rep(
    plan: Plan, lead: LeadView, roster: Roster, rep_id: int, now: datetime
) -> RepAnswer | None:
    """Takes one obstacle after another out of the rep's way, each time asking the engine again."""
    roster = deepcopy(roster)
    changes: list[RepChange] = []
    turn_in: int | None = None
    for _ in range(MAX_STEPS):
        verdict = decide(plan, lead, roster, now)
        if verdict.rep_id == rep_id:
            return RepAnswer(rep_id, None, tuple(changes), verdict.rule_id, turn_in)
        fate = _find_fate(verdict, rep_id)
        if fate is None:
            return None
        if fate.code is FateCode.NOT_THEIR_TURN:
            turn_in = _count_leads(plan, lead, roster, rep_id, now)
            change = _raise_balance(plan, lead, roster, rep_id, now)
        elif fate.code is FateCode.DECLINED_BEFORE:
            lead = replace(lead, excluded_rep_ids=lead.excluded_rep_ids - {rep_id})
            change = RepChange(Need.NOT_HAVE_DECLINED)
        else:
            change = _remove_obstacle(roster, fate)
        if change is None:
            return None
        changes = _add(changes, change)
    return None


def _add(changes: list[RepChange], change: RepChange) -> list[RepChange]:
    """Said once where it is the same need again."""
    if changes and change.need is Need.FEWER_OPEN and changes[-1].need is Need.FEWER_OPEN:
        return [*changes[:-1], replace(change, amount=changes[-1].amount + change.amount)]
    return [*changes, change]


def _find_fate(verdict: Verdict, rep_id: int) -> Fate | None:
    """What stood in the way in the last choice that considered the rep."""
    for choice in reversed(verdict.trace.choices):
        for fate in choice.candidates:
            if fate.rep_id == rep_id:
                return fate
    return None


def _remove_obstacle(roster: Roster, fate: Fate) -> RepChange | None:
    rep = roster.reps.get(fate.rep_id)
    if rep is None:
        return None
    if fate.code in AVAILABILITY_CODES:
        words = rep.unavailable_reason or ""
        rep.unavailable_code = rep.unavailable_reason = rep.available_at = None
        return RepChange(Need.BE_AVAILABLE, detail=words)
    match fate.code:
        case FateCode.INACTIVE:
            rep.is_active = True
            return RepChange(Need.BE_ACTIVE)
        case FateCode.MISSING_SKILL:
            skill, _, level = fate.detail
            rep.skills = {**rep.skills, str(skill): int(level)}
            return RepChange(Need.HAVE_SKILL, int(level), str(skill))
        case FateCode.FULL:
            fewer = rep.open_leads - (rep.max_open or 0) + 1
            rep.open_leads -= fewer
            return RepChange(Need.FEWER_OPEN, fewer) if rep.max_open else None
        case FateCode.DAY_CAP:
            fewer = rep.leads_today - (rep.max_per_day or 0) + 1
            rep.leads_today -= fewer
            return RepChange(Need.FEWER_TODAY, fewer) if rep.max_per_day else None
        case FateCode.HOUR_CAP:
            fewer = rep.leads_this_hour - (rep.max_per_hour or 0) + 1
            rep.leads_this_hour -= fewer
            return RepChange(Need.FEWER_THIS_HOUR, fewer) if rep.max_per_hour else None
        case FateCode.NOT_A_MEMBER_ANYMORE | FateCode.NO_SHARE:
            return _join_pools(roster, fate)
        case FateCode.OUTRANKED:
            return _catch_up_in_rank(roster, rep, fate)
    return _make_room_by_source(rep, fate)


def _make_room_by_source(rep: RepState, fate: Fate) -> RepChange | None:
    """As far as the limit leaves any room at all; None for every other obstacle."""
    if fate.code not in (FateCode.SOURCE_FULL, FateCode.SOURCE_DAY_CAP):
        return None
    cap = next(one for one in rep.source_caps if one.name == fate.detail[2])
    if fate.code is FateCode.SOURCE_FULL:
        fewer = cap.open_leads - (cap.max_open or 0) + 1
        cap.open_leads -= fewer
        return RepChange(Need.FEWER_OF_SOURCE, fewer, cap.name) if cap.max_open else None
    fewer = cap.leads_today - (cap.max_per_day or 0) + 1
    cap.leads_today -= fewer
    return RepChange(Need.FEWER_OF_SOURCE_TODAY, fewer, cap.name) if cap.max_per_day else None


def _catch_up_in_rank(roster: Roster, rep: RepState, fate: Fate) -> RepChange | None:
    """To the load or tier of those who come first; what skills somebody has is not a number to turn."""
    letter, *best = fate.detail[len(fate.detail) // 2 :]
    if letter == "T":
        for pool in roster.pools.values():
            if member := pool.find_member(rep.id):
                member.tier = int(best[0])
        return RepChange(Need.BE_IN_TIER, int(best[0]))
    if letter == "L" and rep.open_leads > 0:
        # One at a time: the engine is asked again after each, and says when it is enough.
        rep.open_leads -= 1
        return RepChange(Need.FEWER_OPEN, 1)
    return None


def _join_pools(roster: Roster, fate: Fate) -> RepChange | None:
    members = [pool.find_member(fate.rep_id) for pool in roster.pools.values()]
    for member in members:
        if member is not None and fate.code is FateCode.NO_SHARE:
            member.weight = max(1, member.weight)
        elif member is not None:
            member.is_active = True
    if not any(members):
        return None
    return RepChange(Need.HAVE_SHARE if fate.code is FateCode.NO_SHARE else Need.BE_MEMBER)


def _raise_balance(
    plan: Plan, lead: LeadView, roster: Roster, rep_id: int, now: datetime
) -> RepChange | None:
    """The least that must be added to the rep's balance in the pool, found by halving; applied."""
    verdict = decide(plan, lead, roster, now)
    member = roster.pools[verdict.pool_id or 0].find_member(rep_id)
    if member is None:
        return None
    start = member.balance

    def is_picked(more: int) -> bool:
        member.balance = start + more
        return decide(plan, lead, roster, now).rep_id == rep_id

    enough = MOST_TURNS * TURN
    if not is_picked(enough):
        member.balance = start
        return None
    too_little = 0
    while enough - too_little > 1:
        middle = (enough + too_little) // 2
        if is_picked(middle):
            enough = middle
        else:
            too_little = middle
    member.balance = start + enough
    return RepChange(Need.BALANCE, enough)


def _count_leads(
    plan: Plan, lead: LeadView, roster: Roster, rep_id: int, now: datetime
) -> int | None:
    """The how manieth lead like this one, from this one on, is the rep's: 2 for the next one."""
    later = deepcopy(roster)
    for number in range(1, MOST_LEADS + 1):
        verdict = decide(plan, replace(lead, id=lead.id + number - 1), later, now)
        if verdict.rep_id == rep_id:
            return number
        if verdict.rep_id is None:
            return None
        later.record(verdict)
    return None
