from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadrouter.common.periods import Period
from reps.domain.working_time import (
    AvailabilityCode,
    NoWorkingTimeError,
    Shift,
    WorkingCalendar,
    add_working_seconds,
    is_open,
    local_day,
    next_opening,
    open_periods,
    status,
    to_instant,
    working_seconds_between,
)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
OFFICE = tuple(Shift(weekday, time(9), time(17)) for weekday in range(5))

# A zone and a day near which its clocks change, some at midnight, one by a whole day.
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("Asia/Kathmandu", date(2026, 6, 1)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("America/St_Johns", date(2010, 3, 14)),
    ("America/St_Johns", date(2010, 11, 7)),
    ("Asia/Beirut", date(2026, 3, 29)),
    ("Asia/Beirut", date(2026, 10, 25)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Chatham", date(2026, 4, 5)),
]


def local(zone: str, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, fold=fold, tzinfo=ZoneInfo(zone)).astimezone(UTC)  # type: ignore[arg-type,misc]


def walk(calendar: WorkingCalendar, start: datetime, minutes: int) -> list[bool]:
    """The oracle: look at the wall clock once a minute, remember the latest time it has shown so
    far, and ask whether that time lies inside a shift. Shares no code with the implementation."""
    zone = ZoneInfo(calendar.timezone)
    latest = datetime(1, 1, 1)
    answers: list[bool] = []
    for step in range(-3 * 1440, minutes):
        instant = start + step * MINUTE
        latest = max(latest, instant.astimezone(zone).replace(tzinfo=None))
        if step >= 0:
            on_leave = any(p.starts_at <= instant < p.ends_at for p in calendar.time_off)
            answers.append(not on_leave and on_shift(calendar, latest))
    return answers


def on_shift(calendar: WorkingCalendar, clock: datetime) -> bool:
    today, yesterday = clock.date(), clock.date() - DAY
    if not calendar.weekly_hours:
        return today not in calendar.holidays
    for weekday, starts_at, ends_at in calendar.weekly_hours:
        overnight = ends_at <= starts_at
        begun_today = today.weekday() == weekday and today not in calendar.holidays
        begun_before = yesterday.weekday() == weekday and yesterday not in calendar.holidays
        if begun_today and starts_at <= clock.time() and (overnight or clock.time() < ends_at):
            return True
        if begun_before and overnight and clock.time() < ends_at:
            return True
    return False


def random_calendar(rng: random.Random, zone: str, near: date) -> WorkingCalendar:
    def minute() -> time:
        return time(
            rng.choice([0, 0, 1, 2, 3, 8, 9, 12, 17, 22, 23]), rng.choice([0, 0, 15, 30, 45])
        )

    hours = tuple(
        Shift(weekday, minute(), minute())
        for weekday in range(7)
        for _ in range(rng.choice([0, 1, 1, 2]))
    )
    holidays = frozenset(near + DAY * rng.randint(-2, 3) for _ in range(rng.choice([0, 0, 1, 2])))
    noon = datetime(near.year, near.month, near.day, 12, tzinfo=UTC)
    leave = []
    for _ in range(rng.choice([0, 0, 1, 2])):
        begins = noon + MINUTE * rng.randint(-3000, 3000)
        leave.append(Period(begins, begins + MINUTE * rng.randint(1, 2000)))
    if rng.random() < 0.1:
        hours = ()
    return WorkingCalendar(zone, hours, holidays, tuple(leave))


@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=str)
def test_open_time_around_a_clock_change_agrees_with_walking_minute_by_minute(
    zone: str, change: date
) -> None:
    rng = random.Random(f"{zone} {change}")
    noon = datetime(change.year, change.month, change.day, 12, tzinfo=UTC)
    for _ in range(25):
        calendar = random_calendar(rng, zone, change)
        start = noon - MINUTE * rng.randint(0, 2880)
        length = rng.randint(60, 4320)
        walked = walk(calendar, start, length)
        periods = open_periods(calendar, start, start + MINUTE * length)
        answered = [
            any(p.starts_at <= start + MINUTE * n < p.ends_at for p in periods)
            for n in range(length)
        ]
        assert answered == walked, calendar
        seconds = working_seconds_between(calendar, start, start + MINUTE * length)
        assert seconds == 60 * sum(walked)
        for n in rng.sample(range(length), 5):
            assert is_open(calendar, start + MINUTE * n) == walked[n]
        opening = next_opening(calendar, start)
        if True in walked:
            assert opening == start + MINUTE * walked.index(True)
            assert add_working_seconds(calendar, start, seconds) == start + MINUTE * (
                len(walked) - walked[::-1].index(True)
            )
        else:
            assert opening is None or opening >= start + MINUTE * length


