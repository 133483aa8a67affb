"""Deletions that a sender tells of: whom they are about, and what of them is forgotten."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from leadrouter.common.sql import set_columns
from leads.domain.envelope import Kind
from leads.models import IntakeItem, IntakeState, Interaction, Lead, LeadIdentity
from leads.services.erasing import ERASED, discard_for_good, erase_deliveries, erase_leads
from leads.services.threads import Key, Waiting, kind_of, thread_key

PARTLY = (
    "The sender asked to delete what it had told of this person. The person is known from elsewhere "
    "too, so the rest is kept: delete it as well if the person asked for that."
)


def is_to_be_forgotten(
    item: IntakeItem, by_key: Mapping[Key, Lead], waiting_for: Mapping[Key, Sequence[Waiting]]
) -> bool:
    """Whether the delivery's record was deleted, before or after it arrived."""
    key = thread_key(item)
    if key is None:
        return False
    lead = by_key.get(key)
    if lead is not None:
        return lead.erased_at is not None
    return any(one.is_deletion for one in waiting_for.get(key, ()))


def forget(
    left: Sequence[IntakeItem],
    by_key: Mapping[Key, Lead],
    waiting_for: Mapping[Key, Sequence[Waiting]],
    now: datetime,
) -> tuple[list[Lead], list[IntakeItem]]:
    """Carries out the deletions among what no lead was found or made for.

    Returns the leads that were erased as a whole, and the deliveries that have to wait: also the
    deletions of what is not there (any more), which hold its place for ever.
    """
    deletions = [(item, thread_key(item)) for item in left if kind_of(item) == Kind.LEAD_DELETED]
    gone = {key for _, key in deletions if key and key not in by_key}
    doomed = [one.pk for key in gone for one in waiting_for.get(key, ()) if not one.is_deletion]
    unplaced, erased = [], {}
    for item in left:
        if kind_of(item) == Kind.LEAD_DELETED:
            continue
        is_doomed = thread_key(item) in gone or is_to_be_forgotten(item, by_key, waiting_for)
        (doomed.append(item.pk) if is_doomed else unplaced.append(item))
    for item, key in deletions:
        lead = by_key.get(key) if key else None
        if lead is not None and _is_known_only_by(lead, item):
            erased[lead.pk] = lead
            _mark_done(item, lead, now)
        else:
            if lead is not None and lead.erased_at is None:
                _forget_thread(lead, item, now)
            unplaced.append(item)
    discard_for_good(ids=doomed, now=now)
    if erased:
        erase_leads(leads=list(erased.values()), now=now)
    return list(erased.values()), unplaced


def _is_known_only_by(lead: Lead, item: IntakeItem) -> bool:
    others = IntakeItem.objects.filter(lead_id=lead.pk).exclude(
        endpoint_id=item.endpoint_id, thread=item.thread
    )
    return not others.exists()


def _forget_thread(lead: Lead, item: IntakeItem, now: datetime) -> None:
    of_thread = Q(lead_id=lead.pk, endpoint_id=item.endpoint_id, thread=item.thread)
    erase_deliveries(items=of_thread, now=now)
    key = thread_key(item)
    if key:
        LeadIdentity.objects.filter(kind=key[0], value=key[1]).delete()
    Interaction.objects.create(
        lead_id=lead.pk,
        kind=Interaction.Kind.STATUS,
        occurred_at=now,
        summary="Deletion asked for by the sender",
        body=PARTLY,
    )


def _mark_done(item: IntakeItem, lead: Lead, now: datetime) -> None:
    set_columns(
        IntakeItem,
        ("state", "lead_id", "processed_at", "claimed_until", "last_error"),
        [(item.pk, IntakeState.LINKED, lead.pk, now, None, ERASED)],
    )
