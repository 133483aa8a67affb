"""What declared filters of the API share: unknown names and impossible values are refused."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError as FormError
from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_PAGING = frozenset({"cursor", "page_size", "format"})


class _MomentField(filters.IsoDateTimeFilter.field_class):  # type: ignore[misc]
    """An instant that every database can compare with."""

    def to_python(self, value: Any) -> datetime | None:
        try:
            moment: datetime | None = super().to_python(value)
        except OverflowError as error:
            raise FormError("Enter a date and time between 1970 and 2200.") from error
        if moment is not None and not EARLIEST <= moment < LATEST:
            raise FormError("Enter a date and time between 1970 and 2200.")
        return moment


class MomentFilter(filters.IsoDateTimeFilter):
    """An ISO 8601 instant; without an offset it is UTC."""

    field_class = _MomentField


class ExactFilter(filters.CharFilter):
    """Text that must be equal; never empty, never longer than any column."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, max_length=254, **kwargs)


class FlagFilter(filters.TypedChoiceFilter):
    """true or false; anything else is refused rather than read as "both"."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(*args, choices=choices, coerce=lambda text: text == "true", **kwargs)


class IdFilter(filters.NumberFilter):
    """A whole number that fits an id."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=2**63 - 1, **kwargs)

    def get_max_validator(self) -> None:
        return None


class DeclaredFilterSet(filters.FilterSet):
    """Refuses parameters nobody declared: a misspelt filter must not answer with everything."""

    def is_valid(self) -> bool:
        unknown = sorted(set(self.data) - set(self.filters) - _PAGING)
        if unknown:
            known = ", ".join(sorted(self.filters)) or "none"
            raise ValidationError(
                {name[:100]: [f"Not a filter of this list. Filters: {known}."] for name in unknown}
            )
        return bool(super().is_valid())
