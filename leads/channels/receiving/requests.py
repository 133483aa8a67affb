"""Reads a request into a delivery, and keeps of it what reading the delivery again needs."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from leadrouter.common.client_address import client_ip
from leadrouter.common.errors import DomainError
from leads.channels.adapter import Delivery

FORM_FIELDS_LIMIT = 2_000
_HEADERS_KEPT = 40
_HEADER_LIMIT = 300
_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_SECRET_WORDS = ("authorization", "cookie", "signature", "token", "secret", "password", "api-key")
MASK = "[removed]"
# A shorter one is found by chance in ordinary text.
_LEAST_MASKED = 6


class BodyTooLarge(DomainError):  # noqa: N818
    """More bytes than the channel takes."""

    code = "body_too_large"
    http_status = 413


def read_delivery(request: HttpRequest, *, limit: int, now: datetime) -> Delivery:
    """The request with its bytes; nothing larger than `limit` is ever held.

    Raises: BodyTooLarge.
    """
    body = _read_body(request, limit)
    headers = {name.lower(): value for name, value in request.headers.items()}
    return make_delivery(
        method=request.method or "",
        # Whatever Host says: senders sign the address they were given.
        url=_public_url(request),
        headers=headers,
        body=body,
        query=request.META.get("QUERY_STRING", ""),
        client_ip=client_ip(request),
        received_at=now,
    )


def make_delivery(
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    query: str,
    client_ip: str | None,
    received_at: datetime,
) -> Delivery:
    """A delivery with its query and its form read. A form that cannot be read is an empty one."""
    content_type = headers.get("content-type", "")
    form, files = _read_form(content_type, body)
    return Delivery(
        method=method,
        url=url,
        headers=headers,
        body=body,
        received_at=received_at,
        query=_joined(_pairs(query)),
        form=form,
        files=files,
        client_ip=client_ip,
    )


def describe_request(delivery: Delivery, secrets: Iterable[str]) -> dict[str, Any]:
    """What is kept of a request beside its bytes, without secrets."""
    query = delivery.url.partition("?")[2]
    hidden = [secret for secret in secrets if len(secret) >= _LEAST_MASKED]
    kept = [
        (name, _hide(value[:_HEADER_LIMIT], hidden))
        for name, value in sorted(delivery.headers.items())
        if not any(word in name for word in _SECRET_WORDS)
    ]
    return {
        "method": delivery.method,
        "query": _hide(query, hidden),
        "headers": dict(kept[:_HEADERS_KEPT]),
    }


def hide_secrets(body: bytes, secrets: Iterable[str]) -> bytes:
    """The bytes without the endpoint's own secrets, which some senders put into the body."""
    for secret in secrets:
        if len(secret) >= _LEAST_MASKED:
            body = body.replace(secret.encode(), MASK.encode())
    return body


def _hide(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def _public_url(request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"{settings.SITE_URL}{request.path}{'?' if query else ''}{query}"


def _read_body(request: HttpRequest, limit: int) -> bytes:
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdigit() and int(declared[:20]) > limit:
        raise BodyTooLarge(f"The body is larger than {limit // 1024} KB.")
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        # Django reads as many bytes as were declared, here none; the server knows where chunks end.
        body = bytes(request.META["wsgi.input"].read(limit + 1))
    else:
        body = bytes(request.read(limit + 1))
    if len(body) > limit:
        raise BodyTooLarge(f"The body is larger than {limit // 1024} KB.")
    return body


Pairs = list[tuple[str, str]]
Files = tuple[dict[str, Any], ...]


def _pairs(text: str) -> Pairs:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=FORM_FIELDS_LIMIT)
    except ValueError:  # more fields than any form has
        return []


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _read_form(content_type: str, body: bytes) -> tuple[dict[str, str], Files]:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _URLENCODED:
        return _joined(_pairs(body.decode("utf-8", "replace"))), ()
    if kind == _MULTIPART:
        return _read_multipart(content_type, body)
    return {}, ()


class _SizesOnly(MemoryFileUploadHandler):
    """Files are told about, not kept: the exact bytes are beside."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


def _read_multipart(content_type: str, body: bytes) -> tuple[dict[str, str], Files]:
    meta = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    try:
        parser = MultiPartParser(meta, BytesIO(body), [_SizesOnly()], "utf-8")
        values, files = parser.parse()
    except (MultiPartParserError, SuspiciousOperation, ValueError):
        return {}, ()
    pairs = [(name, value) for name, many in values.lists() for value in many]
    told = tuple(
        {"name": one.name or "", "content_type": one.content_type or "", "size_bytes": one.size}
        for _, many in files.lists()
        for one in many
    )
    return _joined((str(name), str(value)) for name, value in pairs), told
