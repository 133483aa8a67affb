"""The working time of reps, put together from their own hours or their team's, holidays and leave."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from leadrouter.common.periods import Period
from leadrouter.common.rows import Read, Row, fetch_each, read_moment, read_rows, read_time
from reps.domain.working_time import Shift, WorkingCalendar
from reps.models import Rep

# Far enough for any promise of a first touch and for the longest leave we look beyond.
HORIZON = timedelta(days=60)

_HOURS = """
SELECT rep_id, team_id, weekday, starts_at, ends_at FROM reps_workinghours
WHERE rep_id AMONG (%s) OR team_id AMONG (%s) ORDER BY weekday, starts_at
"""
_HOLIDAYS = """
SELECT country, "on" FROM reps_holiday
WHERE country IN (SELECT country FROM reps_team WHERE id AMONG (%s)) AND "on" BETWEEN %s AND %s
"""
_TIME_OFF = """
SELECT rep_id, starts_at, ends_at FROM reps_timeoff
WHERE rep_id AMONG (%s) AND ends_at > %s AND starts_at < %s ORDER BY starts_at DESC
"""


def list_calendars(reps: Sequence[Rep], now: datetime) -> dict[int, WorkingCalendar]:
    """Returns {rep id: calendar} around `now` for reps with `team` loaded. Queries: 3."""
    return make_calendars(reps, *fetch_each(*calendar_reads(reps, now)))


def calendar_reads(reps: Sequence[Rep], now: datetime) -> tuple[Read[Row], Read[Row], Read[Row]]:
    """What `make_calendars` needs: hours, holidays and time off, for a caller with more to read."""
    rep_ids, team_ids = [rep.pk for rep in reps], list({rep.team_id for rep in reps})
    first, last = now - HORIZON, now + HORIZON
    return (
        read_rows(_HOURS, rep_ids, team_ids),
        read_rows(_HOLIDAYS, team_ids, first.date(), last.date()),
        read_rows(_TIME_OFF, rep_ids, first, last),
    )


def make_calendars(
    reps: Sequence[Rep], hours: list[Row], holidays: list[Row], leave: list[Row]
) -> dict[int, WorkingCalendar]:
    """Returns {rep id: calendar} from the rows of `calendar_reads`, for reps with `team` loaded."""
    own, of_team = _hours(hours)
    days: dict[str, set[date]] = defaultdict(set)
    for country, on in holidays:
        days[country].add(on)
    time_off: dict[int, list[Period]] = defaultdict(list)
    for rep_id, starts_at, ends_at in leave:
        time_off[rep_id].append(Period(read_moment(starts_at), read_moment(ends_at)))
    return {
        rep.pk: WorkingCalendar(
            rep.zone,
            tuple(own.get(rep.pk, []) or of_team.get(rep.team_id, [])),
            frozenset(days[rep.team.country]),
            tuple(time_off[rep.pk]),
        )
        for rep in reps
    }


def _hours(rows: list[Row]) -> tuple[dict[int, list[Shift]], dict[int, list[Shift]]]:
    own: dict[int, list[Shift]] = defaultdict(list)
    of_team: dict[int, list[Shift]] = defaultdict(list)
    for rep_id, team_id, weekday, starts_at, ends_at in rows:
        shift = Shift(weekday, read_time(starts_at), read_time(ends_at))
        if rep_id is not None:
            own[rep_id].append(shift)
        else:
            of_team[team_id].append(shift)
    return own, of_team
