"""When a rep or team works: interval arithmetic on weekly hours, holidays and leave.

Wall-clock times meet clock changes by one rule (`to_instant`): a local time means the *first*
instant at which the local clock reached or passed it. So a time that the clocks skipped is the
moment of the jump, and a time that occurs twice is its first occurrence. The rule keeps the order
of times, hence shifts that touch on paper touch in reality and a shift stays in one piece.
Everything after that conversion happens in UTC.

A shift belongs to the local day on which it starts: a night shift that starts on a holiday does
not take place, and one that starts on the eve of a holiday runs to its end.

A calendar without weekly hours is always open, except on holidays and during time off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from leadrouter.common.periods import Period, intersect, subtract, to_utc, total_seconds

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
FIRST_LOOK_DAYS = 8
LONGEST_LOOK_DAYS = 3660
"""How far ahead `add_working_seconds` looks: ten years, so a leave of years is still answered."""


class Shift(NamedTuple):
    """Weekly working time; weekday 0 is Monday. An end at or before the start lies on
    the next day: 22:00-06:00 is a night shift, 09:00-00:00 ends at midnight, 00:00-00:00 is the
    whole day."""

    weekday: int
    starts_at: time
    ends_at: time


WeeklyHours = tuple[Shift, ...]
AROUND_THE_CLOCK: WeeklyHours = tuple(Shift(weekday, time(0), time(0)) for weekday in range(7))


class NoWorkingTimeError(ValueError):
    """The calendar never opens for long enough within the next ten years."""


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Raises: ValueError for an unknown time zone, a weekday outside 0..6 or a zoned time."""

    timezone: str
    weekly_hours: WeeklyHours = ()
    holidays: frozenset[date] = frozenset()
    time_off: tuple[Period, ...] = ()

    def __post_init__(self) -> None:
        get_zone(self.timezone)
        for weekday, starts_at, ends_at in self.weekly_hours:
            if weekday not in range(7):
                raise ValueError(f"A weekday is 0 (Monday) to 6 (Sunday), not {weekday}.")
            if starts_at.tzinfo or ends_at.tzinfo:
                raise ValueError("Working hours are local times without a zone of their own.")


class AvailabilityCode(StrEnum):
    AVAILABLE = "AVAILABLE"
    OFF_SHIFT = "OFF_SHIFT"
    ON_LEAVE = "ON_LEAVE"
    HOLIDAY = "HOLIDAY"


class Availability(NamedTuple):
    """available_at is the asked instant when AVAILABLE, else the next opening, None when that is
    more than 30 days away."""

    code: AvailabilityCode
    sentence: str
    available_at: datetime | None


# ZoneInfo keeps only 8 zones strongly; a team in more zones would re-read files on every decision.
@lru_cache(maxsize=1024)
def get_zone(name: str) -> ZoneInfo:
    """Raises: ValueError for a name that is not in the IANA database."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"There is no time zone called “{name}”.") from error


def to_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The first UTC instant at which the zone's clock showed or passed the naive local time."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == local:
        return first
    return _jump_between(local.replace(tzinfo=zone, fold=1).astimezone(UTC), first, zone)


def _jump_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant in (before, after] at which the zone's offset changes.

    Bisection, because zoneinfo does not publish its transitions; they fall on whole seconds.
    """
    offset_before = before.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset_before:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def local_day(timezone: str, at: datetime) -> Period:
    """The local calendar day that holds the instant, 23 to 25 hours; caps per day count in it."""
    zone = get_zone(timezone)
    # Measured by to_instant's clock, which never runs backwards over midnight.
    today = to_utc(at).astimezone(zone).date()
    midnights = [to_instant(datetime.combine(today + DAY * n, time(0)), zone) for n in (0, 1, 2)]
    first = 1 if midnights[1] <= to_utc(at) else 0
    return Period(midnights[first], midnights[first + 1])


def _planned_shifts(calendar: WorkingCalendar, window: Period) -> Iterator[Period]:
    """Shifts that may touch the window, holidays left out, leave not yet taken off."""
    zone = get_zone(calendar.timezone)
    by_weekday: dict[int, list[tuple[time, time]]] = {}
    for weekday, starts_at, ends_at in calendar.weekly_hours or AROUND_THE_CLOCK:
        by_weekday.setdefault(weekday, []).append((starts_at, ends_at))
    # Two days early: a night shift began yesterday, and clocks set back at midnight repeat a date.
    day = window.starts_at.astimezone(zone).date() - 2 * DAY
    last = window.ends_at.astimezone(zone).date() + DAY
    while day <= last:
        for starts_at, ends_at in by_weekday.get(day.weekday(), ()):
            if day in calendar.holidays:
                continue
            end_day = day if ends_at > starts_at else day + DAY
            starts = to_instant(datetime.combine(day, starts_at), zone)
            ends = to_instant(datetime.combine(end_day, ends_at), zone)
            if starts < ends:  # a shift inside skipped time does not take place
                yield Period(starts, ends)
        day += DAY


