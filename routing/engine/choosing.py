"""Trying one destination of a rule: who could take the lead there, and who does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from routing.engine.eligibility import (
    ABSENCE_CODES,
    Fate,
    FateCode,
    find_member_obstacle,
    find_obstacle,
)
from routing.engine.facts import Facts
from routing.engine.normal import fold_text
from routing.engine.overflow import iter_overflows
from routing.engine.roster import TURN, Member, PoolState, Roster
from routing.engine.rules import FINAL_KINDS, Destination, DestinationKind
from routing.engine.strategies import Pick, Turn, get_strategy
from routing.engine.strategies.best_match import find_value_share
from routing.engine.territories import TerritoryMatch, owner_on
from routing.engine.trace import ChoiceResult

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class LeadView:
    """What a decision sees of a lead. `sticky_rep_id` is who had the person last, and
    `colleague_rep_id` the owner of the account, else who works for a colleague; `excluded_rep_ids`
    have declined this lead. `previous_owner_id` had the person last and did not decline; that ended
    `previous_owner_seconds` ago."""

    id: int
    facts: Facts
    sticky_rep_id: int | None = None
    colleague_rep_id: int | None = None
    excluded_rep_ids: frozenset[int] = frozenset()
    account_owner_id: int | None = None
    previous_owner_id: int | None = None
    previous_owner_seconds: int = 0


class Attempt(NamedTuple):
    result: ChoiceResult
    rep_id: int | None = None
    candidates: tuple[Fate, ...] = ()
    deltas: tuple[tuple[int, int], ...] = ()
    deferrals: tuple[tuple[int, int], ...] = ()

    @property
    def is_taken(self) -> bool:
        return self.result in (ChoiceResult.TAKEN, ChoiceResult.KEPT)

    @property
    def is_sticky(self) -> bool:
        return self.result is ChoiceResult.KEPT


def try_destination(
    destination: Destination,
    lead: LeadView,
    roster: Roster,
    match: TerritoryMatch | None,
    day: date | None,
) -> Attempt:
    """`day` is today on the rule set's clocks; needed only with a territory match."""
    if destination.kind in FINAL_KINDS:
        return Attempt(ChoiceResult.TAKEN)
    if destination.kind in _POOLS:
        return _try_pool(destination, lead, roster)
    named = _find_named_rep(destination, lead, roster, match, day)
    if isinstance(named, ChoiceResult):
        return Attempt(named)
    return _try_rep(named, destination.required_skills, lead, roster)


_POOLS = frozenset({DestinationKind.POOL, DestinationKind.OVERFLOW})


def list_asked(destination: Destination, roster: Roster) -> tuple[Destination, ...]:
    """The destination, then the pools that take what it cannot, in order."""
    pool = roster.pools.get(destination.pool_id) if destination.pool_id is not None else None
    if pool is None or pool.overflow_id is None:
        return (destination,)
    overflows = {one.id: one.overflow_id for one in roster.pools.values()}
    return (
        destination,
        *(
            replace(destination, kind=DestinationKind.OVERFLOW, pool_id=pool_id)
            for pool_id in iter_overflows(pool.id, overflows)
        ),
    )


def _find_named_rep(
    destination: Destination,
    lead: LeadView,
    roster: Roster,
    territory: TerritoryMatch | None,
    day: date | None,
) -> int | ChoiceResult:
    """The rep who is meant, or why nobody is."""
    match destination.kind:
        case DestinationKind.REP:
            found = destination.rep_id
        case DestinationKind.ACCOUNT_OWNER:
            found = lead.account_owner_id
        case DestinationKind.PREVIOUS_OWNER:
            found = lead.previous_owner_id
            limit = destination.max_age_days
            if limit is not None and found and lead.previous_owner_seconds > limit * DAY_SECONDS:
                return ChoiceResult.TOO_LONG_AGO
        case DestinationKind.LEAD_FIELD:
            return find_rep_in_field(destination, lead.facts, roster.rep_ids_by_name)
        case _:
            found = _find_territory_owner(destination, territory, day)
    return ChoiceResult.NO_OWNER if found is None else found


def find_rep_in_field(
    destination: Destination, facts: Facts, rep_ids_by_name: Mapping[str, int]
) -> int | ChoiceResult:
    """The rep whose user name or e-mail address the field holds, or why there is none."""
    value = facts.get(destination.lead_field or "")
    name = fold_text(value) if isinstance(value, str) else ""
    if not name:
        return ChoiceResult.NO_OWNER
    return rep_ids_by_name.get(name, ChoiceResult.NO_SUCH_REP)


def _find_territory_owner(
    destination: Destination, match: TerritoryMatch | None, day: date | None
) -> int | None:
    if match is None or day is None or destination.territory_role is None:
        return None
    return owner_on(match.path, destination.territory_role, day)


def _try_rep(rep_id: int, skills: Mapping[str, int], lead: LeadView, roster: Roster) -> Attempt:
    obstacle = find_obstacle(
        rep_id,
        roster.reps.get(rep_id),
        excluded_rep_ids=lead.excluded_rep_ids,
        required_skills=skills,
        facts=lead.facts,
    )
    if obstacle is not None:
        return Attempt(ChoiceResult.NO_ONE, candidates=(obstacle,))
    return Attempt(ChoiceResult.TAKEN, rep_id, (Fate(rep_id, FateCode.PICKED),))


