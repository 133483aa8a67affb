"""What a delivery makes of a lead: a new one, or more about one that is known."""

from datetime import datetime
from typing import Any

from leads.domain.draft import Draft
from leads.domain.emails import read_email
from leads.domain.envelope import Kind
from leads.domain.notes import Notes
from leads.domain.telling import EVERYTHING_ELSE, is_newer, merge_told
from leads.models import Account, Lead, Place, Source
from leads.selectors.attribution import AttributionSetup
from leads.services.attributing import DERIVED, find_origin, refresh_derived
from leads.services.deliveries import Delivery, get_occurred_at
from leads.services.threads import kind_of

# Columns a later delivery may improve; identity, ownership and history are not among them.
MERGED = (
    "first_name", "last_name", "full_name", "email", "email_domain", "is_free_mail",
    "phone", "phone_e164", "phone_country", "job_title", "language", "company_name",
    "company_domain", "website", "industry", "employees", "country", "subdivision", "city",
    "postal_code", "street", "products", "message", "campaign", "consent",
)  # fmt: skip
UPDATED = (
    *MERGED, *DERIVED, "account_id", "account_match", "last_touch", "last_channel_group",
    "marketing_campaign_id", "custom", "told_at", "interaction_count", "last_received_at",
    "received_at", "place", "placed_at", "retry_at", "parked_reason", "parked_detail",
    "closed_at", "closed_reason", "nurture_track", "stage", "routing_attempts",
)  # fmt: skip


def get_email_key(lead: Lead) -> str:
    """The address by which a lead is recognised, or ""."""
    return read_email(lead.email, Notes()).key


def draft_values(draft: Draft, source: Source) -> dict[str, Any]:
    """Returns the columns of a new lead that come from its draft."""
    values: dict[str, Any] = {name: getattr(draft, name) for name in MERGED}
    values["products"] = list(draft.products)
    values["campaign"] = draft.campaign or source.campaign
    return values


def make_lead(
    delivery: Delivery, account: Account | None, setup: AttributionSetup, now: datetime
) -> Lead:
    item = delivery.item
    source = item.endpoint.source
    told_at = get_occurred_at(delivery)
    origin = find_origin(item, setup, told_at)
    lead = Lead(
        **draft_values(delivery.draft, source),
        account=account,
        account_match=delivery.account_match,
        source=source,
        channel=item.endpoint.channel,
        told_at={} if told_at == item.received_at else {EVERYTHING_ELSE: told_at.isoformat()},
        first_touch=origin.first,
        last_touch=origin.last,
        first_channel_group=origin.first["channel_group"],
        last_channel_group=origin.last["channel_group"],
        marketing_campaign_id=origin.campaign_id,
        custom=delivery.custom,
        interaction_count=1,
        received_at=item.received_at,
        last_received_at=item.received_at,
        placed_at=now,
    )
    refresh_derived(lead)
    return lead


def meet_again(
    lead: Lead,
    delivery: Delivery,
    account: Account | None,
    setup: AttributionSetup,
    now: datetime,
) -> None:
    item, draft = delivery.item, delivery.draft
    existing = {name: getattr(lead, name) for name in MERGED}
    existing["products"] = tuple(lead.products)
    existing["email_key"] = get_email_key(lead)
    at, kind = get_occurred_at(delivery), kind_of(item)
    changes, told_at = merge_told(
        existing,
        draft,
        at=at,
        told_at=lead.told_at,
        first_at=lead.received_at,
        is_correction=kind == Kind.LEAD_UPDATED,
    )
    for name, value in changes.items():
        if name != "email_key":
            setattr(lead, name, list(value) if isinstance(value, tuple) else value)
    if lead.account_id is None:  # reading `lead.account` here would be a query for each lead
        lead.account, lead.account_match = account, delivery.account_match
    # An earlier delivery that was late says nothing of how the person came last.
    if kind == Kind.LEAD_CREATED and item.received_at >= lead.last_received_at:
        _note_touch(lead, delivery, setup)
    refresh_derived(lead)
    if delivery.custom:
        newer = is_newer("custom", at, told_at, lead.received_at)
        lead.custom = (
            {**lead.custom, **delivery.custom} if newer else {**delivery.custom, **lead.custom}
        )
        if newer:
            told_at["custom"] = at.isoformat()
    if item.received_at < lead.received_at:
        # What nothing else is known of was told at the first moment: that must not move back.
        told_at.setdefault(EVERYTHING_ELSE, lead.received_at.isoformat())
        lead.received_at = item.received_at
    lead.told_at = told_at
    lead.interaction_count += 1
    lead.last_received_at = max(lead.last_received_at, item.received_at)
    if lead.place in _WAKEABLE.get(kind, _COMING_BACK):
        _wake(lead, now)


def _note_touch(lead: Lead, delivery: Delivery, setup: AttributionSetup) -> None:
    """Keeps how the person came this time; how they came first stays as it is.

    A delivery that knows of no visit, and whose way in says nothing either, changes nothing.
    """
    origin = find_origin(delivery.item, setup, get_occurred_at(delivery))
    if not origin.is_telling:
        return
    lead.last_touch = origin.last
    lead.last_channel_group = origin.last["channel_group"]
    lead.marketing_campaign_id = lead.marketing_campaign_id or origin.campaign_id


# A person who comes back is routed again; a record that is corrected is no person who comes back,
# but what was parked for want of a rule may find one now.
_COMING_BACK = frozenset({Place.CLOSED, Place.NURTURED, Place.PARKED})
_WAKEABLE: dict[str, frozenset[Place]] = {
    Kind.LEAD_CREATED: _COMING_BACK,
    Kind.INTERACTION_ADDED: _COMING_BACK,
    Kind.LEAD_UPDATED: frozenset({Place.PARKED}),
}


def _wake(lead: Lead, now: datetime) -> None:
    """A person who comes back is routed again, with what they now told us."""
    if lead.place != Place.PARKED:
        lead.stage = "NEW"
    lead.place, lead.placed_at = Place.WAITING, now
    lead.parked_reason = lead.parked_detail = lead.nurture_track = lead.closed_reason = ""
    lead.closed_at = lead.retry_at = None
    lead.routing_attempts = 0
