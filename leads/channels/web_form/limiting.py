"""How many forms one network may send."""

from django.core.cache import cache
from django.http import HttpRequest

from leadrouter.common.client_address import client_ip, network_of

POSTS = 30
WINDOW_SECONDS = 600


def has_sent_too_many(request: HttpRequest) -> bool:
    """Counts this post; True when the network sent more than POSTS within the window.

    The shared cache counts for all web processes. It does not lock: a burst may pass a few more.
    """
    name = f"web-form-posts:{network_of(client_ip(request))}"
    if cache.add(name, 1, timeout=WINDOW_SECONDS):
        return False
    count = int(cache.get(name, 0)) + 1
    if count > POSTS:
        return True  # not written: the window ends when it would have
    try:
        cache.incr(name)
    except ValueError:  # the window ended just now
        cache.set(name, 1, timeout=WINDOW_SECONDS)
    return False
