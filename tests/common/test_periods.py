from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadrouter.common.periods import Period, intersect, merge, subtract, total_seconds

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = 40


def at(minute: int) -> datetime:
    return EPOCH + timedelta(minutes=minute)


def period(start: int, end: int) -> Period:
    return Period(at(start), at(end))


def minutes(periods: list[Period]) -> set[int]:
    """The oracle: the set of minutes covered, counted one by one."""
    return {minute for minute in range(LIMIT) if any(at(minute) in part for part in periods)}


period_lists = st.lists(
    st.tuples(st.integers(0, LIMIT - 2), st.integers(1, 12)).map(
        lambda pair: period(pair[0], min(LIMIT, pair[0] + pair[1]))
    ),
    max_size=8,
)


def is_canonical(periods: list[Period]) -> bool:
    return all(a.ends_at < b.starts_at for a, b in pairwise(periods))


@given(period_lists)
def test_merging_covers_the_same_minutes_in_disjoint_parts(periods: list[Period]) -> None:
    merged = merge(periods)
    assert is_canonical(merged)
    assert minutes(merged) == minutes(periods)
    assert total_seconds(periods) == 60 * len(minutes(periods))


@given(period_lists, period_lists)
def test_intersecting_keeps_exactly_the_minutes_in_both(
    left: list[Period], right: list[Period]
) -> None:
    both = intersect(left, right)
    assert is_canonical(both)
    assert minutes(both) == minutes(left) & minutes(right)
    assert both == intersect(right, left)


@given(period_lists, period_lists)
def test_subtracting_keeps_exactly_the_minutes_not_removed(
    left: list[Period], right: list[Period]
) -> None:
    rest = subtract(left, right)
    assert is_canonical(rest)
    assert minutes(rest) == minutes(left) - minutes(right)
    assert merge([*rest, *intersect(left, right)]) == merge(left)


def test_a_period_holds_its_start_and_not_its_end() -> None:
    assert at(1) in period(1, 2)
    assert at(2) not in period(1, 2)


def test_touching_periods_do_not_overlap_but_merge_into_one() -> None:
    assert period(1, 2).overlap(period(2, 3)) is None
    assert merge([period(2, 3), period(1, 2)]) == [period(1, 3)]


def test_a_period_in_a_local_zone_has_its_true_length_across_a_clock_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = Period(
        datetime(2026, 10, 24, 22, tzinfo=berlin), datetime(2026, 10, 25, 6, tzinfo=berlin)
    )
    assert night.duration == timedelta(hours=9)
    assert night.starts_at.tzinfo is UTC


@pytest.mark.parametrize("end", [EPOCH, EPOCH - timedelta(seconds=1)])
def test_a_period_that_does_not_end_after_its_start_is_refused(end: datetime) -> None:
    with pytest.raises(ValueError, match="end after it starts"):
        Period(EPOCH, end)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Period(datetime(2026, 1, 1), at(1))
