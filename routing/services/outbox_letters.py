"""What an administrator does about messages that could not be sent."""

from datetime import datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from leadrouter.common.errors import DomainError, InvalidInput
from routing.models import OutboxMessage


class NotGivenUp(DomainError):  # noqa: N818 -- named as the user would say it
    """The message is not (or no longer) given up."""

    code = "not_given_up"


def retry_message(*, message: OutboxMessage, user: Any, now: datetime) -> OutboxMessage:
    """Makes a given-up message due again with all its attempts. Raises: NotGivenUp."""
    return _change(
        message, user, "Tried again", state=OutboxMessage.State.PENDING, due_at=now, attempts=0
    )


def discard_message(
    *, message: OutboxMessage, user: Any, reason: str, now: datetime
) -> OutboxMessage:
    """Never sends a given-up message; the row stays. Raises: NotGivenUp, InvalidInput."""
    if not reason.strip():
        raise InvalidInput("Say why it is discarded.", fields={"reason": "Say why."})
    said = f"Discarded: {reason.strip()}"
    return _change(message, user, said, state=OutboxMessage.State.DISCARDED)


@transaction.atomic
def _change(message: OutboxMessage, user: Any, said: str, **columns: Any) -> OutboxMessage:
    dead = OutboxMessage.objects.filter(pk=message.pk, state=OutboxMessage.State.DEAD)
    changed = dead.update(**columns, leased_until=None)
    message.refresh_from_db()
    if not changed:
        raise NotGivenUp(f"This message is “{message.get_state_display()}”: nothing was changed.")
    LogEntry.objects.log_actions(
        user.pk, [message], CHANGE, change_message=said, single_object=True
    )
    return message
