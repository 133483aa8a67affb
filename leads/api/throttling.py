"""How many leads one API key may post."""

import time
from typing import Any

from django.conf import settings
from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle


class ApiKeyRateThrottle(BaseThrottle):
    """API_RATE_PER_SECOND requests of one key in each second and process; 0 means no limit.

    Counted in the process, not in the database: the limit protects the accept path, so it must
    not cost it a query. With n web processes a key reaches up to n times the rate.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        rate = settings.API_RATE_PER_SECOND
        if not rate or request.auth is None:
            return True
        self._now = time.time()
        name = f"api-rate:{request.auth.pk}:{int(self._now)}"
        cache = caches["process"]
        if cache.add(name, 1, timeout=2):
            return True
        try:
            return bool(cache.incr(name) <= rate)
        except ValueError:  # culled between the two calls: the window starts again
            return True

    def wait(self) -> float:
        return 1.0 - self._now % 1.0
