"""Refusals a person can act on. Everything else that goes wrong is a bug and reaches the log."""

from collections.abc import Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal with a stable `code` and one sentence, the same on the API, the admin and the pages."""

    code: ClassVar[str] = "refused"
    http_status: ClassVar[int] = 409

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None, **detail: Any):
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})
        self.detail = detail


class InvalidInput(DomainError):  # noqa: N818 -- named as the user would say it
    """The request is understood and cannot be accepted; `fields` says which field and why."""

    code = "invalid"
    http_status = 400


class NotAllowed(DomainError):  # noqa: N818
    """The person is known and may not do this."""

    code = "not_allowed"
    http_status = 403