@given(
    st.sampled_from(CHANGES),
    st.integers(0, 10**6),
    st.integers(-5000, 5000),
    st.integers(0, 200_000),
)
@settings(max_examples=150, deadline=None)
def test_adding_working_seconds_and_measuring_them_are_inverse(
    change: tuple[str, date], seed: int, shift: int, seconds: int
) -> None:
    zone, day = change
    calendar = random_calendar(random.Random(seed), zone, day)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + MINUTE * shift
    due = add_working_seconds(calendar, start, seconds)
    assert working_seconds_between(calendar, start, due) == seconds
    if seconds:
        assert is_open(calendar, due - timedelta(seconds=1))


def test_a_shift_through_the_spring_change_is_an_hour_shorter() -> None:
    night = WorkingCalendar("Europe/Berlin", (Shift(5, time(22), time(6)),))
    start = local("Europe/Berlin", 2026, 3, 28, 12)
    assert working_seconds_between(night, start, start + DAY) == 7 * 3600


def test_a_shift_through_the_autumn_change_is_an_hour_longer() -> None:
    night = WorkingCalendar("Europe/Berlin", (Shift(5, time(22), time(6)),))
    start = local("Europe/Berlin", 2026, 10, 24, 12)
    assert working_seconds_between(night, start, start + DAY) == 9 * 3600


def test_a_start_inside_the_skipped_hour_is_the_moment_of_the_jump() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    for minute in (0, 1, 30, 59):
        assert to_instant(datetime(2026, 3, 29, 2, minute), berlin) == jump
    assert to_instant(datetime(2026, 3, 29, 3), berlin) == jump


def test_a_repeated_time_is_its_first_occurrence() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    assert to_instant(datetime(2026, 4, 5, 1, 45), lord_howe) == local(
        "Australia/Lord_Howe", 2026, 4, 5, 1, 45
    )
    calendar = WorkingCalendar("Australia/Lord_Howe", (Shift(6, time(1, 45), time(3)),))
    start = datetime(2026, 4, 4, 12, tzinfo=UTC)
    assert working_seconds_between(calendar, start, start + DAY) == 105 * 60


def test_a_shift_inside_skipped_time_does_not_take_place() -> None:
    calendar = WorkingCalendar("Europe/Berlin", (Shift(6, time(2, 10), time(2, 50)),))
    start = local("Europe/Berlin", 2026, 3, 28, 12)
    assert open_periods(calendar, start, start + 2 * DAY) == []


def test_midnight_as_an_end_is_the_end_of_that_day() -> None:
    calendar = WorkingCalendar("Asia/Kathmandu", (Shift(0, time(20), time(0)),))
    monday = local("Asia/Kathmandu", 2026, 6, 1, 0)
    assert open_periods(calendar, monday, monday + 3 * DAY) == [
        Period(monday + timedelta(hours=20), monday + DAY)
    ]


def test_adjacent_shifts_over_midnight_are_one_period() -> None:
    calendar = WorkingCalendar(
        "America/Sao_Paulo", (Shift(0, time(20), time(0)), Shift(1, time(0), time(4)))
    )
    monday = local("America/Sao_Paulo", 2026, 6, 1, 0)
    assert len(open_periods(calendar, monday, monday + 3 * DAY)) == 1


def test_a_calendar_without_weekly_hours_is_always_open_but_for_holidays_and_leave() -> None:
    leave = Period(local("Asia/Kathmandu", 2026, 6, 3, 0), local("Asia/Kathmandu", 2026, 6, 3, 6))
    calendar = WorkingCalendar("Asia/Kathmandu", (), frozenset({date(2026, 6, 2)}), (leave,))
    start = local("Asia/Kathmandu", 2026, 6, 1, 0)
    assert working_seconds_between(calendar, start, start + 3 * DAY) == (24 + 18) * 3600


def test_a_night_shift_belongs_to_the_day_it_starts_on() -> None:
    nights = tuple(Shift(weekday, time(22), time(6)) for weekday in range(7))
    calendar = WorkingCalendar("Europe/Berlin", nights, frozenset({date(2026, 6, 3)}))
    assert is_open(calendar, local("Europe/Berlin", 2026, 6, 3, 2))
    assert not is_open(calendar, local("Europe/Berlin", 2026, 6, 3, 23))
    assert not is_open(calendar, local("Europe/Berlin", 2026, 6, 4, 2))


def test_a_deadline_at_closing_time_stays_at_closing_time() -> None:
    calendar = WorkingCalendar("Europe/Berlin", OFFICE)
    assert add_working_seconds(calendar, local("Europe/Berlin", 2026, 6, 1, 16), 3600) == local(
        "Europe/Berlin", 2026, 6, 1, 17
    )
    assert add_working_seconds(calendar, local("Europe/Berlin", 2026, 6, 1, 16), 3601) == local(
        "Europe/Berlin", 2026, 6, 2, 9, 0, 1
    )


