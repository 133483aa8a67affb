"""Trying one destination of a rule: who could take the lead there, and who does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from routing.engine.eligibility import Fate, FateCode, find_member_obstacle, find_obstacle
from routing.engine.facts import Facts
from routing.engine.roster import TURN, Member, PoolState, Roster
from routing.engine.rules import FINAL_KINDS, Destination, DestinationKind
from routing.engine.strategies import Pick, get_strategy
from routing.engine.territories import TerritoryMatch, owner_on
from routing.engine.trace import ChoiceResult


@dataclass(frozen=True, slots=True)
class LeadView:
    """What a decision sees of a lead. `sticky_rep_id` is the person's previous owner, else the
    account owner; `excluded_rep_ids` have declined this lead."""

    id: int
    facts: Facts
    sticky_rep_id: int | None = None
    excluded_rep_ids: frozenset[int] = frozenset()
    account_owner_id: int | None = None


class Attempt(NamedTuple):
    result: ChoiceResult
    rep_id: int | None = None
    candidates: tuple[Fate, ...] = ()
    deltas: tuple[tuple[int, int], ...] = ()

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
    if destination.kind is DestinationKind.POOL:
        return _try_pool(destination, lead, roster)
    rep_id = _find_named_rep(destination, lead, match, day)
    if rep_id is None:
        return Attempt(ChoiceResult.NO_OWNER)
    return _try_rep(rep_id, destination.required_skills, lead, roster)


def _find_named_rep(
    destination: Destination, lead: LeadView, match: TerritoryMatch | None, day: date | None
) -> int | None:
    if destination.kind is DestinationKind.REP:
        return destination.rep_id
    if destination.kind is DestinationKind.ACCOUNT_OWNER:
        return lead.account_owner_id
    if match is None or day is None or destination.territory_role is None:
        return None
    return owner_on(match.path, destination.territory_role, day)


def _try_rep(rep_id: int, skills: Mapping[str, int], lead: LeadView, roster: Roster) -> Attempt:
    obstacle = find_obstacle(
        rep_id,
        roster.reps.get(rep_id),
        excluded_rep_ids=lead.excluded_rep_ids,
        required_skills=skills,
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
    if pool.is_sticky and lead.sticky_rep_id is not None:
        obstacle = _find_sticky_obstacle(lead.sticky_rep_id, pool, skills, lead, roster)
        if obstacle is None:
            fate = Fate(lead.sticky_rep_id, FateCode.PICKED)
            return Attempt(ChoiceResult.KEPT, lead.sticky_rep_id, (fate,))
        if pool.find_member(lead.sticky_rep_id) is None:
            passed_over.append(obstacle)
    eligible = _sort_out(pool, skills, lead, roster, passed_over)
    if not eligible:
        return Attempt(ChoiceResult.NO_ONE, candidates=tuple(passed_over))
    pick = get_strategy(pool.strategy)(eligible, pool.turn_number, lead.id)
    fates = (*passed_over, *_list_turns(eligible, pick))
    return Attempt(ChoiceResult.TAKEN, pick.rep_id, fates, pick.deltas)


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
        )
        if obstacle is None:
            eligible.append(member)
        else:
            passed_over.append(obstacle)
    return eligible


def _list_turns(eligible: list[Member], pick: Pick) -> list[Fate]:
    """The accounts that were compared: with this lead's credit, before the picked one's debit."""
    deltas = dict(pick.deltas)
    return [
        Fate(member.rep_id, FateCode.PICKED, (member.balance + deltas[member.rep_id] + TURN,))
        if member.rep_id == pick.rep_id
        else Fate(
            member.rep_id,
            FateCode.NOT_THEIR_TURN,
            (member.balance + deltas.get(member.rep_id, 0),),
        )
        for member in eligible
    ]
