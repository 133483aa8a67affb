"""The health address."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from leadrouter.processes.health import inspect_health

MAX_AGE_SECONDS = 60


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when every part is alive, else 503; ages in seconds and nothing else."""
    parts = inspect_health(now=timezone.now(), max_age_seconds=MAX_AGE_SECONDS)
    is_ok = all(part.is_ok for part in parts)
    body = {
        "status": "ok" if is_ok else "failing",
        "parts": {
            part.name: {
                "ok": part.is_ok,
                "age_seconds": None if part.age_seconds is None else round(part.age_seconds, 1),
            }
            for part in parts
        },
    }
    return JsonResponse(body, status=200 if is_ok else 503)
