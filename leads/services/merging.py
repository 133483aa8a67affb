"""Two leads become one, and one becomes two again.

The lead that is merged stays as a row that leads on to the other: its decisions, assignments and
clocks are history and are never rewritten, and whoever has its id finds the person. What the person
did (deliveries, touches, addresses) moves. Where leads are and whose is `routing.services.merging`,
which calls this.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from leadrouter.common.errors import DomainError, InvalidInput
from leads.domain.blocking import blocking_keys
from leads.domain.companies import company_key
from leads.domain.draft import Draft
from leads.domain.merge_units import KEPT, MERGED, UNITS, chosen_values
from leads.domain.person import email_key_of
from leads.domain.survivorship import merge_fields
from leads.models import (
    Consent,
    DuplicatePair,
    IntakeItem,
    Interaction,
    Lead,
    LeadIdentity,
    LeadKey,
    LeadMerge,
)
from leads.selectors.candidates import person_of_lead
from leads.services import lead_rows
from leads.services.snapshots import FIELDS, find_changes, put_back, take_snapshot


class CannotUndo(DomainError):  # noqa: N818 -- named as the user would say it
    """The merge cannot be taken back as things are."""

    code = "cannot_undo"


def plan_merge(*, kept: Lead, merged: Lead, choices: Mapping[str, str]) -> dict[str, Any]:
    """Returns {field: value} that the kept lead gets, by survivorship and a person's choices.

    Raises: InvalidInput for a choice that is none.
    """
    for unit, side in choices.items():
        if unit not in UNITS or side not in (KEPT, MERGED):
            raise InvalidInput("Choose one of the two values.", fields={unit: "unknown"})
    is_newer = merged.last_received_at >= kept.last_received_at
    values: dict[str, Any] = dict(
        merge_fields(_known_fields(kept), _as_draft(merged), is_newer=is_newer)
    )
    values.pop("email_key", None)
    if "products" in values:
        values["products"] = list(values["products"])
    if "company_name" in values or kept.account_id is None:
        source = merged if merged.account_id else kept
        values["account_id"], values["account_match"] = source.account_id, source.account_match
    values |= _history(kept, merged)
    sides = [{name: getattr(lead, name) for name in FIELDS} for lead in (merged, kept)]
    return values | chosen_values(choices, *sides)


def _known_fields(lead: Lead) -> dict[str, Any]:
    known = {name: getattr(lead, name) for name in lead_rows.MERGED}
    known["products"] = tuple(lead.products)
    return known | {"email_key": email_key_of(lead.email, lead.email_domain)}


def _as_draft(lead: Lead) -> Draft:
    return Draft(
        **(_known_fields(lead) | {"company_key": company_key(lead.company_name or "")}),
    )


def _history(kept: Lead, merged: Lead) -> dict[str, Any]:
    """First things come from whoever was here first, last things from whoever was here last."""
    first, second = sorted((kept, merged), key=lambda lead: (lead.received_at, lead.pk))
    last = max((kept, merged), key=lambda lead: lead.last_received_at)
    touched = [one.first_touched_at for one in (kept, merged) if one.first_touched_at]
    return {
        "source_id": first.source_id,
        "channel": first.channel,
        "campaign": first.campaign or second.campaign,
        "first_touch": first.first_touch,
        "first_channel_group": first.first_channel_group,
        "last_touch": last.last_touch,
        "last_channel_group": last.last_channel_group,
        "marketing_campaign_id": first.marketing_campaign_id or second.marketing_campaign_id,
        "custom": {**first.custom, **second.custom},
        "received_at": first.received_at,
        "last_received_at": last.last_received_at,
        "first_touched_at": min(touched, default=None),
        "score": kept.score if kept.score is not None else merged.score,
        "grade": kept.grade or merged.grade,
        "deal_value": kept.deal_value if kept.deal_value is not None else merged.deal_value,
        "deal_currency": kept.deal_currency or merged.deal_currency,
    }


def combine_leads(
    *,
    kept: Lead,
    merged: Lead,
    choices: Mapping[str, str],
    user: Any,
    reason: str,
    routing: dict[str, Any],
    now: datetime,
) -> LeadMerge:
    """Moves what the person did to the (locked) kept lead and notes how to undo it.

    Sets `merged_into` in memory; the caller places both leads and saves. `routing` is what the
    caller needs for undoing. Runs inside the caller's transaction.
    """
    before = take_snapshot(kept)
    for name, value in plan_merge(kept=kept, merged=merged, choices=choices).items():
        setattr(kept, name, value)
    kept.interaction_count += merged.interaction_count
    pair = _find_pair(kept, merged)
    snapshot = {
        "kept": find_changes(before, kept),
        "merged": {"interaction_count": merged.interaction_count},
        "moved": _move_rows(merged, kept),
        "routing": routing,
    }
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    save_fields(kept, now)
    merge = LeadMerge.objects.create(
        kept=kept,
        merged=merged,
        merged_at=now,
        merged_by=user,
        reason=reason[:200],
        points=pair.points if pair else None,
        evidence=pair.evidence if pair else [],
        snapshot=snapshot,
    )
    _settle_pairs(merge, user, now)
    _log(kept, f"Merged with {merged}: {reason}", user, now)
    return merge


def save_fields(lead: Lead, now: datetime) -> None:
    """Writes what a merge may change, and files the lead under its keys."""
    lead.updated_at = now
    lead.save(update_fields=[*FIELDS, "interaction_count", "updated_at"])
    LeadKey.objects.bulk_create(
        [LeadKey(key=key, lead_id=lead.pk) for key in blocking_keys(person_of_lead(lead))],
        ignore_conflicts=True,
    )


def _move_rows(origin: Lead, target: Lead) -> dict[str, list[Any]]:
    """Gives deliveries, touches and addresses to the target; returns what was moved."""
    items = list(IntakeItem.objects.filter(lead=origin).values_list("pk", flat=True))
    interactions = list(Interaction.objects.filter(lead=origin).values_list("pk", flat=True))
    consents = list(Consent.objects.filter(lead=origin).values_list("pk", flat=True))
    identities = LeadIdentity.objects.filter(lead=origin)
    moved: dict[str, list[Any]] = {
        "items": items,
        "interactions": interactions,
        "consents": consents,
        "identities": [list(key) for key in identities.values_list("kind", "value")],
    }
    identities.update(lead=target)
    IntakeItem.objects.filter(pk__in=items).update(lead=target)
    Interaction.objects.filter(pk__in=interactions).update(lead=target)
    Consent.objects.filter(pk__in=consents).update(lead=target)
    return moved


def _find_pair(one: Lead, other: Lead) -> DuplicatePair | None:
    low, high = sorted((one.pk, other.pk))
    return DuplicatePair.objects.filter(one_id=low, other_id=high).first()


def _settle_pairs(merge: LeadMerge, user: Any, now: datetime) -> None:
    """The pair is decided; open pairs of the merged lead become pairs of the kept one."""
    low, high = sorted((merge.kept_id, merge.merged_id))
    decided = {"state": DuplicatePair.State.MERGED, "decided_at": now, "decided_by": user}
    DuplicatePair.objects.filter(one_id=low, other_id=high).update(**decided)
    gone = Q(one=merge.merged_id) | Q(other=merge.merged_id)
    for pair in DuplicatePair.objects.filter(gone, state=DuplicatePair.State.OPEN):
        third = pair.other_id if pair.one_id == merge.merged_id else pair.one_id
        first, second = sorted((merge.kept_id, third))
        DuplicatePair.objects.get_or_create(
            one_id=first,
            other_id=second,
            defaults={"points": pair.points, "evidence": pair.evidence, "found_at": now},
        )
        pair.delete()


def separate_leads(
    *, merge: LeadMerge, kept: Lead, merged: Lead, user: Any, reason: str, now: datetime
) -> list[str]:
    """Gives both (locked) leads back what they were; the caller places the merged one.

    A field of the kept lead that changed again since the merge stays; their names are returned. What
    came after the merge stays with the kept lead. Raises: CannotUndo.
    """
    check_undoable(merge)
    _, left = put_back(kept, merge.snapshot["kept"])
    count = int(merge.snapshot["merged"].get("interaction_count", 0))
    kept.interaction_count = max(0, kept.interaction_count - count)
    _move_back(merge.snapshot["moved"], kept, merged)
    merged.merged_into = None
    save_fields(kept, now)
    save_fields(merged, now)
    merge.undone_at, merge.undone_by, merge.undo_reason = now, user, reason[:200]
    merge.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    _remember_apart(merge, user, now)
    for lead, other in ((kept, merged), (merged, kept)):
        _log(lead, f"No longer one with {other}: {reason}", user, now)
    return left


def check_undoable(merge: LeadMerge) -> None:
    """Raises: CannotUndo with the sentence that says what must be undone first."""
    if merge.undone_at is not None:
        raise CannotUndo("This merge has been undone already.")
    if merge.kept.erased_at is not None:
        raise CannotUndo("This person was deleted: nothing is left to put back.")
    if merge.kept.merged_into_id is not None:
        raise CannotUndo(
            f"{merge.kept} was itself merged into {merge.kept.merged_into} afterwards. "
            "Undo that merge first."
        )
    later = LeadMerge.objects.filter(kept=merge.kept_id, undone_at=None, pk__gt=merge.pk)
    if (latest := later.select_related("merged").first()) is not None:
        raise CannotUndo(
            f"{latest.merged} was merged into {merge.kept} afterwards. Undo that merge first."
        )


def _move_back(moved: dict[str, list[Any]], kept: Lead, merged: Lead) -> None:
    items, touches = moved["items"], moved["interactions"]
    IntakeItem.objects.filter(pk__in=items, lead=kept).update(lead=merged)
    Interaction.objects.filter(Q(pk__in=touches) | Q(intake_item__in=items), lead=kept).update(
        lead=merged
    )
    # Merges of deliveries never moved any; those of earlier versions do not say.
    Consent.objects.filter(
        Q(pk__in=moved.get("consents", [])) | Q(intake_item__in=items), lead=kept
    ).update(lead=merged)
    for kind, value in moved["identities"]:
        LeadIdentity.objects.filter(kind=kind, value=value, lead=kept).update(lead=merged)


def _remember_apart(merge: LeadMerge, user: Any, now: datetime) -> None:
    low, high = sorted((merge.kept_id, merge.merged_id))
    decided = {"state": DuplicatePair.State.APART, "decided_at": now, "decided_by": user}
    pairs = DuplicatePair.objects.filter(one_id=low, other_id=high)
    if not pairs.update(**decided):
        DuplicatePair.objects.create(
            one_id=low,
            other_id=high,
            points=merge.points or 0.0,
            evidence=merge.evidence,
            found_at=merge.merged_at,
            **decided,
        )


def _log(lead: Lead, summary: str, user: Any, now: datetime) -> None:
    Interaction.objects.create(
        lead=lead,
        kind=Interaction.Kind.STATUS,
        occurred_at=now,
        summary=summary[:500],
        actor=user,
    )
