"""What every part of the API shares: one error shape."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response

from leadrouter.common.errors import DomainError


def error_response(
    code: str,
    message: str,
    *,
    http_status: int,
    fields: dict[str, Any] | None = None,
    detail: dict[str, Any] | None = None,
) -> Response:
    """Returns the one error shape: {"error": {"code", "message", "fields", …}}."""
    body: dict[str, Any] = {"code": code, "message": message, "fields": fields or {}}
    return Response({"error": {**body, **(detail or {})}}, status=http_status)


def _field_messages(detail: Any) -> dict[str, list[str]]:
    if isinstance(detail, dict):
        return {
            str(field): [str(item) for item in (value if isinstance(value, list) else [value])]
            for field, value in detail.items()
        }
    return {}


def _first_message(detail: Any) -> str:
    if isinstance(detail, dict):
        field, value = next(iter(detail.items()), ("", ""))
        return f"{field}: {_first_message(value)}"
    if isinstance(detail, list):
        return _first_message(detail[0]) if detail else ""
    return str(detail)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turns every refusal into the one error shape; anything else stays a 500 and reaches the log."""
    if isinstance(exc, DomainError):
        return error_response(
            exc.code, exc.message, http_status=exc.http_status, fields=exc.fields, detail=exc.detail
        )
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, ValidationError):
        exc = exceptions.ValidationError(getattr(exc, "message_dict", None) or exc.messages)
    if not isinstance(exc, exceptions.APIException):
        return None
    fields = _field_messages(exc.detail) if isinstance(exc, exceptions.ValidationError) else {}
    code = "invalid" if fields or exc.status_code == status.HTTP_400_BAD_REQUEST else exc.get_codes()
    response = error_response(
        str(code), _first_message(exc.detail), http_status=exc.status_code, fields=fields
    )
    if header := getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = header
    if isinstance(exc, exceptions.Throttled) and exc.wait is not None:
        response["Retry-After"] = str(int(exc.wait) + 1)
    return response
