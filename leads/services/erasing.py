"""Forgets people: what is left of them is that somebody was there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from leads.models import (
    Consent,
    DuplicatePair,
    ImportRow,
    IntakeItem,
    IntakeState,
    Interaction,
    Lead,
    LeadIdentity,
    LeadKey,
    LeadMerge,
    Place,
    Stage,
    Suggestion,
)

ERASED = "Deleted at the request of the person or of the sender."
_TEXT = (
    "first_name", "last_name", "full_name", "email", "email_domain", "phone", "phone_e164",
    "phone_country", "job_title", "seniority", "job_function", "language", "company_name",
    "company_domain", "website", "industry", "country", "subdivision", "city",
    "postal_code", "street", "message",
)  # fmt: skip
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(_TEXT, ""),
    "is_free_mail": False,
    "employees": None,
    "products": [],
    "custom": {},
    "first_touch": {},
    "last_touch": {},
    "told_at": {},
    "consent": None,
    "quality": None,
    "account_id": None,
    "account_match": "",
}


def erase_leads(*, leads: Sequence[Lead], now: datetime, reason: str = ERASED) -> None:
    """Removes everything personal from the (locked) leads, their deliveries and their timelines.

    The rows stay, closed, with their numbers: what was counted stays counted. Threads stay too, so
    that a late delivery cannot bring the person back. Runs inside the caller's transaction; who owned
    the leads is the caller's to settle (`routing.services.erasing`).
    """
    ids = [lead.pk for lead in leads]
    ids += Lead.objects.filter(merged_into_id__in=ids).values_list("pk", flat=True)
    for lead in leads:
        for name, value in _EMPTY.items():
            setattr(lead, name, value)
        lead.erased_at = lead.updated_at = now
    Lead.objects.filter(pk__in=ids).update(**_EMPTY, erased_at=now, updated_at=now)
    LeadIdentity.objects.filter(lead_id__in=ids).exclude(kind=LeadIdentity.Kind.THREAD).delete()
    LeadKey.objects.filter(lead_id__in=ids).delete()
    Suggestion.objects.filter(lead_id__in=ids).delete()
    Consent.objects.filter(lead_id__in=ids).update(ip=None)
    DuplicatePair.objects.filter(Q(one_id__in=ids) | Q(other_id__in=ids)).delete()
    LeadMerge.objects.filter(kept_id__in=ids).update(evidence=[], snapshot={})
    erase_deliveries(items=Q(lead_id__in=ids), now=now, reason=reason)
    Interaction.objects.filter(lead_id__in=ids).update(summary="Deleted", body="", data={})
    _forget_names(Lead, ids)


def erase_deliveries(*, items: Q, now: datetime, reason: str = ERASED) -> None:
    """Removes what deliveries said, wherever it is kept: payload, bytes, row of a file, timeline."""
    found = IntakeItem.objects.filter(items)
    pks = list(found.values_list("pk", flat=True))
    ImportRow.objects.filter(intake_item_id__in=pks).update(values=[])
    Interaction.objects.filter(intake_item_id__in=pks).update(summary="Deleted", body="", data={})
    # Several leads of one delivery share its bytes, which the first of them holds.
    shared = found.filter(payload__raw_of__isnull=False).values_list("payload__raw_of", flat=True)
    IntakeItem.objects.filter(public_id__in=list(shared)).update(raw=b"")
    IntakeItem.objects.filter(pk__in=pks).update(
        payload={"fields": {}, "touch": {}, "extra": {}},
        raw=b"",
        warnings=[],
        client_ip=None,
        user_agent="",
        last_error=reason,
    )
    _forget_names(IntakeItem, pks)


def discard_for_good(*, ids: Sequence[int], now: datetime) -> None:
    """Gives up deliveries about somebody who is to be forgotten, and what they said."""
    if not ids:
        return
    erase_deliveries(items=Q(pk__in=ids), now=now)
    IntakeItem.objects.filter(pk__in=ids).update(
        state=IntakeState.DISCARDED, processed_at=now, claimed_until=None
    )


def close_in_memory(lead: Lead, now: datetime, reason: str = ERASED) -> None:
    """Where an erased lead is: nowhere to be worked on. The caller writes it."""
    lead.place, lead.placed_at = Place.CLOSED, now
    lead.stage, lead.closed_at, lead.closed_reason = Stage.DISQUALIFIED, now, reason
    lead.owner_id = lead.holding_queue_id = lead.retry_at = None
    lead.parked_reason = lead.parked_detail = lead.nurture_track = ""


def _forget_names(model: Any, ids: Sequence[int]) -> None:
    """The log of the admin names what it changed."""
    kind = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=kind, object_id__in=[str(pk) for pk in ids])
    entries.update(object_repr="(deleted)")
