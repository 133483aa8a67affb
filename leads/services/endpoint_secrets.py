"""Secrets shared with senders: set, replaced without a gap, taken back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from leadrouter.common.errors import InvalidInput
from leadrouter.common.sealing import seal
from leads.models import Endpoint, EndpointSecret

SECRET_LIMIT = 500
_HINT = 4
# A hint must not give away much of a short secret.
_LEAST_HINTED = 12


@transaction.atomic
def set_secret(
    *, endpoint: Endpoint, secret: str, name: str = "", overlap: timedelta, now: datetime
) -> EndpointSecret:
    """Makes the secret the newest one; those before it stay valid for `overlap`.

    Raises: InvalidInput when it is empty or too long.
    """
    secret = secret.strip()
    if not secret:
        raise InvalidInput("The secret is empty.", fields={"secret": "Write the secret."})
    if len(secret) > SECRET_LIMIT:
        message = f"The secret is longer than {SECRET_LIMIT} characters."
        raise InvalidInput(message, fields={"secret": message})
    ends_at = now + overlap
    EndpointSecret.objects.filter(endpoint=endpoint, name=name).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=ends_at)
    ).update(valid_until=ends_at)
    return EndpointSecret.objects.create(
        endpoint=endpoint,
        name=name,
        sealed=seal(secret),
        hint=secret[-_HINT:] if len(secret) >= _LEAST_HINTED else "",
        created_at=now,
    )


def end_secret(*, secret: EndpointSecret, now: datetime) -> None:
    """Makes the secret invalid from the next delivery on."""
    EndpointSecret.objects.filter(pk=secret.pk).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=now)
    ).update(valid_until=now)
