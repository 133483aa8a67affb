"""Puts a new reading of a stored delivery in the place of the old one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from leads.domain.envelope import Envelope, Unreadable
from leads.models import IntakeItem, IntakeState
from leads.services.capture import announce_on_commit
from leads.services.capture_channel import describe_envelope
from leads.services.dead_letters import NotStuck

# A delivery that became a lead is on its timeline already; one that waits to be processed will be.
REDELIVERABLE = frozenset(
    {
        IntakeState.DEAD,
        IntakeState.QUARANTINED,
        IntakeState.NEEDS_FETCH,
        IntakeState.UNREACHABLE,
        IntakeState.TEST,
    }
)
_KEPT = ("request", "raw_of")
_ERROR_LIMIT = 500


@transaction.atomic
def replace_reading(
    *, item: IntakeItem, found: Envelope | Unreadable, user: Any, now: datetime
) -> IntakeItem:
    """The delivery as it is read now, into the queue or set aside again. Raises: NotStuck."""
    columns = _columns(item.payload, found)
    changed = IntakeItem.objects.filter(pk=item.pk, state__in=REDELIVERABLE).update(
        **columns, attempts=0, claimed_until=None, processed_at=None
    )
    item.refresh_from_db()
    if not changed:
        raise NotStuck(f"This delivery is now “{item.get_state_display()}”: nothing was changed.")
    LogEntry.objects.log_actions(
        user.pk, [item], CHANGE, change_message="Read again", single_object=True
    )
    if item.state == IntakeState.RECEIVED:
        announce_on_commit()
    return item


def _columns(payload: Mapping[str, Any], found: Envelope | Unreadable) -> dict[str, Any]:
    if isinstance(found, Unreadable):
        return {"state": IntakeState.QUARANTINED, "last_error": found.reason[:_ERROR_LIMIT]}
    described = describe_envelope(found)
    kept = {name: payload[name] for name in _KEPT if name in payload}
    return {
        "payload": {**described["payload"], **kept},
        "thread": described["thread"],
        "warnings": described["warnings"],
        "state": described["state"],
        "last_error": "",
    }
