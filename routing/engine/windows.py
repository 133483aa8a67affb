"""When in a week, and between which instants, a rule is in force, and how that is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from itertools import groupby

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class WeeklyWindow:
    """Weekdays (0 is Monday) and local hours, half-open. An end at or before the start lies on the
    next day, as in working hours: 22:00-06:00 is a night, 00:00-00:00 the whole day.

    What counts is the clock on the wall: an hour that a change of the clocks repeats is covered
    twice, one that it skips not at all.
    """

    weekdays: frozenset[int]
    starts_at: time = time(0)
    ends_at: time = time(0)

    def covers(self, now: datetime, zone: tzinfo) -> bool:
        local = now.astimezone(zone)
        clock = local.time()
        if self.starts_at < self.ends_at:
            return local.weekday() in self.weekdays and self.starts_at <= clock < self.ends_at
        if clock >= self.starts_at:
            return local.weekday() in self.weekdays
        is_last_night = (local - timedelta(days=1)).weekday() in self.weekdays
        return clock < self.ends_at and is_last_night

    @property
    def has_hours(self) -> bool:
        return not self.starts_at == self.ends_at == time(0)

    def sentence(self) -> str:
        """“Mon–Fri 09:00–17:00”, “Sat, Sun”, “every day 22:00–06:00”."""
        if not self.has_hours:
            return say_days(self.weekdays)
        return f"{say_days(self.weekdays)} {self.starts_at:%H:%M}–{self.ends_at:%H:%M}"


def make_window(
    weekdays: Iterable[int], starts_at: time | None, ends_at: time | None
) -> WeeklyWindow | None:
    """No weekdays are all of them, no hours the whole day; None when nothing is limited."""
    window = WeeklyWindow(
        frozenset(weekdays) or EVERY_DAY, starts_at or time(0), ends_at or time(0)
    )
    return None if window == WeeklyWindow(EVERY_DAY) else window


def say_days(weekdays: Iterable[int]) -> str:
    """“Mon–Fri”, “Mon, Wed–Fri”, “every day”; three or more in a row are a range."""
    days = sorted(set(weekdays))
    if len(days) == len(DAYS):
        return "every day"
    runs = [
        [day for _, day in run]
        for _, run in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(_say_run(run) for run in runs) or "no day"


def _say_run(days: list[int]) -> str:
    if len(days) < 3:
        return ", ".join(DAYS[day] for day in days)
    return f"{DAYS[days[0]]}–{DAYS[days[-1]]}"


def say_limits(
    starts_at: datetime | None,
    ends_at: datetime | None,
    window: WeeklyWindow | None,
    zone: tzinfo,
) -> str:
    """“from 1 Dec 2026 09:00, Mon–Fri 09:00–17:00”, on the clocks of the zone; "" for no limit."""
    dates = [
        f"{word} {_say_moment(instant.astimezone(zone))}"
        for word, instant in (("from", starts_at), ("until", ends_at))
        if instant is not None
    ]
    parts = [" ".join(dates), window.sentence() if window is not None else ""]
    return ", ".join(part for part in parts if part)


def _say_moment(local: datetime) -> str:
    return f"{local.day} {local:%b %Y %H:%M}"
