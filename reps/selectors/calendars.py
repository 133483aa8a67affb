"""The working time of reps, put together from their own hours or their team's, holidays and leave."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from leadrouter.common.periods import Period
from leadrouter.common.rows import fetch_rows, read_moment, read_time
from reps.domain.working_time import Shift, WorkingCalendar
from reps.models import Rep

# Far enough for any promise of a first touch and for the longest leave we look beyond.
HORIZON = timedelta(days=60)

_HOURS = """
SELECT rep_id, team_id, weekday, starts_at, ends_at FROM reps_workinghours
WHERE rep_id AMONG (%s) OR team_id AMONG (%s) ORDER BY weekday, starts_at
"""
_HOLIDAYS = """
SELECT country, "on" FROM reps_holiday WHERE country AMONG (%s) AND "on" BETWEEN %s AND %s
"""
_TIME_OFF = """
SELECT rep_id, starts_at, ends_at FROM reps_timeoff
WHERE rep_id AMONG (%s) AND ends_at > %s AND starts_at < %s ORDER BY starts_at DESC
"""


def list_calendars(reps: Sequence[Rep], now: datetime) -> dict[int, WorkingCalendar]:
    """Returns {rep id: calendar} around `now` for reps with `team` loaded. Queries: 3."""
    own, of_team = _hours(reps)
    holidays = _holidays(reps, now)
    time_off: dict[int, list[Period]] = defaultdict(list)
    rep_ids = [rep.pk for rep in reps]
    for rep_id, starts_at, ends_at in fetch_rows(_TIME_OFF, rep_ids, now - HORIZON, now + HORIZON):
        time_off[rep_id].append(Period(read_moment(starts_at), read_moment(ends_at)))
    return {
        rep.pk: WorkingCalendar(
            rep.zone,
            tuple(own.get(rep.pk, []) or of_team.get(rep.team_id, [])),
            frozenset(holidays[rep.team.country]),
            tuple(time_off[rep.pk]),
        )
        for rep in reps
    }


def _hours(reps: Sequence[Rep]) -> tuple[dict[int, list[Shift]], dict[int, list[Shift]]]:
    own: dict[int, list[Shift]] = defaultdict(list)
    of_team: dict[int, list[Shift]] = defaultdict(list)
    team_ids = list({rep.team_id for rep in reps})
    for rep_id, team_id, weekday, starts_at, ends_at in fetch_rows(
        _HOURS, [rep.pk for rep in reps], team_ids
    ):
        shift = Shift(weekday, read_time(starts_at), read_time(ends_at))
        if rep_id is not None:
            own[rep_id].append(shift)
        else:
            of_team[team_id].append(shift)
    return own, of_team


def _holidays(reps: Sequence[Rep], now: datetime) -> dict[str, set]:
    days: dict[str, set] = defaultdict(set)
    countries = {rep.team.country for rep in reps if rep.team.country}
    if countries:
        first, last = (now - HORIZON).date(), (now + HORIZON).date()
        for country, on in fetch_rows(_HOLIDAYS, sorted(countries), first, last):
            days[country].add(on)
    return days
