"""How long lists are cut into pages."""

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination

_ID_LIMIT = 2**63


class KeysetPagination(CursorPagination):
    """Pages by id, newest first: the thousandth page costs what the first one does."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    invalid_cursor_message = "This cursor is not one of ours. Follow `next` and `previous`."

    def decode_cursor(self, request: Any) -> Any:
        """The cursor of the request. A cursor somebody made up is a 400, not a database error."""
        try:
            cursor: Any = super().decode_cursor(request)
        except (NotFound, ValueError) as error:
            raise self._refusal() from error
        if cursor is not None and not _is_id(cursor.position):
            raise self._refusal()
        return cursor

    def _refusal(self) -> ValidationError:
        return ValidationError({"cursor": [self.invalid_cursor_message]})


def _is_id(position: str | None) -> bool:
    if position is None or not (position.isascii() and position.isdigit()):
        return False
    return int(position[:20]) < _ID_LIMIT
