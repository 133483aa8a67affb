"""A history: many leads of the past, worked and closed, as a real installation has them."""

import random
from datetime import datetime, timedelta

from django.utils import timezone

from bench.organisation import api_endpoint
from bench.stage import SEED
from leadrouter.common.sql import insert_all, insert_rows
from leads.models import IntakeItem, Interaction, Lead, LeadIdentity, Place, Stage
from reps.models import Rep
from routing.models import Assignment, Decision, EndReason

CHUNK = 2000
OPEN_SHARE = 0.01


def store_leads(count: int) -> None:
    """Adds that many leads with delivery, interaction, decision and assignment; 1 % are open."""
    draw = random.Random(SEED)
    reps = list(Rep.objects.order_by("pk"))
    first = Lead.objects.count()
    for start in range(first, first + count, CHUNK):
        numbers = range(start, min(start + CHUNK, first + count))
        _store_chunk([f"old{number}" for number in numbers], reps, draw)


def _store_chunk(names: list[str], reps: list[Rep], draw: random.Random) -> None:
    now = timezone.now()
    leads = [_lead(name, reps, draw, now) for name in names]
    owners = {lead.email: draw.choice(reps) for lead in leads}
    for lead in leads:
        if lead.place == Place.OWNED:
            lead.owner_id = owners[lead.email].pk
    insert_all(leads)
    insert_rows(
        LeadIdentity, ("lead_id", "kind", "value"), [(x.pk, "EMAIL", x.email) for x in leads]
    )
    _store_deliveries(leads)
    decisions = [
        Decision(
            lead_id=lead.pk,
            epoch=1,
            kind="RULES",
            outcome="ASSIGNED",
            rep_id=owners[lead.email].pk,
            decided_at=lead.received_at,
        )
        for lead in leads
    ]
    insert_all(decisions)
    _store_assignments(leads, decisions)


def _lead(name: str, reps: list[Rep], draw: random.Random, now: datetime) -> Lead:
    received_at = now - timedelta(seconds=draw.randrange(3600, 400 * 86400))
    is_open = draw.random() < OPEN_SHARE
    return Lead(
        first_name="Ada",
        last_name=f"Name{draw.randrange(20_000)}",
        full_name=f"Ada {name}",
        email=f"{name}@company{draw.randrange(20_000)}.example",
        company_name=f"Company {draw.randrange(20_000)}",
        country=draw.choice(("US", "DE", "GB", "SG")),
        source_id=api_endpoint_source(),
        channel="API",
        stage=Stage.SALES_ACCEPTED if is_open else draw.choice((Stage.WON, Stage.LOST)),
        place=Place.OWNED if is_open else Place.CLOSED,
        closed_at=None if is_open else received_at + timedelta(days=1),
        routing_epoch=1,
        interaction_count=1,
        received_at=received_at,
        last_received_at=received_at,
        placed_at=received_at,
    )


def api_endpoint_source() -> int:
    """The source of every stored lead, looked up once."""
    if not _source:
        _source.append(api_endpoint().source_id)
    return _source[0]


_source: list[int] = []


def _store_deliveries(leads: list[Lead]) -> None:
    endpoint = api_endpoint()
    items = [
        IntakeItem(
            endpoint=endpoint,
            dedupe_key=lead.email,
            body_hash="0" * 64,
            payload={"fields": {"email": lead.email}},
            received_at=lead.received_at,
            state="LINKED",
            lead_id=lead.pk,
        )
        for lead in leads
    ]
    IntakeItem.objects.bulk_create(items)
    insert_rows(
        Interaction,
        ("lead_id", "kind", "occurred_at", "summary", "source_id"),
        [(x.pk, "API", x.received_at, "Asked for a demo", x.source_id) for x in leads],
    )


def _store_assignments(leads: list[Lead], decisions: list[Decision]) -> None:
    rows = []
    for lead, decision in zip(leads, decisions, strict=True):
        ended = None if lead.place == Place.OWNED else lead.received_at + timedelta(days=1)
        reason = "" if ended is None else EndReason.CLOSED
        rows.append((lead.pk, decision.rep_id, decision.pk, lead.received_at, ended, reason, 1))
    insert_rows(
        Assignment,
        ("lead_id", "rep_id", "decision_id", "started_at", "ended_at", "end_reason", "load_after"),
        rows,
    )
