"""Whose turn it is to be read, and how far a mailbox was read."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from leads.domain.envelope import Envelope, Unreadable
from leads.models import Endpoint, MailboxPosition
from leads.services.capture_channel import Arrival, Stored, capture_parsed

EVERY = timedelta(minutes=1)
LEASE = timedelta(minutes=5)
# A server that refuses us is not asked each minute.
LONGEST_WAIT = timedelta(minutes=30)
_ERROR_LIMIT = 300


def lease_mailboxes(*, channel: str, now: datetime) -> list[MailboxPosition]:
    """The mailboxes that are due; another process gets none of them meanwhile.

    Queries: 2 and one for each that is due; a new one starts now.
    """
    doors = Endpoint.objects.filter(channel=channel, is_active=True, source__is_active=True)
    new = doors.filter(mailbox__isnull=True).values_list("pk", flat=True)
    MailboxPosition.objects.bulk_create(
        [MailboxPosition(endpoint_id=pk, due_at=now) for pk in new], ignore_conflicts=True
    )
    due = MailboxPosition.objects.filter(endpoint__in=doors, due_at__lte=now)
    leased = [
        pk
        for pk in list(due.order_by("due_at").values_list("pk", flat=True))
        if MailboxPosition.objects.filter(pk=pk, due_at__lte=now).update(due_at=now + LEASE)
    ]
    rows = MailboxPosition.objects.filter(pk__in=leased).select_related("endpoint__source")
    return list(rows.order_by("pk"))


@transaction.atomic
def take_mail(
    *,
    position: MailboxPosition,
    uid: int,
    arrival: Arrival,
    parsed: Sequence[Envelope | Unreadable],
) -> Stored:
    """Stores one mail together with the note that it was read: both or neither."""
    stored = capture_parsed(arrival=arrival, parsed=parsed)
    position.last_uid = uid
    MailboxPosition.objects.filter(pk=position.pk).update(last_uid=uid)
    return stored


def set_start(*, position: MailboxPosition, uid_validity: int, last_uid: int) -> None:
    """Notes where reading begins: at the end of a new mailbox, anew when its numbers changed."""
    position.uid_validity, position.last_uid = uid_validity, last_uid
    MailboxPosition.objects.filter(pk=position.pk).update(
        uid_validity=uid_validity, last_uid=last_uid
    )


def note_success(*, position: MailboxPosition, is_at_end: bool, now: datetime) -> None:
    """Read again in a minute, at once when there is more."""
    MailboxPosition.objects.filter(pk=position.pk).update(
        due_at=now + EVERY if is_at_end else now, read_at=now, last_error="", failures=0
    )


def note_failure(*, position: MailboxPosition, reason: str, now: datetime) -> None:
    """Read again later, after a wait that doubles."""
    failures = position.failures + 1
    wait = min(EVERY * 2 ** min(failures, 10), LONGEST_WAIT)
    MailboxPosition.objects.filter(pk=position.pk).update(
        due_at=now + wait, last_error=reason[:_ERROR_LIMIT], failures=failures
    )
