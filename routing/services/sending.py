"""Sends what the outbox holds. At least once: a crash between sending and marking sends again,
under the same Message-ID, because a message seen twice is better than one never seen.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string

from routing.models import OutboxMessage

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
# The schedule of the Standard Webhooks specification: 27 hours and a half in all.
BACK_OFF_SECONDS = (5, 300, 1800, 7200, 18000, 36000, 36000)


class SendReport(NamedTuple):
    """How many messages were due (as many as the limit: perhaps there are more), how many went out."""

    due: int = 0
    sent: int = 0


def send_due(*, clock: Callable[[], datetime], limit: int = 50) -> SendReport:
    """Sends up to `limit` messages that are due, over one connection."""
    messages = _lease(clock(), limit)
    if not messages:
        return SendReport()
    connection = get_connection()
    try:
        sent = sum(_send(message, connection, clock()) for message in messages)
    finally:
        connection.close()
    return SendReport(len(messages), sent)


def _lease(now: datetime, limit: int) -> list[OutboxMessage]:
    """Holds due messages for this sender; the attempt counts before it is made."""
    with transaction.atomic():
        rows = list(
            OutboxMessage.objects.select_for_update(skip_locked=True)
            .filter(
                Q(leased_until__isnull=True) | Q(leased_until__lt=now),
                state=OutboxMessage.State.PENDING,
                due_at__lte=now,
            )
            .order_by("due_at")[:limit]
        )
        for row in rows:
            row.leased_until, row.attempts = now + LEASE, row.attempts + 1
        OutboxMessage.objects.bulk_update(rows, ["leased_until", "attempts"])
    ids = [row.pk for row in rows]
    related = OutboxMessage.objects.filter(pk__in=ids).select_related(
        "assignment__lead__source",
        "assignment__lead__account",
        "assignment__rep__team",
        "decision__lead__source",
        "decision__rule",
    )
    return list(related.order_by("due_at"))


def _send(message: OutboxMessage, connection: BaseEmailBackend, now: datetime) -> bool:
    if not message.recipient:
        _fail(message, "The person has no e-mail address.", now, is_final=True)
        return False
    try:
        _compose(message, connection).send()
    except Exception as error:  # noqa: BLE001 -- any failure of one message is kept on that message
        _fail(message, f"{type(error).__name__}: {error}", now)
        return False
    message.state, message.sent_at, message.leased_until = OutboxMessage.State.SENT, now, None
    message.last_error = ""
    message.save(update_fields=["state", "sent_at", "leased_until", "last_error"])
    return True


def _compose(message: OutboxMessage, connection: BaseEmailBackend) -> EmailMessage:
    lead = message.assignment.lead if message.assignment else message.decision.lead  # type: ignore[union-attr]
    context = {
        "message": message,
        "lead": lead,
        "assignment": message.assignment,
        "decision": message.decision,
        "url": f"{settings.SITE_URL}/leads/{lead.public_id}/",
    }
    name = message.kind.lower()
    subject = render_to_string(f"routing/mail/{name}_subject.txt", context)
    return EmailMessage(
        # One line whatever a lead typed as their name: header lines are never theirs to add.
        subject=" ".join(subject.split()),
        body=render_to_string(f"routing/mail/{name}.txt", context),
        to=[message.recipient],
        headers={"Message-ID": f"<outbox-{message.pk}@{urlsplit(settings.SITE_URL).hostname}>"},
        connection=connection,
    )


def _fail(message: OutboxMessage, error: str, now: datetime, *, is_final: bool = False) -> None:
    message.last_error, message.leased_until = error[:2000], None
    if is_final or message.attempts > len(BACK_OFF_SECONDS):
        message.state = OutboxMessage.State.DEAD
        logger.error("Message %d is given up: %s", message.pk, message.last_error)
    else:
        message.due_at = now + timedelta(seconds=BACK_OFF_SECONDS[message.attempts - 1])
    message.save(update_fields=["state", "due_at", "leased_until", "last_error"])
