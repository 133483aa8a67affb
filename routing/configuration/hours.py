"""Working hours as a week is spoken of: the same hours on several days are one line."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import time
from itertools import pairwise
from typing import Any

from reps.models import WorkingHours
from routing.configuration.columns import to_plain
from routing.engine.windows import EVERY_DAY, WeeklyWindow, make_window

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")

Week = set[tuple[int, time, time]]


def write_week(rows: Iterable[WorkingHours]) -> list[dict[str, Any]]:
    """Returns entries like {"days": ["MON", "TUE"], "from": "09:00", "to": "17:00"}, in order."""
    days: dict[tuple[time, time], list[int]] = defaultdict(list)
    for row in rows:
        days[row.starts_at, row.ends_at].append(row.weekday)
    return [
        {"days": [DAYS[day] for day in sorted(found)], "from": to_plain(start), "to": to_plain(end)}
        for (start, end), found in sorted(days.items(), key=lambda item: (min(item[1]), item[0]))
    ]


def read_week(entries: Iterable[dict[str, Any]]) -> Week:
    return {
        (DAYS.index(day), time.fromisoformat(entry["from"]), time.fromisoformat(entry["to"]))
        for entry in entries
        for day in entry["days"]
    }


def write_window(window: WeeklyWindow | None) -> dict[str, Any]:
    """Returns e.g. {"days": ["SAT"], "from": "09:00", "to": "12:00"}; what does not limit is left out."""
    entry: dict[str, Any] = {}
    if window is None:
        return entry
    if window.weekdays != EVERY_DAY:
        entry["days"] = [DAYS[day] for day in sorted(window.weekdays)]
    if window.has_hours:
        entry |= {"from": to_plain(window.starts_at), "to": to_plain(window.ends_at)}
    return entry


def read_window(entry: dict[str, Any]) -> WeeklyWindow | None:
    """The inverse of `write_window`. Raises: ValueError for a time that does not exist."""
    starts_at, ends_at = (
        time.fromisoformat(entry[name]) if name in entry else None for name in ("from", "to")
    )
    return make_window((DAYS.index(day) for day in entry.get("days", ())), starts_at, ends_at)


def find_repeated_start(week: Week) -> str:
    """Returns e.g. “MON 09:00” when two stretches begin at one moment, else an empty text."""
    starts = sorted((day, start) for day, start, _ in week)
    for (day, start), following in pairwise(starts):
        if (day, start) == following:
            return f"{DAYS[day]} {start:%H:%M}"
    return ""
