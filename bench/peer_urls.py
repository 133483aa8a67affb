"""The peer's one address, and the floor of accepting: a bare view that inserts one row."""

import json
import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django_q.tasks import async_task

from leads.models import IntakeItem
from leads.selectors.api_keys import find_api_key
from leads.services.api_keys import hash_api_key


@csrf_exempt
def insert_only(request: HttpRequest) -> HttpResponse:
    """Inserts one row by the ORM: no key, no validation, no wake-up."""
    item = _create(json.loads(request.body), endpoint_id=int(request.headers["X-Endpoint"]))
    return JsonResponse({"id": str(item.public_id)}, status=202)


@csrf_exempt
def accept_with_task(request: HttpRequest) -> HttpResponse:
    """Checks the key, inserts one row and enqueues one task for it."""
    known = find_api_key(key_hash=hash_api_key(request.headers["Authorization"].split()[1]))
    if known is None:
        return HttpResponse(status=401)
    item = _create(json.loads(request.body), endpoint_id=known.endpoint.pk)
    async_task("bench.peer.route_one", item.pk)
    return JsonResponse({"id": str(item.public_id)}, status=202)


def _create(fields: dict[str, str], *, endpoint_id: int) -> IntakeItem:
    touch = {"landing_url": "", "referrer": "", "utm": {}, "click_ids": {}}
    return IntakeItem.objects.create(
        endpoint_id=endpoint_id,
        dedupe_key=uuid.uuid4().hex,
        body_hash="0" * 64,
        payload={"fields": fields, "touch": touch, "extra": {}},
        received_at=timezone.now(),
    )


urlpatterns = [
    path("insert/", insert_only),
    path("api/v1/leads/", accept_with_task),
]
