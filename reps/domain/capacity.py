"""How many more leads a rep may take: caps against the work at hand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caps:
    """Upper limits; None is no limit, 0 none at all. Raises: ValueError for a negative limit."""

    max_open: int | None = None
    max_per_day: int | None = None
    max_per_hour: int | None = None

    def __post_init__(self) -> None:
        for limit in (self.max_open, self.max_per_day, self.max_per_hour):
            if limit is not None and limit < 0:
                raise ValueError("A cap cannot be negative.")


@dataclass(frozen=True, slots=True)
class Load:
    """What a rep holds: open leads, and leads received this local day and in the last 3600 s."""

    open_leads: int = 0
    received_today: int = 0
    received_last_hour: int = 0


def _pairs(caps: Caps, load: Load) -> tuple[tuple[int | None, int, str], ...]:
    return (
        (caps.max_open, load.open_leads, "open leads"),
        (caps.max_per_day, load.received_today, "leads today"),
        (caps.max_per_hour, load.received_last_hour, "leads in the last hour"),
    )


def free_slots(caps: Caps, load: Load) -> int | None:
    """How many leads may still be given now, never below 0; None when nothing limits it."""
    rooms = [cap - used for cap, used, _ in _pairs(caps, load) if cap is not None]
    return max(0, min(rooms)) if rooms else None


def find_full_reason(caps: Caps, load: Load) -> str | None:
    """“full: 20/20 open leads” for the first cap reached, or None when there is room."""
    for cap, used, words in _pairs(caps, load):
        if cap is not None and used >= cap:
            return f"full: {used}/{cap} {words}"
    return None
