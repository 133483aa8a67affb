"""The working time of reps, put together from their own hours or their team's, holidays and leave."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from leadrouter.common.periods import Period
from reps.domain.working_time import Shift, WorkingCalendar
from reps.models import Holiday, Rep, TimeOff, WorkingHours

# Far enough for any promise of a first touch and for the longest leave we look beyond.
HORIZON = timedelta(days=60)


def list_calendars(reps: Sequence[Rep], now: datetime) -> dict[int, WorkingCalendar]:
    """Returns {rep id: calendar} around `now` for reps with `team` loaded. Queries: 3."""
    own, of_team = _hours(reps)
    holidays = _holidays(reps, now)
    time_off: dict[int, list[Period]] = defaultdict(list)
    absences = TimeOff.objects.filter(
        rep__in=[rep.pk for rep in reps], ends_at__gt=now - HORIZON, starts_at__lt=now + HORIZON
    )
    for absence in absences:
        time_off[absence.rep_id].append(Period(absence.starts_at, absence.ends_at))
    return {
        rep.pk: WorkingCalendar(
            rep.zone,
            tuple(own.get(rep.pk) or of_team.get(rep.team_id, ())),
            frozenset(holidays[rep.team.country]),
            tuple(time_off[rep.pk]),
        )
        for rep in reps
    }


def _hours(reps: Sequence[Rep]) -> tuple[dict[int, list[Shift]], dict[int, list[Shift]]]:
    own: dict[int, list[Shift]] = defaultdict(list)
    of_team: dict[int, list[Shift]] = defaultdict(list)
    rows = WorkingHours.objects.filter(rep__in=[rep.pk for rep in reps]) | (
        WorkingHours.objects.filter(team__in={rep.team_id for rep in reps})
    )
    for row in rows:
        shift = Shift(row.weekday, row.starts_at, row.ends_at)
        if row.rep_id is not None:
            own[row.rep_id].append(shift)
        elif row.team_id is not None:
            of_team[row.team_id].append(shift)
    return own, of_team


def _holidays(reps: Sequence[Rep], now: datetime) -> dict[str, set]:
    days: dict[str, set] = defaultdict(set)
    countries = {rep.team.country for rep in reps if rep.team.country}
    if countries:
        rows = Holiday.objects.filter(
            country__in=countries,
            on__gte=(now - HORIZON).date(),
            on__lte=(now + HORIZON).date(),
        )
        for country, on in rows.values_list("country", "on"):
            days[country].add(on)
    return days
