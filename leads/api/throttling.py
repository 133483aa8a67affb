"""How many leads one API key may post."""

import threading
import time
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle


class SecondCounter:
    """Counts per name within the running second. One dict for all threads of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._second = 0
        self._counts: dict[int, int] = {}

    def add(self, name: int, now: float) -> int:
        """How many there are of `name` in the second of `now`, this one included."""
        with self._lock:
            if int(now) != self._second:
                self._second = int(now)
                self._counts.clear()
            count = self._counts[name] = self._counts.get(name, 0) + 1
        return count

    def clear(self) -> None:
        with self._lock:
            self._counts.clear()


counter = SecondCounter()


class ApiKeyRateThrottle(BaseThrottle):
    """API_RATE_PER_SECOND requests of one key in each second and process; 0 means no limit.

    Counted in memory: the limit protects the accept path, so it must cost it neither a query nor
    the pickling of a cache. With n web processes a key reaches up to n times the rate.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        rate = settings.API_RATE_PER_SECOND
        if not rate or request.auth is None:
            return True
        self._now = time.time()
        return counter.add(request.auth.pk, self._now) <= rate

    def wait(self) -> float:
        return 1.0 - self._now % 1.0
