"""Merging two leads with everything that hangs on them, and undoing it.

The lead that is kept is the one that is further on its way: owned before offered, waiting, parked,
nurtured, closed. Of two owned ones the one whose rep got to work first (touched, then accepted, then
assigned first). So the owner stays, no clock is restarted, and at most one open assignment ends.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from leadrouter.common.errors import InvalidInput, NotAllowed
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING, has_role
from leadrouter.common.sql import lock_keys
from leads.models import Lead, LeadMerge, Place
from leads.selectors.duplicates import find_merge, list_identity_keys
from leads.selectors.identities import lock_leads
from leads.services.merging import CannotUndo, check_undoable, combine_leads, separate_leads
from leads.services.snapshots import set_plain, take_snapshot
from routing.models import Assignment, EndReason, HoldingQueue, SlaTimer
from routing.services.assigning import route_leads
from routing.services.assignments import end_assignment, find_open_assignment, set_place
from routing.services.placing import place_leads

REVIEWERS = (ADMINISTRATOR, MANAGER, MARKETING)
_RANK = {
    Place.OWNED: 0, Place.OFFERED: 1, Place.WAITING: 2, Place.PARKED: 3, Place.NURTURED: 4,
    Place.CLOSED: 5,
}  # fmt: skip
# Where a lead was, as far as it can be there again; epochs only count up.
_PLACE_FIELDS = (
    "place", "placed_at", "holding_queue_id", "nurture_track", "parked_reason", "parked_detail",
    "closed_at", "closed_reason", "stage",
)  # fmt: skip


def choose_kept(one: Lead, other: Lead) -> tuple[Lead, Lead]:
    """(kept, merged) by the rule above. Queries: 2 when both are owned, else none."""
    kept, merged = sorted((one, other), key=_order)
    return kept, merged


def _order(lead: Lead) -> tuple[Any, ...]:
    rank = _RANK[Place(lead.place)]
    held = find_open_assignment(lead) if lead.place == Place.OWNED else None
    if held is None:
        return rank, 0, lead.received_at, lead.pk
    work = 0 if held.first_touched_at else 1 if held.accepted_at else 2
    return rank, work, held.first_touched_at or held.accepted_at or held.started_at, lead.pk


@transaction.atomic
def merge_people(
    *, lead_ids: tuple[int, int], choices: Mapping[str, str], user: Any, reason: str, now: datetime
) -> LeadMerge:
    """Makes two leads one, logged with who and why; `choices` are {unit: "kept" or "merged"}.

    Locks: the identities of both, then both leads. Raises: NotAllowed, InvalidInput.
    """
    _check_may(user)
    if not reason.strip():
        raise InvalidInput("Say why they are one person.", fields={"reason": "required"})
    one, other = _lock_both(lead_ids)
    kept, merged = choose_kept(one, other)
    was = take_snapshot(merged, _PLACE_FIELDS)
    ended = _end_work(merged, kept, now)
    set_place(merged, Place.CLOSED, now)
    merged.closed_at, merged.closed_reason = now, f"Merged into {kept}"[:200]
    if was["closed_at"]:
        set_plain(merged, "closed_at", was["closed_at"])
    place_leads(leads=[merged])
    return combine_leads(
        kept=kept,
        merged=merged,
        choices=choices,
        user=user,
        reason=reason.strip(),
        routing={"place": was, "assignment": ended},
        now=now,
    )


def _check_may(user: Any) -> None:
    if not has_role(user, *REVIEWERS):
        raise NotAllowed("Only managers and marketing can merge leads.")


def _lock_both(lead_ids: tuple[int, int]) -> tuple[Lead, Lead]:
    if lead_ids[0] == lead_ids[1]:
        raise InvalidInput("A lead cannot be merged with itself.", fields={"lead": "the same"})
    # Whoever is just now ingesting a delivery by one of them waits, or we do.
    lock_keys(list_identity_keys(list(lead_ids)))
    locked = lock_leads(lead_ids)
    for lead_id in lead_ids:
        lead = locked.get(lead_id)
        if lead is None or lead.merged_into_id is not None:
            name = lead or "One of the two"
            raise InvalidInput(f"{name} was merged already.", fields={"lead": "merged"})
    return locked[lead_ids[0]], locked[lead_ids[1]]


def _end_work(merged: Lead, kept: Lead, now: datetime) -> dict[str, Any] | None:
    """Ends the open assignment of the merged lead; returns what reopening it needs."""
    assignment = find_open_assignment(merged)
    if assignment is None:
        return None
    running = SlaTimer.objects.filter(
        assignment=assignment, met_at=None, cancelled_at=None
    ).values_list("pk", flat=True)
    ended = {"id": assignment.pk, "timers": list(running)}
    end_assignment(
        assignment=assignment, reason=EndReason.MERGED, note=f"Merged into {kept}", now=now
    )
    return ended


@transaction.atomic
def undo_merge(*, merge_id: int, user: Any, reason: str, now: datetime) -> tuple[Lead, list[str]]:
    """Makes two of one again; returns the lead that is back and what could not be put back.

    Its rep has it again, by the same assignment, unless the rep is inactive by now; clocks run on
    that are not over yet. A lead that was merged as it arrived is routed now. That the two are apart is
    remembered. Locks: identities, leads. Raises: NotAllowed, InvalidInput, CannotUndo.
    """
    _check_may(user)
    if not reason.strip():
        raise InvalidInput("Say why they are two people.", fields={"reason": "required"})
    merge = find_merge(merge_id)
    if merge is None:
        raise CannotUndo("This merge does not exist.")
    lock_keys(list_identity_keys([merge.kept_id]))
    locked = lock_leads([merge.kept_id, merge.merged_id])
    # A merge changes only under the locks of its leads, so only now it is as it stays.
    merge = find_merge(merge_id) or merge
    check_undoable(merge)
    kept, merged = locked[merge.kept_id], locked[merge.merged_id]
    merged.merged_into_id = None
    notes = _put_back(merged, merge.snapshot.get("routing") or {}, now)
    left = separate_leads(
        merge=merge, kept=kept, merged=merged, user=user, reason=reason.strip(), now=now
    )
    merged.save(update_fields=["merged_into"])
    place_leads(leads=[merged])
    if merged.place == Place.WAITING:
        route_leads(lead_ids=[merged.pk], now=now)
    if left:
        names = ", ".join(name.removesuffix("_id").replace("_", " ") for name in left)
        notes.append(f"{kept} keeps what changed since the merge: {names}.")
    return merged, notes


def _put_back(lead: Lead, routing: dict[str, Any], now: datetime) -> list[str]:
    """Places the lead, in memory, where it was before, or lets the rules decide where it cannot be."""
    was, ended = routing.get("place"), routing.get("assignment")
    set_place(lead, Place.WAITING, now)
    if was is None:
        lead.stage = "NEW"
        return []
    lead.stage = was["stage"]
    if was["place"] == Place.OWNED:
        return _reopen(lead, ended, was) if ended else []
    if was["place"] == Place.OFFERED and not _is_queue_open(was["holding_queue_id"]):
        return [f"The queue that {lead} waited in is closed; the rules decided again."]
    for name in _PLACE_FIELDS:
        set_plain(lead, name, was[name])
    return []


def _is_queue_open(queue_id: int | None) -> bool:
    return HoldingQueue.objects.filter(pk=queue_id or 0, is_active=True).exists()


def _reopen(lead: Lead, ended: dict[str, Any], was: dict[str, Any]) -> list[str]:
    assignment = Assignment.objects.select_related("rep").get(pk=ended["id"])
    rep = assignment.rep  # not locked: whoever is deactivated now is swept like any other
    if not rep.is_active:
        return [f"{rep.name}, who had {lead}, is not active any more; the rules decided again."]
    assignment.ended_at, assignment.end_reason, assignment.end_note = None, "", ""
    assignment.save(update_fields=["ended_at", "end_reason", "end_note"])
    # A promise that fell due while the lead was no lead cannot have been broken.
    SlaTimer.objects.filter(pk__in=ended["timers"], due_at__gt=lead.placed_at).update(
        cancelled_at=None
    )
    lead.place, lead.owner_id = Place.OWNED, rep.pk
    set_plain(lead, "placed_at", was["placed_at"])
    return []
