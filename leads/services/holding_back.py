"""Holds back deliveries of senders that are blocked, whichever way they came in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from django.conf import settings

from leadrouter.common.sql import set_columns
from leads.domain.blocking_lists import BlockList, find_block
from leads.domain.draft import Draft
from leads.models import IntakeItem, IntakeState


class _Read(Protocol):
    item: IntakeItem
    draft: Draft


ReadT = TypeVar("ReadT", bound=_Read)


def hold_blocked(deliveries: Sequence[ReadT], blocked: BlockList, now: datetime) -> list[ReadT]:
    """Quarantines what is to be looked at first and returns the rest.

    What somebody released is not held again. Queries: at most one UPDATE.
    """
    passed: list[ReadT] = []
    held: list[tuple[int, str]] = []
    for one in deliveries:
        reason = _find_reason(one, blocked)
        if reason and not one.item.payload.get("released"):
            held.append((one.item.pk, reason))
        else:
            passed.append(one)
    set_columns(
        IntakeItem,
        ("state", "last_error", "processed_at", "claimed_until"),
        [(pk, IntakeState.QUARANTINED, reason, now, None) for pk, reason in held],
    )
    return passed


def _find_reason(one: _Read, blocked: BlockList) -> str:
    if settings.QUARANTINE_DISPOSABLE_MAIL and one.draft.is_disposable:
        return f"{one.draft.email_domain} gives out throw-away addresses."
    return find_block(one.draft, one.item.client_ip, blocked)
