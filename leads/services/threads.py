"""Deliveries that belong together although they name nobody: a conversation, a call, a sender's record.

One that cannot be placed yet waits as UNREACHABLE until another of its thread says who it is about.
A deletion waits too: then it holds the place of a record that must not come (back).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from leadrouter.common.sql import set_columns
from leads.domain.envelope import Kind
from leads.models import IntakeItem, IntakeState, LeadIdentity
from leads.services.capture import announce_on_commit

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that waits for its thread to name somebody."""

    pk: int
    is_deletion: bool


def thread_key(item: IntakeItem) -> Key | None:
    """The thread among the keys by which a person is known; None when the delivery has none.

    Senders number their conversations for themselves, so it counts within its endpoint only.
    """
    if not item.thread:
        return None
    return LeadIdentity.Kind.THREAD.value, f"{item.endpoint_id}:{item.thread}"


def kind_of(item: IntakeItem) -> str:
    """What the delivery tells; those of older ways in do not say."""
    return str(item.payload.get("kind") or Kind.LEAD_CREATED.value)


def find_waiting(keys: Collection[Key]) -> dict[Key, list[Waiting]]:
    """What waits for these threads. Queries: 1, none without threads."""
    threads = {key[1].partition(":")[2] for key in keys}
    if not threads:
        return {}
    found: dict[Key, list[Waiting]] = {}
    rows = IntakeItem.objects.filter(state=IntakeState.UNREACHABLE, thread__in=threads)
    for pk, endpoint_id, thread, kind in rows.values_list(
        "pk", "endpoint_id", "thread", "payload__kind"
    ):
        key = (LeadIdentity.Kind.THREAD.value, f"{endpoint_id}:{thread}")
        if key in keys:
            found.setdefault(key, []).append(Waiting(pk, kind == Kind.LEAD_DELETED))
    return found


def release(waiting: Iterable[Waiting]) -> None:
    """Puts what waited back into the queue: its thread names somebody now."""
    rows = [(one.pk, IntakeState.RECEIVED, 0, None, "") for one in waiting]
    if rows:
        set_columns(IntakeItem, ("state", "attempts", "claimed_until", "last_error"), sorted(rows))
        announce_on_commit()


def let_wait(items: Iterable[IntakeItem], now: datetime) -> None:
    """Keeps deliveries until their thread names somebody."""
    reason = "Nothing of this conversation or record says yet how to reach the person."
    set_columns(
        IntakeItem,
        ("state", "last_error", "claimed_until"),
        [(item.pk, IntakeState.UNREACHABLE, reason, None) for item in items],
    )
