"""Field checks shared by the models of people."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError


def validate_timezone(value: str) -> None:
    """Refuses anything but an IANA zone name."""
    if value not in available_timezones():
        raise ValidationError(
            "“%(value)s” is not a time zone. Use an IANA name such as Europe/Berlin.",
            code="unknown_timezone",
            params={"value": value},
        )
