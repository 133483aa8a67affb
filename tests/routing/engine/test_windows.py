"""Weekdays and hours: how they are said, and held against clocks that another library keeps.

The oracle writes down every stretch of every window as moments on the wall and looks a moment up
among them; the moments come from dateutil's own reader and its own copy of the zones.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.zoneinfo import get_zonefile_instance

from routing.engine.windows import WeeklyWindow, make_window, say_days, say_limits

ZONES = (
    "Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles",
    "America/St_Johns", "America/Santiago", "Africa/Casablanca", "Africa/Cairo", "Asia/Kolkata",
    "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham",
)  # fmt: skip
STILL = {"Asia/Kolkata"}
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
WINDOWS = (
    WeeklyWindow(frozenset(range(5)), time(9), time(17)),
    WeeklyWindow(frozenset({6}), time(1), time(3)),
    WeeklyWindow(frozenset({5}), time(22), time(2, 30)),
    WeeklyWindow(frozenset({4, 5, 6}), time(23, 30), time(0)),
    WeeklyWindow(frozenset({6})),
    WeeklyWindow(frozenset({0, 6}), time(2, 30), time(2, 30)),
)
# What is not near a change of the clocks is looked at in steps that meet every minute of the day.
STEP = timedelta(minutes=97)


class Oracle:
    """Stretches on the wall, one for each day that has one."""

    def __init__(self, window):
        self.starts, self.ends = [], []
        for number in range((END - BEGIN).days + 6):
            day = date(2025, 12, 29) + timedelta(days=number)
            if day.isoweekday() - 1 in window.weekdays:
                last = day if window.ends_at > window.starts_at else day + DAY
                self.starts.append(datetime.combine(day, window.starts_at))
                self.ends.append(datetime.combine(last, window.ends_at))

    def covers(self, wall):
        # Two stretches may touch or overlap, and none is longer than a day.
        here = bisect_right(self.starts, wall)
        return any(wall < self.ends[number] for number in range(max(here - 2, 0), here))


def list_changes(zone):
    """The days on which the clocks of a zone change, as dateutil has them."""
    days = [BEGIN + number * DAY for number in range((END - BEGIN).days + 1)]
    return [
        first
        for first, second in pairwise(days)
        if first.astimezone(zone).utcoffset() != second.astimezone(zone).utcoffset()
    ]


def list_moments(zone):
    moments = []
    for change in list_changes(zone):
        moments += [change - DAY + number * MINUTE for number in range(3 * 24 * 60)]
    return moments + [BEGIN + number * STEP for number in range((END - BEGIN) // STEP)]


@pytest.mark.parametrize("name", ZONES)
def test_windows_agree_with_another_clock_for_two_years(name):
    theirs, ours = get_zonefile_instance().get(name), ZoneInfo(name)
    assert bool(list_changes(theirs)) is (name not in STILL)
    moments = [
        (moment, moment.astimezone(theirs).replace(tzinfo=None)) for moment in list_moments(theirs)
    ]
    for window in WINDOWS:
        oracle = Oracle(window)
        answers = [(window.covers(moment, ours), oracle.covers(wall)) for moment, wall in moments]
        differing = [moment for (moment, _), (a, b) in zip(moments, answers, strict=True) if a != b]
        assert not differing, f"{window.sentence()}: {differing[:5]}"
        assert {True, False} == {theirs for _, theirs in answers}


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({0, 1, 2, 3, 4}, "Mon–Fri"),
        ({5, 6}, "Sat, Sun"),
        ({0, 2, 3, 4}, "Mon, Wed–Fri"),
        (set(range(7)), "every day"),
        ({0}, "Mon"),
        (set(), "no day"),
    ],
)
def test_days_are_said_as_people_say_them(days, said):
    assert say_days(days) == said


def test_what_does_not_limit_is_no_window():
    assert make_window([], None, None) is None
    assert make_window(range(7), None, None) is None
    assert make_window([], time(0), time(0)) is None
    assert make_window([], time(9), time(17)).sentence() == "every day 09:00–17:00"
    assert make_window([5], None, None).sentence() == "Sat"


def test_limits_are_said_on_the_clocks_of_the_zone():
    starts_at = datetime(2026, 11, 30, 23, tzinfo=UTC)
    window = WeeklyWindow(frozenset({0, 1}), time(22), time(6))
    berlin = ZoneInfo("Europe/Berlin")
    said = say_limits(starts_at, starts_at + DAY, window, berlin)
    assert said == "from 1 Dec 2026 00:00 until 2 Dec 2026 00:00, Mon, Tue 22:00–06:00"
    assert say_limits(None, None, None, berlin) == ""