def open_periods(calendar: WorkingCalendar, start: datetime, end: datetime) -> list[Period]:
    """Working time within [start, end) as sorted, disjoint UTC periods; empty when end <= start."""
    if to_utc(end) <= to_utc(start):
        return []
    window = Period(start, end)
    shifts = intersect(_planned_shifts(calendar, window), [window])
    return subtract(shifts, calendar.time_off) if calendar.time_off else shifts


def is_open(calendar: WorkingCalendar, at: datetime) -> bool:
    """Whether the instant is working time."""
    return bool(open_periods(calendar, at, at + INSTANT))


def next_opening(
    calendar: WorkingCalendar, at: datetime, horizon_days: int = 30
) -> datetime | None:
    """The first working instant at or after `at`, or None within the horizon."""
    start = to_utc(at)
    for ahead in _widening(horizon_days):
        periods = open_periods(calendar, start, start + DAY * ahead)
        if periods:
            return periods[0].starts_at
    return None


def add_working_seconds(calendar: WorkingCalendar, start: datetime, seconds: int) -> datetime:
    """The instant by which `seconds` of working time have passed since start.

    A deadline that falls on the end of a shift is that end, not the next morning; 0 seconds is
    start itself.
    Raises: ValueError for negative seconds, NoWorkingTimeError.
    """
    if seconds < 0:
        raise ValueError("Working seconds cannot be negative.")
    cursor, left = to_utc(start), timedelta(seconds=seconds)
    if not left:
        return cursor
    horizon = cursor + DAY * LONGEST_LOOK_DAYS
    ahead = FIRST_LOOK_DAYS
    while cursor < horizon:
        until = min(cursor + DAY * ahead, horizon)
        for period in open_periods(calendar, cursor, until):
            if period.duration >= left:
                return period.starts_at + left
            left -= period.duration
        cursor, ahead = until, ahead * 4
    raise NoWorkingTimeError("There is not enough working time in the next ten years.")


def working_seconds_between(calendar: WorkingCalendar, start: datetime, end: datetime) -> int:
    """Whole seconds of working time within [start, end); 0 when end <= start."""
    return total_seconds(open_periods(calendar, start, end))


def status(calendar: WorkingCalendar, at: datetime) -> Availability:
    """Whether someone with this calendar can take a lead at that instant, and until when not."""
    at = to_utc(at)
    if is_open(calendar, at):
        return Availability(AvailabilityCode.AVAILABLE, "available", at)
    code, words = _reason_closed(calendar, at)
    opening = next_opening(calendar, at)
    if opening is None:
        return Availability(code, f"{words}, not back within 30 days", None)
    return Availability(code, f"{words} until {_say(opening, at, calendar.timezone)}", opening)


def _reason_closed(calendar: WorkingCalendar, at: datetime) -> tuple[AvailabilityCode, str]:
    """Leave is named first (it is personal), then the holiday, then ordinary hours."""
    if any(at in period for period in calendar.time_off):
        return AvailabilityCode.ON_LEAVE, "on leave"
    local = at.astimezone(get_zone(calendar.timezone))
    ordinary = WorkingCalendar(calendar.timezone, calendar.weekly_hours)
    if calendar.holidays and (local.date() in calendar.holidays or is_open(ordinary, at)):
        return AvailabilityCode.HOLIDAY, "on holiday"
    return AvailabilityCode.OFF_SHIFT, "off shift"


def _say(opening: datetime, at: datetime, timezone: str) -> str:
    """“09:00 Europe/Berlin” today, “Mon 09:00 …” within six days, else “2 March 2026 09:00 …”."""
    zone = get_zone(timezone)
    local = opening.astimezone(zone)
    days = (local.date() - at.astimezone(zone).date()).days
    if days == 0:
        day = ""
    elif days < 7:
        day = f"{local:%a} "
    else:
        day = f"{local.day} {local:%B %Y} "
    return f"{day}{local:%H:%M} {timezone}"


def _widening(horizon_days: int) -> Iterator[int]:
    """Look a week ahead before looking at the whole horizon: most calendars open soon."""
    if horizon_days > FIRST_LOOK_DAYS:
        yield FIRST_LOOK_DAYS
    yield horizon_days
