"""How long lists are cut into pages."""

from typing import Any

from rest_framework.exceptions import ValidationError
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
            cursor = super().decode_cursor(request)
        except Exception as error:
            raise ValidationError({"cursor": [self.invalid_cursor_message]}) from error
        position = cursor.position if cursor else None
        if position is not None and not (
            position.isascii() and position.isdigit() and int(position[:20]) < _ID_LIMIT
        ):
            raise ValidationError({"cursor": [self.invalid_cursor_message]})
        return cursor
