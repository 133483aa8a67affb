"""Countries and time zones to choose from in forms."""

from collections.abc import Sequence
from functools import lru_cache
from zoneinfo import available_timezones

import pycountry


@lru_cache(maxsize=1)
def country_pairs() -> tuple[tuple[str, str], ...]:
    """(code, “Germany (DE)”) by name; Kosovo's code is in use though not in the standard."""
    names = {
        item.alpha_2: getattr(item, "common_name", item.name) for item in pycountry.countries
    } | {"XK": "Kosovo"}
    return tuple(
        (code, f"{name} ({code})") for code, name in sorted(names.items(), key=lambda pair: pair[1])
    )


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    return frozenset(code for code, _ in country_pairs())


@lru_cache(maxsize=1)
def timezone_pairs() -> tuple[tuple[str, str], ...]:
    """Zones named after places; the many old aliases stay valid but are not offered."""
    zones = sorted(
        zone
        for zone in available_timezones()
        if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/", "SystemV/", "US/"))
    )
    return tuple((zone, zone.replace("_", " ")) for zone in ["UTC", *zones])


def offer(pairs: Sequence[tuple[str, str]], current: str) -> list[tuple[str, str]]:
    """The pairs, with the stored value added when it is not among them, so that saving keeps it."""
    if current and current not in dict(pairs):
        return [(current, current), *pairs]
    return list(pairs)
