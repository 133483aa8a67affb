"""Works off what waits: deliveries become leads, leads get a place. The tables are the queue.

Any number of drains may run at once, in workers and in the sweeper; each holds what it claimed.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from leadrouter.common.organisation import Stamps
from leadrouter.common.rows import pipelined
from leads.models import IntakeItem, IntakeState, Lead, ParkedReason, Place
from leads.selectors.identities import lock_leads
from leads.selectors.intake import list_items, lock_items
from leads.services.deliveries import read_items
from leads.services.ingesting import ingest_items
from routing.engine.faults import describe_error
from routing.models import Incident
from routing.selectors.waiting import claim_work
from routing.services.assigning import route_leads
from routing.services.erasing import settle_erased
from routing.services.incidents import Sight, record_incidents
from routing.services.placing import place_leads

logger = logging.getLogger(__name__)

# The database is away or chose us as a deadlock's victim: nothing is wrong with the lead.
TRANSIENT = (OperationalError, InterfaceError)
ERROR_LENGTH = 2000


@dataclass(slots=True)
class DrainReport:
    """What one drain did: items that became leads, leads decided about, and what failed."""

    items: int = 0
    leads: int = 0
    failed: int = 0


def drain(
    *, clock: Callable[[], datetime], batch_size: int | None = None, time_limit_seconds: int = 20
) -> DrainReport:
    """Takes everything that waits through normalise → identify → route → assign, batch by batch."""
    size = batch_size or settings.DRAIN_BATCH_SIZE
    attempts = settings.INTAKE_MAX_ATTEMPTS
    report = DrainReport()
    until = clock() + timedelta(seconds=time_limit_seconds)
    while (now := clock()) < until:
        work = claim_work(limit=size, max_attempts=attempts, now=now)
        if work.items:
            _process_items(work.items, report, now, work.stamps)
        elif work.lead_ids:
            _route(work.lead_ids, report, now)
        else:
            break
    return report


def _process_items(
    claimed: list[IntakeItem], report: DrainReport, now: datetime, stamps: Stamps
) -> None:
    try:
        # Cleansing is a third of the work and needs no lock; on SQLite nobody writes meanwhile.
        readings = read_items(claimed)
        with transaction.atomic(), pipelined():
            items = lock_items(claimed)
            ingested = ingest_items(items=items, now=now, readings=readings, stamps=stamps)
            settle_erased(leads=ingested.erased, now=now)
            routed = route_leads(
                lead_ids=ingested.to_route, now=now, held=ingested.leads, stamps=stamps
            )
        report.leads += len(routed)
        report.items += len(items) - ingested.unusable
        report.failed += ingested.unusable
    except Exception as error:  # noqa: BLE001 -- met again, one by one, where it is logged
        if len(claimed) > 1:
            logger.warning("A batch of %d failed (%s); going on one by one.", len(claimed), error)
        for item in claimed:
            _process_item(item.pk, report, now)


def _process_item(item_id: int, report: DrainReport, now: datetime) -> None:
    """One delivery alone, stored even when it cannot be routed."""
    try:
        with transaction.atomic():
            items = lock_items(list_items([item_id]))
            ingested = ingest_items(items=items, now=now)
            settle_erased(leads=ingested.erased, now=now)
        report.items += len(items) - ingested.unusable
        report.failed += ingested.unusable
    except TRANSIENT:
        IntakeItem.objects.filter(pk=item_id).update(
            attempts=F("attempts") - 1, claimed_until=now + timedelta(seconds=1)
        )
    except Exception as error:  # whatever is wrong with one delivery must not stop the others
        logger.exception("Intake item %d failed.", item_id)
        _record_failure(item_id, error, now)
        report.failed += 1
    else:
        _route(ingested.to_route, report, now)


def _bury(item_id: int, reason: str, now: datetime) -> None:
    IntakeItem.objects.filter(pk=item_id, state=IntakeState.RECEIVED).update(
        state=IntakeState.DEAD,
        last_error=reason[:ERROR_LENGTH],
        processed_at=now,
        claimed_until=None,
    )


def _record_failure(item_id: int, error: Exception, now: datetime) -> None:
    """Keeps the error; after the last attempt the item is a dead letter, before that it waits longer."""
    item = IntakeItem.objects.only("attempts").get(pk=item_id)
    text = f"{type(error).__name__}: {error}"
    if item.attempts >= settings.INTAKE_MAX_ATTEMPTS:
        _bury(item_id, text, now)
        return
    IntakeItem.objects.filter(pk=item_id).update(
        last_error=text[:ERROR_LENGTH], claimed_until=now + timedelta(seconds=2**item.attempts)
    )


def _route(lead_ids: list[int], report: DrainReport, now: datetime) -> None:
    if not lead_ids:
        return
    try:
        with transaction.atomic(), pipelined():
            report.leads += len(route_leads(lead_ids=lead_ids, now=now))
    except TRANSIENT:
        Lead.objects.filter(pk__in=lead_ids).update(
            routing_attempts=0, retry_at=now + timedelta(seconds=1)
        )
    except Exception as error:
        logger.exception("Routing of %d leads failed.", len(lead_ids))
        if len(lead_ids) > 1:
            for lead_id in lead_ids:
                _route([lead_id], report, now)
        else:
            _record_routing_failure(lead_ids[0], error, now)
            report.failed += 1


def _record_routing_failure(lead_id: int, error: Exception, now: datetime) -> None:
    """A lead that cannot be decided about is tried again later and at last parked, with the error."""
    with transaction.atomic():
        lead = lock_leads([lead_id]).get(lead_id)
        if lead is None or lead.place not in {Place.WAITING, Place.PARKED}:
            return
        lead.routing_attempts = max(lead.routing_attempts, 1)
        lead.retry_at = now + timedelta(seconds=2**lead.routing_attempts)
        message = describe_error(error)
        if lead.routing_attempts >= settings.INTAKE_MAX_ATTEMPTS:
            park_broken(lead, message, now)
        place_leads(leads=[lead])
        record_incidents(
            sights=[Sight(Incident.Kind.ROUTING, "deciding about a lead", message, lead_id)],
            now=now,
        )


def park_broken(lead: Lead, detail: str, now: datetime) -> None:
    """Sets a (locked) lead aside, in memory, because routing itself fails on it."""
    lead.place, lead.placed_at = Place.PARKED, now
    lead.parked_reason = ParkedReason.ROUTING_ERROR
    lead.parked_detail = detail[:500]
    lead.retry_at = None


def bury_exhausted(*, now: datetime) -> int:
    """Ends what killed its worker on every attempt, so that nothing is tried for ever.

    Returns how many deliveries became dead letters and leads were parked.
    """
    limit = settings.INTAKE_MAX_ATTEMPTS
    items = IntakeItem.objects.filter(
        state=IntakeState.RECEIVED, attempts__gte=limit, claimed_until__lt=now
    ).update(
        state=IntakeState.DEAD,
        last_error=f"Gave up after {limit} attempts; the last one ended its worker.",
        processed_at=now,
    )
    with transaction.atomic():
        stuck = Lead.objects.filter(
            place__in=[Place.WAITING, Place.PARKED], routing_attempts__gte=limit, retry_at__lt=now
        )
        leads = list(lock_leads(stuck.values_list("pk", flat=True)).values())
        message = f"Gave up after {limit} attempts."
        for lead in leads:
            park_broken(lead, message, now)
        place_leads(leads=leads)
        kind = Incident.Kind.ROUTING
        record_incidents(
            sights=[Sight(kind, "deciding about a lead", message, lead.pk) for lead in leads],
            now=now,
        )
    return items + len(leads)
