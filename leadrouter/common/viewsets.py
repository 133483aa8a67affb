"""The read side of the API: lists in pages, one row by its id, nothing else."""

from typing import Any

from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.viewsets import GenericViewSet

ID_PATTERN = "[0-9]{1,18}"


class ReadOnlyViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet[Any]):
    """A list and its rows. What a role may not see is left out of `get_queryset`, so it is a 404."""

    lookup_value_regex = ID_PATTERN
