"""POST /api/v1/leads/: stores a lead and answers before anything else happens to it."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from leadrouter.common.client_address import client_ip
from leadrouter.common.errors import DomainError
from leads.api.authentication import ApiKeyAuthentication
from leads.api.schemas import ACCEPT_LEAD
from leads.api.throttling import ApiKeyRateThrottle
from leads.channels.api.idempotency import dedupe_key, hash_body
from leads.channels.api.schema import read_lead
from leads.channels.api.strict_json import BODY_LIMIT, BodyTooLarge, read_object
from leads.selectors.api_keys import KnownKey
from leads.services.capture import Captured, capture_delivery

_to_json = json.JSONEncoder(ensure_ascii=False).encode
_NO_UUID = "00000000-0000-0000-0000-000000000000"


class LengthRequired(DomainError):  # noqa: N818
    """A streamed body, which a WSGI server hands on as an empty one."""

    code = "length_required"
    http_status = 411


class JsonNegotiation(DefaultContentNegotiation):
    """Answers JSON whatever `Accept` says: programs that send */xml; still want their answer."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class HasApiKey(BasePermission):
    """Lets requests through that carry a working API key."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.auth, KnownKey)


class AcceptLeadMixin:
    """Gives a viewset the `create` that programs post leads to.

    Programs have a key and no session; people have a session and read. So everything but the
    address differs by method, and a cookie can never post a lead.
    """

    request: Any

    def _is_posting(self) -> bool:
        return self.request is not None and self.request.method == "POST"

    def get_authenticators(self) -> list[BaseAuthentication]:
        if self._is_posting():
            return [ApiKeyAuthentication()]
        return super().get_authenticators()  # type: ignore[misc,no-any-return]

    def get_permissions(self) -> Sequence[Any]:
        if self._is_posting():
            return [HasApiKey()]
        return super().get_permissions()  # type: ignore[misc,no-any-return]

    def get_throttles(self) -> list[BaseThrottle]:
        return [ApiKeyRateThrottle()] if self._is_posting() else []

    @extend_schema(**ACCEPT_LEAD)
    def create(self, request: Request) -> HttpResponse:
        key: Any = request.auth
        raw = _read_body(request)
        data, repaired = read_object(raw)
        payload, warnings = read_lead(data)
        for name in repaired:
            message = "Control characters were removed or broken characters replaced."
            warnings.append({"field": name[:100], "code": "text_repaired", "message": message})
        now = timezone.now()
        body_hash = hash_body(data)
        captured = capture_delivery(
            endpoint=key.endpoint,
            dedupe_key=dedupe_key(
                request.META.get("HTTP_IDEMPOTENCY_KEY"), body_hash=body_hash, now=now
            ),
            payload=payload,
            raw=raw,
            body_hash=body_hash,
            client_ip=client_ip(request),
            user_agent=_printable(request.META.get("HTTP_USER_AGENT", "")),
            warnings=warnings,
            now=now,
        )
        return _answer(captured, warnings)


def _read_body(request: Request) -> bytes:
    """The bytes of the body, never more than the limit in memory."""
    content_type = request.content_type.partition(";")[0].strip().lower()
    if content_type not in ("", "application/json") and not content_type.endswith("+json"):
        raise UnsupportedMediaType(
            content_type, detail="Send JSON, with the header Content-Type: application/json."
        )
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared == "0" and "HTTP_TRANSFER_ENCODING" in request.META:
        raise LengthRequired("Send the body with a Content-Length, not in chunks.")
    if declared.isdigit() and int(declared[:20]) > BODY_LIMIT:
        raise BodyTooLarge(f"The body is larger than {BODY_LIMIT // 1024} KB.")
    return bytes(request.read(BODY_LIMIT + 1))


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(filter(str.isprintable, text))


def _answer(captured: Captured, warnings: list[dict[str, str]]) -> HttpResponse:
    item_id = str(captured.public_id)
    body: dict[str, Any] = {
        "id": item_id,
        "status_url": f"{settings.SITE_URL}{_status_path().replace(_NO_UUID, item_id)}",
        "warnings": warnings,
    }
    if captured.is_duplicate:
        body["duplicate"] = True
    return HttpResponse(
        _to_json(body),
        content_type="application/json",
        status=200 if captured.is_duplicate else 202,
    )


@lru_cache(maxsize=1)
def _status_path() -> str:
    return reverse("api-intake-detail", args=[_NO_UUID])