def test_time_before_opening_does_not_count_against_a_deadline() -> None:
    calendar = WorkingCalendar("Europe/Berlin", OFFICE)
    assert add_working_seconds(calendar, local("Europe/Berlin", 2026, 6, 6, 12), 900) == local(
        "Europe/Berlin", 2026, 6, 8, 9, 15
    )


def test_nothing_counts_when_the_end_is_not_after_the_start() -> None:
    calendar = WorkingCalendar("Europe/Berlin", OFFICE)
    noon = local("Europe/Berlin", 2026, 6, 1, 12)
    assert working_seconds_between(calendar, noon, noon) == 0
    assert working_seconds_between(calendar, noon, noon - DAY) == 0
    assert add_working_seconds(calendar, noon, 0) == noon


def test_someone_at_work_is_available_now() -> None:
    noon = local("Europe/Berlin", 2026, 6, 1, 12)
    assert status(WorkingCalendar("Europe/Berlin", OFFICE), noon) == (
        AvailabilityCode.AVAILABLE,
        "available",
        noon,
    )


@pytest.mark.parametrize(
    ("moment", "code", "sentence"),
    [
        ((2026, 6, 1, 6), AvailabilityCode.OFF_SHIFT, "off shift until 09:00 Europe/Berlin"),
        ((2026, 6, 1, 18), AvailabilityCode.OFF_SHIFT, "off shift until Tue 09:00 Europe/Berlin"),
        ((2026, 6, 3, 10), AvailabilityCode.HOLIDAY, "on holiday until Thu 12:30 Europe/Berlin"),
        ((2026, 6, 4, 10), AvailabilityCode.ON_LEAVE, "on leave until 12:30 Europe/Berlin"),
        (
            (2026, 6, 8, 10),
            AvailabilityCode.ON_LEAVE,
            "on leave until 22 June 2026 09:00 Europe/Berlin",
        ),
    ],
)
def test_the_status_sentence_says_why_and_until_when(
    moment: tuple[int, ...], code: AvailabilityCode, sentence: str
) -> None:
    zone = "Europe/Berlin"
    leave = (
        Period(local(zone, 2026, 6, 4, 9), local(zone, 2026, 6, 4, 12, 30)),
        Period(local(zone, 2026, 6, 8, 0), local(zone, 2026, 6, 20, 0)),
    )
    calendar = WorkingCalendar(zone, OFFICE, frozenset({date(2026, 6, 3)}), leave)
    answer = status(calendar, local(zone, *moment))
    assert (answer.code, answer.sentence) == (code, sentence)
    assert answer.available_at is not None
    assert is_open(calendar, answer.available_at)


def test_leave_beyond_the_horizon_has_no_next_opening_but_deadlines_still_work() -> None:
    start = local("Europe/Berlin", 2026, 6, 1, 9)
    calendar = WorkingCalendar(
        "Europe/Berlin", OFFICE, time_off=(Period(start, start + 400 * DAY),)
    )
    assert next_opening(calendar, start) is None
    assert status(calendar, start).sentence == "on leave, not back within 30 days"
    assert add_working_seconds(calendar, start, 60) > start + 400 * DAY


def test_a_calendar_that_never_opens_refuses_to_name_a_deadline() -> None:
    start = local("Europe/Berlin", 2026, 6, 1, 9)
    calendar = WorkingCalendar(
        "Europe/Berlin", OFFICE, time_off=(Period(start, start + 5000 * DAY),)
    )
    with pytest.raises(NoWorkingTimeError):
        add_working_seconds(calendar, start, 1)


def test_negative_working_seconds_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_seconds(WorkingCalendar("UTC"), datetime(2026, 1, 1, tzinfo=UTC), -1)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "A\0B"])
def test_an_unknown_time_zone_is_refused_by_name(name: str) -> None:
    with pytest.raises(ValueError, match="no time zone called"):
        WorkingCalendar(name)


@pytest.mark.parametrize(
    "shift", [Shift(7, time(9), time(17)), Shift(0, time(9, tzinfo=UTC), time(17))]
)
def test_impossible_weekly_hours_are_refused(shift: Shift) -> None:
    with pytest.raises(ValueError, match=r"weekday|zone of their own"):
        WorkingCalendar("Europe/Berlin", (shift,))


@pytest.mark.parametrize(("zone", "change"), CHANGES, ids=str)
def test_local_days_follow_each_other_without_gap_and_hold_their_instant(
    zone: str, change: date
) -> None:
    cursor = datetime(change.year, change.month, change.day, tzinfo=UTC) - 2 * DAY
    end = cursor + 4 * DAY
    while cursor < end:
        day = local_day(zone, cursor)
        assert cursor in day
        assert timedelta(hours=22) < day.duration < timedelta(hours=26)
        assert local_day(zone, day.ends_at - MINUTE) == day
        cursor = day.ends_at
        assert local_day(zone, cursor).starts_at == cursor
