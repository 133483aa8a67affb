"""The moment of a decision as two variables: between which dates, and when in the week.

Only what is still to come counts: a rule whose dates have passed is not in force anywhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo

from routing.engine.proving.boxes import Box, Point, make_bits, make_run
from routing.engine.proving.domains import Variable
from routing.engine.proving.space import Space
from routing.engine.rules import Rule
from routing.engine.windows import WeeklyWindow

DAY = timedelta(days=1)
DAY_SECONDS = 86_400
LONG_ENOUGH = timedelta(days=8)
"""In a stretch of this length every moment of the week occurs."""


class Calendar:
    """Adds the time to a space; `box` says when a rule is in force."""

    def __init__(self, space: Space, rules: Iterable[Rule], now: datetime, zone: tzinfo) -> None:
        limited = [rule for rule in rules if rule.is_limited]
        limits = {limit for rule in limited for limit in (rule.starts_at, rule.ends_at)}
        self.zone = zone
        self.starts = [now, *sorted(limit for limit in limits if limit and limit > now)]
        windows = {rule.weekly_window for rule in limited if rule.weekly_window}
        self.seconds = sorted({0, *(at for one in windows for run in _runs(one) for at in run)})
        self.seconds = [second for second in self.seconds if second < 7 * DAY_SECONDS]
        self.dates = space.add_variable(Variable("date", len(self.starts)))
        self.week = space.add_variable(Variable("time of the week", len(self.seconds)))
        self._occurring = [self._find_occurring(number) for number in range(len(self.starts))]
        for number, cells in enumerate(self._occurring):
            missing = ((1 << len(self.seconds)) - 1) & ~make_bits(list(cells))
            if missing:
                space.axioms.append({self.dates: 1 << number, self.week: missing})

    def box(self, rule: Rule) -> Box | None:
        """None when the rule is in force at no moment to come."""
        box: dict[int, int] = {}
        if rule.starts_at is not None or rule.ends_at is not None:
            first = bisect_right(self.starts, rule.starts_at) - 1 if rule.starts_at else 0
            behind = len(self.starts)
            if rule.ends_at is not None:
                behind = bisect_right(self.starts, rule.ends_at) - 1
            box[self.dates] = make_run(max(first, 0), behind)
        if rule.weekly_window is not None:
            runs = list(_runs(rule.weekly_window))
            box[self.week] = make_bits(
                [
                    number
                    for number, second in enumerate(self.seconds)
                    if any(start <= second < end for start, end in runs)
                ]
            )
        return box if all(box.values()) else None

    def box_at(self, now: datetime) -> Box:
        """The cells of one moment, at or after the one the calendar was made for."""
        dates = bisect_right(self.starts, now) - 1
        return {self.dates: 1 << dates, self.week: 1 << self._find_cell(now)}

    def make_moment(self, point: Point) -> datetime:
        """An instant in the point's cells, now if that is one."""
        occurring = self._occurring[point.get(self.dates, 0)]
        cell = point.get(self.week)
        return occurring[cell] if cell is not None else min(occurring.values())

    def _find_occurring(self, number: int) -> dict[int, datetime]:
        """{cell of the week: its first instant} of those that occur between these dates."""
        start = self.starts[number]
        is_last = number + 1 == len(self.starts)
        end = start + LONG_ENOUGH if is_last else min(self.starts[number + 1], start + LONG_ENOUGH)
        found: dict[int, datetime] = {}
        for moment in self._list_moments(start, end):
            found.setdefault(self._find_cell(moment), moment)
        return found

    def _list_moments(self, start: datetime, end: datetime) -> Iterator[datetime]:
        """The first instant, and every one at which a cell of the week begins, in order."""
        yield start
        local = start.astimezone(self.zone)
        moments = [
            datetime.combine(local.date() + days * DAY, _clock(second), self.zone).astimezone(UTC)
            for days in range(-1, LONG_ENOUGH.days + 2)
            for second in self.seconds
            if (local.date() + days * DAY).weekday() == second // DAY_SECONDS
        ]
        yield from sorted(moment for moment in moments if start < moment < end)

    def _find_cell(self, moment: datetime) -> int:
        local = moment.astimezone(self.zone)
        second = local.weekday() * DAY_SECONDS + _seconds(local.time())
        return bisect_right(self.seconds, second) - 1


def _runs(window: WeeklyWindow) -> Iterator[Sequence[int]]:
    """Half-open runs of seconds of the week, Monday 00:00 first."""
    start, end = _seconds(window.starts_at), _seconds(window.ends_at)
    length = end - start if end > start else end + DAY_SECONDS - start
    for weekday in window.weekdays:
        first = weekday * DAY_SECONDS + start
        behind = first + length
        yield first, min(behind, 7 * DAY_SECONDS)
        if behind > 7 * DAY_SECONDS:
            yield 0, behind - 7 * DAY_SECONDS


def _seconds(clock: time) -> int:
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def _clock(second: int) -> time:
    rest = second % DAY_SECONDS
    return time(rest // 3600, rest // 60 % 60, rest % 60)
