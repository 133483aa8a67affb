"""How long lists are cut into pages."""

from rest_framework.pagination import CursorPagination


class KeysetPagination(CursorPagination):
    """Pages by id, newest first: the thousandth page costs what the first one does."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
