"""What every part of the API shares: one error shape."""

import logging
import math
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response

from leadrouter.common.errors import DomainError

API_PREFIX = "/api/"
RETRY_AFTER_SECONDS = 5
_CREDENTIALS = "Send an API key (Authorization: Bearer lr_…) or sign in with a browser."
logger = logging.getLogger(__name__)


def error_body(
    code: str,
    message: str,
    *,
    fields: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Returns the one error shape: {"error": {"code", "message", "fields", …detail}}.

    `fields` is {field: [sentence, …]}; `detail` holds what a program may act on, such as `winner`.
    """
    sentences = {
        name: [said] if isinstance(said, str) else list(said)
        for name, said in (fields or {}).items()
    }
    return {"error": {**(detail or {}), "code": code, "message": message, "fields": sentences}}


def error_response(
    code: str,
    message: str,
    *,
    http_status: int,
    fields: Mapping[str, Any] | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Response:
    """Returns an answer of the API in the one error shape."""
    return Response(error_body(code, message, fields=fields, detail=detail), status=http_status)


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Turns every refusal into the one error shape; anything else stays a 500 and reaches the log."""
    if isinstance(exc, DomainError):
        return error_response(
            exc.code, exc.message, http_status=exc.http_status, fields=exc.fields, detail=exc.detail
        )
    if isinstance(exc, OperationalError | InterfaceError):
        return _unavailable(exc)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound("There is nothing here, or it is not yours to see.")
    elif isinstance(exc, exceptions.NotAuthenticated):
        exc.detail = exceptions.ErrorDetail(_CREDENTIALS, code=exc.default_code)
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, ValidationError):
        exc = exceptions.ValidationError(getattr(exc, "message_dict", None) or exc.messages)
    return _refusal(exc) if isinstance(exc, exceptions.APIException) else None


def _unavailable(exc: Exception) -> Response:
    """The database is away: senders are told to come back, and nothing is acknowledged."""
    logger.error("The database did not answer: %s", exc)
    response = error_response(
        "unavailable", "The service cannot store anything right now. Try again.", http_status=503
    )
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _refusal(exc: exceptions.APIException) -> Response:
    if isinstance(exc, exceptions.ValidationError):
        code, fields = "invalid", _field_messages(exc.detail)
    else:
        codes = exc.get_codes()
        code, fields = codes if isinstance(codes, str) else "invalid", {}
    response = error_response(
        code, _first_message(exc.detail), http_status=exc.status_code, fields=fields
    )
    if header := getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = header
    if isinstance(exc, exceptions.Throttled) and (wait := getattr(exc, "wait", None)) is not None:
        response["Retry-After"] = str(max(1, math.ceil(wait)))
    return response


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


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404`: the error shape below /api/, the site's page elsewhere."""
    if not request.path.startswith(API_PREFIX):
        return defaults.page_not_found(request, exception)
    return JsonResponse(
        error_body("not_found", "There is no such address in this API."), status=404
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: the error shape below /api/, the site's page elsewhere. Says nothing of the cause."""
    if not request.path.startswith(API_PREFIX):
        return defaults.server_error(request)
    message = "Something went wrong on our side. It is in the log; trying again may help."
    return JsonResponse(error_body("server_error", message), status=500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`: the error shape below /api/, the site's page elsewhere."""
    if not request.path.startswith(API_PREFIX):
        return defaults.bad_request(request, exception)
    return JsonResponse(error_body("bad_request", "The request cannot be understood."), status=400)
