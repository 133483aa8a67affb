"""The reps and pools of one batch, locked and counted, as the engine wants them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model

from leadrouter.common.rows import ModelT, fetch_models, fetch_rows
from reps.domain.working_time import AvailabilityCode, WorkingCalendar, local_day, status
from reps.models import Rep, Team
from reps.selectors.calendars import list_calendars
from routing.engine.roster import Member, PoolState, RepState, Roster
from routing.models import Assignment, Pool, PoolMember

HOUR = timedelta(hours=1)
LONGEST_DAY = timedelta(hours=25)

_REQUIRED_SKILLS = """
SELECT r.pool_id, s.slug FROM routing_pool_required_skills r
JOIN reps_skill s ON s.id = r.skill_id WHERE r.pool_id AMONG (%s)
"""
_SKILLS = """
SELECT r.rep_id, s.slug, r.level FROM reps_repskill r
JOIN reps_skill s ON s.id = r.skill_id WHERE r.rep_id AMONG (%s)
"""
_OPEN_LEADS = """
SELECT rep_id, count(*) FROM routing_assignment
WHERE rep_id AMONG (%s) AND ended_at IS NULL GROUP BY rep_id
"""


@dataclass(slots=True)
class LockedRoster:
    """The engine's roster with the rows behind it."""

    roster: Roster
    pools: dict[int, Pool] = field(default_factory=dict)
    members: dict[tuple[int, int], PoolMember] = field(default_factory=dict)
    reps: dict[int, Rep] = field(default_factory=dict)
    calendars: dict[int, WorkingCalendar] = field(default_factory=dict)


def lock_roster(
    *, pool_ids: Iterable[int], rep_ids: Iterable[int], now: datetime, is_locking: bool = True
) -> LockedRoster:
    """Returns pools, their members and the further reps named, with loads and availability.

    Locks: the pools in id order, then the reps in id order, so loads cannot change until commit;
    `is_locking=False` only reads, for tests of rules. Queries: 11 at most, whatever the numbers.
    """
    pools = _read(Pool, pool_ids, is_locking)
    members = fetch_models(PoolMember, "pool_id AMONG (%s)", list(pools)) if pools else []
    reps = _read(Rep, {member.rep_id for member in members} | set(rep_ids), is_locking)
    _add_teams_and_users(reps)
    calendars = list_calendars(list(reps.values()), now) if reps else {}
    states = _rep_states(reps, calendars, now)
    return LockedRoster(
        roster=Roster(reps=states, pools=_pool_states(pools, members)),
        pools=pools,
        members={(member.pool_id, member.rep_id): member for member in members},
        reps=reps,
        calendars=calendars,
    )


def _read(model: type[ModelT], ids: Iterable[int], is_locking: bool) -> dict[int, ModelT]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    lock = "FOR UPDATE" if is_locking else ""
    rows = fetch_models(model, f"id AMONG (%s) ORDER BY id {lock}", wanted)
    return {row.pk: row for row in rows}


def _add_teams_and_users(reps: dict[int, Rep]) -> None:
    """Loads what calendars and messages need of each rep: the team, and the user's address."""
    if not reps:
        return
    users = [rep.user_id for rep in reps.values()]
    by_user = {
        user.pk: user
        for user in fetch_models(get_user_model(), "id AMONG (%s)", users, only=("email",))
    }
    team_ids = list({rep.team_id for rep in reps.values()})
    by_team = {team.pk: team for team in fetch_models(Team, "id AMONG (%s)", team_ids)}
    for rep in reps.values():
        rep.team, rep.user = by_team[rep.team_id], by_user[rep.user_id]


def _pool_states(pools: dict[int, Pool], members: list[PoolMember]) -> dict[int, PoolState]:
    by_pool: dict[int, list[Member]] = defaultdict(list)
    for row in members:
        by_pool[row.pool_id].append(
            Member(
                rep_id=row.rep_id,
                weight=row.weight,
                balance=row.balance_microturns,
                last_turn=row.last_turn,
                is_active=row.is_active,
            )
        )
    required = _required_skills(pools)
    return {
        pool.pk: PoolState(
            id=pool.pk,
            name=pool.name,
            slug=pool.slug,
            strategy=pool.strategy,
            members=by_pool[pool.pk],
            ignores_hours=pool.ignores_hours,
            is_sticky=pool.is_sticky,
            required_skills=required.get(pool.pk, {}),
            turn_number=pool.turn_number,
            is_active=pool.is_active,
        )
        for pool in pools.values()
    }


def _required_skills(pools: Collection[int]) -> dict[int, dict[str, int]]:
    required: dict[int, dict[str, int]] = defaultdict(dict)
    if pools:
        for pool_id, slug in fetch_rows(_REQUIRED_SKILLS, list(pools)):
            required[pool_id][slug] = 1
    return required


def _rep_states(
    reps: dict[int, Rep], calendars: dict[int, WorkingCalendar], now: datetime
) -> dict[int, RepState]:
    if not reps:
        return {}
    open_leads: dict[int, int] = dict(fetch_rows(_OPEN_LEADS, list(reps)))
    starts = _recent_starts(reps, now)
    skills: dict[int, dict[str, int]] = defaultdict(dict)
    for rep_id, slug, level in fetch_rows(_SKILLS, list(reps)):
        skills[rep_id][slug] = level
    return {
        rep.pk: _rep_state(
            rep, calendars[rep.pk], open_leads.get(rep.pk, 0), starts[rep.pk], skills[rep.pk], now
        )
        for rep in reps.values()
    }


def _recent_starts(reps: dict[int, Rep], now: datetime) -> dict[int, list[datetime]]:
    """When each capped rep got leads within the longest local day; nobody else's are read."""
    capped = [
        rep.pk
        for rep in reps.values()
        if rep.max_leads_per_day is not None or rep.max_leads_per_hour is not None
    ]
    starts: dict[int, list[datetime]] = defaultdict(list)
    if capped:
        rows = Assignment.objects.filter(rep__in=capped, started_at__gt=now - LONGEST_DAY)
        for rep_id, started_at in rows.order_by("started_at").values_list("rep_id", "started_at"):
            starts[rep_id].append(started_at)
    return starts


def _rep_state(
    rep: Rep,
    calendar: WorkingCalendar,
    open_leads: int,
    starts: list[datetime],
    skills: dict[str, int],
    now: datetime,
) -> RepState:
    today = local_day(rep.zone, now) if starts else None
    this_hour = [moment for moment in starts if moment > now - HOUR]
    state = RepState(
        id=rep.pk,
        name=rep.name,
        is_active=rep.is_active,
        open_leads=open_leads,
        max_open=rep.max_open_leads,
        leads_today=sum(moment in today for moment in starts) if today else 0,
        max_per_day=rep.max_leads_per_day,
        leads_this_hour=len(this_hour),
        max_per_hour=rep.max_leads_per_hour,
        skills=skills,
        day_cap_frees_at=today.ends_at if today else None,
        hour_cap_frees_at=this_hour[0] + HOUR if this_hour else None,
    )
    availability = status(calendar, now)
    if availability.code != AvailabilityCode.AVAILABLE:
        state.unavailable_code = availability.code
        state.unavailable_reason = availability.sentence
        state.available_at = availability.available_at
    elif not rep.is_accepting:
        state.unavailable_code, state.unavailable_reason = "AWAY", "has switched off new leads"
    return state
