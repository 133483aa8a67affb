"""Who joins and leaves a pool, as lines of its ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from routing.models import Pool, PoolMember, TurnEntry, TurnKind

Place = tuple[int, int, bool]
"""Weight, tier, whether active."""


@contextmanager
def recording_members(*, pool: Pool, now: datetime) -> Iterator[None]:
    """Adds a line to the ledger for everybody who joins, leaves or gets another weight or tier within.

    Such lines move no balance. The caller holds the pool's lock (or has just made it), so that their
    numbers lie between those of turns.
    """
    with transaction.atomic():
        before = _list_places(pool.pk)
        yield
        lines = [
            (rep_id, *change)
            for rep_id, place in _list_places(pool.pk).items()
            if (change := _describe(before.pop(rep_id, None), place))
        ]
        lines += [(rep_id, TurnKind.LEFT, "") for rep_id, place in before.items() if place[2]]
        for rep_id, kind, reason in sorted(lines):
            pool.turn_number += 1
            TurnEntry.objects.create(
                pool=pool,
                number=pool.turn_number,
                rep_id=rep_id,
                kind=kind,
                deltas={},
                reason=reason,
                taken_at=now,
            )
        if lines:
            pool.save(update_fields=["turn_number"])


def _list_places(pool_id: int) -> dict[int, Place]:
    rows = PoolMember.objects.filter(pool=pool_id).order_by("rep_id")
    return {
        rep_id: (weight, tier, is_active)
        for rep_id, weight, tier, is_active in rows.values_list(
            "rep_id", "weight", "tier", "is_active"
        )
    }


def _describe(before: Place | None, after: Place) -> tuple[TurnKind, str] | None:
    weight, tier, is_active = after
    was_active = before is not None and before[2]
    if was_active != is_active:
        return (TurnKind.JOINED, f"weight {weight}") if is_active else (TurnKind.LEFT, "")
    if before is None or before == after or not is_active:
        return None
    changes = [
        f"{name} {old} → {new}"
        for name, old, new in (("weight", before[0], weight), ("tier", before[1], tier))
        if old != new
    ]
    return TurnKind.CHANGED, ", ".join(changes)
