"""How often something was heard from one network in the running minute, by this process.

In memory: a limit protects the way in, so it must cost neither a query nor a row. With n web processes
a network reaches up to n times what a limit says.
"""

from django.core.cache import caches

from leadrouter.common.client_address import network_of

WINDOW_SECONDS = 60


def count_from_network(what: str, ip: str | None) -> int:
    """Counts one more; returns how many within the minute that began with the first, this one included."""
    cache = caches["process"]
    name = f"{what}:{network_of(ip)}"
    if cache.add(name, 1, timeout=WINDOW_SECONDS):
        return 1
    try:
        return int(cache.incr(name))
    except ValueError:  # the minute ended just now
        cache.set(name, 1, timeout=WINDOW_SECONDS)
        return 1
