"""What an administrator does about deliveries that did not become leads.

Each change is written to Django's log of admin actions, with who and why, whoever calls.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from leadrouter.common.errors import DomainError, InvalidInput
from leads.models import IntakeItem, IntakeState
from leads.signals import lead_ready

STUCK_STATES = frozenset(
    {
        IntakeState.DEAD,
        IntakeState.QUARANTINED,
        IntakeState.NEEDS_FETCH,
        IntakeState.UNREACHABLE,
        IntakeState.TEST,
    }
)


class NotStuck(DomainError):  # noqa: N818 -- named as the user would say it
    """The delivery is not (or no longer) in a state from which this is possible."""

    code = "not_stuck"


def retry_item(*, item: IntakeItem, user: Any, now: datetime) -> IntakeItem:
    """Puts a dead letter back into the queue with all its attempts. Raises: NotStuck."""
    return _requeue(item, from_state=IntakeState.DEAD, user=user, said="Tried again", now=now)


def release_item(*, item: IntakeItem, user: Any, now: datetime) -> IntakeItem:
    """Takes a delivery out of quarantine: it is no spam. Raises: NotStuck."""
    return _requeue(
        item,
        from_state=IntakeState.QUARANTINED,
        user=user,
        said="Released from quarantine",
        now=now,
    )


@transaction.atomic
def discard_item(*, item: IntakeItem, user: Any, reason: str, now: datetime) -> IntakeItem:
    """Gives a delivery that is stuck or set aside up; the row stays. Raises: NotStuck, InvalidInput."""
    reason = reason.strip()
    if not reason:
        raise InvalidInput("Say why it is discarded.", fields={"reason": "Say why."})
    changed = IntakeItem.objects.filter(pk=item.pk, state__in=STUCK_STATES).update(
        state=IntakeState.DISCARDED, processed_at=now, claimed_until=None
    )
    return _finish(item, changed, user, f"Discarded: {reason}")


def _requeue(
    item: IntakeItem, *, from_state: IntakeState, user: Any, said: str, now: datetime
) -> IntakeItem:
    with transaction.atomic():
        # One conditional statement: of two people pressing at once, one is told.
        changed = IntakeItem.objects.filter(pk=item.pk, state=from_state).update(
            # What was only announced must be fetched before there is anything to process.
            state=IntakeState.NEEDS_FETCH if item.payload.get("fetch") else IntakeState.RECEIVED,
            attempts=0,
            claimed_until=None,
            processed_at=None,
            last_error="",
            # Whoever looked at it has the last word: no list holds it back again.
            payload={**item.payload, "released": True}
            if from_state == IntakeState.QUARANTINED
            else item.payload,
        )
        _finish(item, changed, user, said)
        transaction.on_commit(lambda: lead_ready.send(sender=IntakeItem))
    return item


def _finish(item: IntakeItem, changed: int, user: Any, said: str) -> IntakeItem:
    # Only a changed row is logged, so a refusal leaves nothing behind.
    item.refresh_from_db()
    if not changed:
        raise NotStuck(f"This delivery is now “{item.get_state_display()}”: nothing was changed.")
    LogEntry.objects.log_actions(user.pk, [item], CHANGE, change_message=said, single_object=True)
    return item


@dataclass(frozen=True, slots=True)
class Settled:
    """How many deliveries a decision changed, and how many somebody else had settled before."""

    done: int
    skipped: int


def release_items(*, ids: Sequence[int], user: Any, now: datetime) -> Settled:
    """Takes several deliveries out of quarantine."""
    return _each(ids, lambda item: release_item(item=item, user=user, now=now))


def discard_items(*, ids: Sequence[int], user: Any, reason: str, now: datetime) -> Settled:
    """Gives several deliveries up. Raises: InvalidInput."""
    return _each(ids, lambda item: discard_item(item=item, user=user, reason=reason, now=now))


@transaction.atomic
def _each(ids: Sequence[int], settle: Callable[[IntakeItem], IntakeItem]) -> Settled:
    """Each by itself: one that was settled meanwhile stops no other."""
    done = 0
    found = IntakeItem.objects.filter(pk__in=ids, state=IntakeState.QUARANTINED).order_by("pk")
    for item in found:
        with suppress(NotStuck):
            settle(item)
            done += 1
    return Settled(done, len(set(ids)) - done)
