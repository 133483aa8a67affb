"""The reps and pools of one batch, locked and counted, as the engine wants them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from leadrouter.common.organisation import Stamps, get_stamps
from leadrouter.common.rows import Row, fetch_each, read_models, read_moment, read_rows
from reps.domain.working_time import AvailabilityCode, WorkingCalendar, local_day, status
from reps.models import Rep
from routing.engine.roster import TURN, Member, PoolState, RepState, Roster
from routing.models import Pool, PoolMember, SlaPolicy, Strategy
from routing.selectors.descriptions import Descriptions, describe

HOUR = timedelta(hours=1)
LONGEST_DAY = timedelta(hours=25)

_OPEN_LEADS = """
SELECT rep_id, count(*) FROM routing_assignment
WHERE rep_id AMONG (%s) AND ended_at IS NULL GROUP BY rep_id
"""
_RECENT_STARTS = """
SELECT rep_id, started_at FROM routing_assignment
WHERE rep_id AMONG (%s) AND started_at > %s ORDER BY started_at
"""
# Limits by source are rare: asked only about who has one, together with the loads.
_BY_SOURCE = """
SELECT a.rep_id, s.slug, s.kind, a.started_at, a.ended_at IS NULL FROM routing_assignment a
JOIN leads_lead l ON l.id = a.lead_id JOIN leads_source s ON s.id = l.source_id
WHERE a.rep_id AMONG (%s) AND (a.ended_at IS NULL OR a.started_at > %s)
"""
# By the members' pools as well, so that the answer about the members need not be waited for.
_REPS = """
(id AMONG (%s) OR id IN (SELECT rep_id FROM routing_poolmember WHERE pool_id AMONG (%s)))
ORDER BY id
"""


@dataclass(slots=True)
class LockedRoster:
    """The engine's roster with the rows behind it. `calendars` and `policies` may hold more."""

    roster: Roster
    pools: dict[int, Pool] = field(default_factory=dict)
    members: dict[tuple[int, int], PoolMember] = field(default_factory=dict)
    reps: dict[int, Rep] = field(default_factory=dict)
    calendars: dict[int, WorkingCalendar] = field(default_factory=dict)
    policies: dict[int, SlaPolicy] = field(default_factory=dict)


def lock_roster(
    *,
    pool_ids: Iterable[int],
    rep_ids: Iterable[int],
    now: datetime,
    is_locking: bool = True,
    stamps: Stamps | None = None,
) -> LockedRoster:
    """Returns pools, their members and the further reps named, with loads and availability.

    Locks: the pools in id order, then the reps in id order, so loads cannot change until commit;
    `is_locking=False` only reads, for tests of rules. `stamps` are those just read, if any.
    Queries: 5 in two round trips, whatever the numbers, 6 where somebody has a limit by source;
    more after a change (`describe`).
    """
    wanted_pools, wanted_reps = sorted(set(pool_ids)), sorted(set(rep_ids))
    if not (wanted_pools or wanted_reps):
        return LockedRoster(roster=Roster())
    lock = "FOR UPDATE" if is_locking else ""
    pools, members, reps = fetch_each(
        read_models(Pool, f"id AMONG (%s) ORDER BY id {lock}", wanted_pools),
        read_models(PoolMember, "pool_id AMONG (%s)", wanted_pools),
        read_models(Rep, f"{_REPS} {lock}", wanted_reps, wanted_pools),
    )
    known = describe(reps, wanted_pools, stamps=get_stamps() if stamps is None else stamps, now=now)
    capped = [
        rep.pk
        for rep in reps
        if rep.max_leads_per_day is not None or rep.max_leads_per_hour is not None
    ]
    # By statements of their own: what the locks waited for must be seen by them.
    reads = [
        read_rows(_OPEN_LEADS, [rep.pk for rep in reps]),
        read_rows(_RECENT_STARTS, capped, now - LONGEST_DAY),
    ]
    if limited := [rep.pk for rep in reps if known.source_caps[rep.pk]]:
        reads.append(read_rows(_BY_SOURCE, limited, now - LONGEST_DAY))
    open_leads, starts, *by_source = fetch_each(*reads)
    states = _rep_states(reps, known, dict(open_leads), starts, now)
    if by_source:
        _count_by_source({rep.pk: rep for rep in reps}, states, known, by_source[0], now)
    return LockedRoster(
        roster=Roster(reps=states, pools=_pool_states(pools, members, known)),
        pools={pool.pk: pool for pool in pools},
        members={(member.pool_id, member.rep_id): member for member in members},
        reps={rep.pk: rep for rep in reps},
        calendars=known.calendars,
        policies=known.policies,
    )


def _pool_states(
    pools: list[Pool], members: list[PoolMember], known: Descriptions
) -> dict[int, PoolState]:
    locked_ids = {pool.pk for pool in pools}
    by_pool: dict[int, list[Member]] = defaultdict(list)
    for row in members:
        by_pool[row.pool_id].append(
            Member(
                rep_id=row.rep_id,
                weight=row.weight,
                balance=row.balance_microturns,
                last_turn=row.last_turn,
                is_active=row.is_active,
                tier=row.tier,
                deferred=row.deferred_microturns,
            )
        )
    return {
        pool.pk: PoolState(
            id=pool.pk,
            name=pool.name,
            slug=pool.slug,
            strategy=pool.strategy,
            members=by_pool[pool.pk],
            ignores_hours=pool.ignores_hours,
            sticky_by_person=pool.sticky_by_person,
            sticky_by_account=pool.sticky_by_account,
            sticky_days=pool.sticky_days,
            required_skills=known.required_skills[pool.pk],
            turn_number=pool.turn_number,
            is_active=pool.is_active,
            # Only what is locked as well; a newer wish is met by the next batch.
            overflow_id=pool.overflow_id if pool.overflow_id in locked_ids else None,
            value_weight=pool.value_weight,
            floor_share=pool.floor_share,
            catch_up_limit=pool.catch_up_turns * TURN,
            outcomes=known.sum_outcomes(one.rep_id for one in by_pool[pool.pk])
            if pool.strategy == Strategy.BEST_MATCH
            else None,
        )
        for pool in pools
    }


def _rep_states(
    reps: list[Rep],
    known: Descriptions,
    open_leads: dict[int, int],
    recent_starts: list[Row],
    now: datetime,
) -> dict[int, RepState]:
    starts: dict[int, list[datetime]] = defaultdict(list)
    for rep_id, started_at in recent_starts:
        starts[rep_id].append(read_moment(started_at))
    return {
        rep.pk: _rep_state(
            rep,
            known.calendars[rep.pk],
            open_leads.get(rep.pk, 0),
            starts[rep.pk],
            known.skills[rep.pk],
            now,
        )
        for rep in reps
    }


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


def _count_by_source(
    reps: dict[int, Rep],
    states: dict[int, RepState],
    known: Descriptions,
    rows: list[Row],
    now: datetime,
) -> None:
    """Gives the states their limits by source, counted: copies, as descriptions are shared."""
    days = {}
    for rep_id, caps in known.source_caps.items():
        if rep_id in states and caps:
            today = local_day(reps[rep_id].zone, now)
            states[rep_id].source_caps = tuple(replace(cap, frees_at=today.ends_at) for cap in caps)
            days[rep_id] = today
    for rep_id, slug, kind, started_at, is_open in rows:
        for cap in states[rep_id].source_caps:
            if cap.covers({"source": slug, "source_kind": kind}):
                cap.open_leads += bool(is_open)
                cap.leads_today += read_moment(started_at) in days[rep_id]