def _try_pool(destination: Destination, lead: LeadView, roster: Roster) -> Attempt:
    pool = roster.pools.get(destination.pool_id) if destination.pool_id is not None else None
    if pool is None or not pool.is_active:
        return Attempt(ChoiceResult.CLOSED)
    skills = _join_skills(pool.required_skills, destination.required_skills)
    passed_over: list[Fate] = []
    known = _find_known_rep(pool, lead)
    if known is not None:
        obstacle = _find_sticky_obstacle(known, pool, skills, lead, roster)
        if obstacle is None:
            return Attempt(ChoiceResult.KEPT, known, (Fate(known, FateCode.PICKED),))
        if pool.find_member(known) is None:
            passed_over.append(obstacle)
    eligible = _sort_out(pool, skills, lead, roster, passed_over)
    if not eligible:
        return Attempt(ChoiceResult.NO_ONE, candidates=tuple(passed_over))
    turn = _make_turn(pool, skills, lead, roster, eligible, passed_over)
    pick = get_strategy(pool.strategy)(eligible, turn)
    fates = (*passed_over, *_list_turns(eligible, pick))
    return Attempt(ChoiceResult.TAKEN, pick.rep_id, fates, pick.deltas, pick.deferrals)


def _find_known_rep(pool: PoolState, lead: LeadView) -> int | None:
    """Whom the pool asks first; nobody who has declined this very lead."""
    known = None
    if pool.sticky_by_person and lead.sticky_rep_id is not None:
        days = pool.sticky_days
        is_recent = days is None or lead.previous_owner_seconds <= days * DAY_SECONDS
        known = lead.sticky_rep_id if is_recent else None
    if known is None and pool.sticky_by_account:
        known = lead.colleague_rep_id
    return None if known in lead.excluded_rep_ids else known


def _make_turn(
    pool: PoolState,
    skills: Mapping[str, int],
    lead: LeadView,
    roster: Roster,
    eligible: list[Member],
    passed_over: list[Fate],
) -> Turn:
    """What the strategy is asked; only what the pool's own strategy may want is looked up."""
    table, source = pool.outcomes, str(lead.facts.get("source") or "")
    is_telling = table is not None and table.is_telling
    away = {fate.rep_id for fate in passed_over if fate.code in ABSENCE_CODES}
    return Turn(
        number=pool.turn_number,
        salt=lead.id,
        reps=roster.reps,
        skills=skills,
        expectations={one.rep_id: table.expect(one.rep_id, source) for one in eligible}
        if table is not None and is_telling
        else {},
        value_share=find_value_share(pool.value_weight, pool.floor_share),
        absent=[one for one in pool.members if one.rep_id in away] if pool.catch_up_limit else (),
        catch_up_limit=pool.catch_up_limit,
    )


def _join_skills(first: Mapping[str, int], second: Mapping[str, int]) -> Mapping[str, int]:
    """Both requirements together: the higher level where both name a skill."""
    if not first or not second:
        return first or second
    return {
        skill: max(first.get(skill, 0), second.get(skill, 0)) for skill in sorted({*first, *second})
    }


def _find_sticky_obstacle(
    rep_id: int, pool: PoolState, skills: Mapping[str, int], lead: LeadView, roster: Roster
) -> Fate | None:
    member = pool.find_member(rep_id)
    if member is None:
        return Fate(rep_id, FateCode.NOT_A_MEMBER_ANYMORE)
    return find_member_obstacle(
        member,
        roster.reps.get(rep_id),
        excluded_rep_ids=lead.excluded_rep_ids,
        required_skills=skills,
        ignores_hours=pool.ignores_hours,
        facts=lead.facts,
    )


def _sort_out(
    pool: PoolState,
    skills: Mapping[str, int],
    lead: LeadView,
    roster: Roster,
    passed_over: list[Fate],
) -> list[Member]:
    """The eligible members; the others' fates are added to `passed_over`."""
    eligible = []
    for member in pool.members:
        obstacle = find_member_obstacle(
            member,
            roster.reps.get(member.rep_id),
            excluded_rep_ids=lead.excluded_rep_ids,
            required_skills=skills,
            ignores_hours=pool.ignores_hours,
            facts=lead.facts,
        )
        if obstacle is None:
            eligible.append(member)
        else:
            passed_over.append(obstacle)
    return eligible


def _list_turns(eligible: list[Member], pick: Pick) -> list[Fate]:
    """The accounts that were compared: with this lead's credit, before the picked one's debit."""
    deltas = dict(pick.deltas)
    return [_tell(member, deltas, pick) for member in eligible]


def _tell(member: Member, deltas: Mapping[int, int], pick: Pick) -> Fate:
    rep_id, numbers = member.rep_id, pick.numbers.get(member.rep_id, ())
    if rep_id not in deltas:
        return Fate(rep_id, FateCode.OUTRANKED, (*numbers, *pick.best))
    credited = member.balance + deltas[rep_id]
    if rep_id == pick.rep_id:
        return Fate(rep_id, FateCode.PICKED, (credited + TURN, *numbers))
    return Fate(rep_id, FateCode.NOT_THEIR_TURN, (credited, *numbers))
