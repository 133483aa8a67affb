"""A backlog of waiting deliveries, drained by one process, against one ORM task per lead."""

import json
import uuid
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from bench.measuring import Spent, StatementCount, spending
from bench.organisation import api_endpoint
from bench.peer import route_one
from bench.people import Crowd
from bench.stage import SEED
from bench.stored import store_leads
from bench.table import print_table, verdict
from leads.domain.cleansing import warm_up
from leads.models import IntakeItem, Lead
from routing.services.draining import drain


def fill_intake(count: int, *, label: str, now: datetime) -> list[int]:
    """Stores deliveries that wait, as the API would have; returns their ids."""
    crowd, endpoint = Crowd(SEED, label=label), api_endpoint()
    items = []
    for number in range(count):
        payload = crowd.payload()
        items.append(
            IntakeItem(
                public_id=uuid.uuid4(),
                endpoint=endpoint,
                dedupe_key=f"{label}-{number}",
                body_hash="0" * 64,
                raw=json.dumps(payload["fields"]).encode(),
                payload=payload,
                received_at=now + timedelta(microseconds=number),
            )
        )
    IntakeItem.objects.bulk_create(items, batch_size=500)
    return [item.pk for item in items]


def analyse() -> None:
    """Gives the planner its statistics, as autovacuum does in real life."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def run(*, is_quick: bool) -> None:
    """Prints the ratio to the peer, statements and CPU per lead, and the growth with stored leads."""
    backlog, sample = (500, 30) if is_quick else (20_000, 1500)
    warm_up()
    now = timezone.now()
    drain_backlog(fill_intake(200, label="warm", now=now))
    # First, so that the backlog is drained beside all these leads, and the peer as well.
    print_growth((500, 1000) if is_quick else (1000, 10_000, 100_000), sample=backlog // 10)
    peer = route_by_peer(fill_intake(sample, label="peer", now=now))
    ours = drain_backlog(fill_intake(backlog, label="ours", now=now))
    print_table(
        f"Backlog on {connection.vendor}: {backlog} waiting deliveries, one process, beside those leads",
        ("", "deliveries", "leads/s", "CPU ms/lead", "statements/lead"),
        [("one ORM task per lead (no queue in between)", *peer), ("leadrouter drain", *ours)],
    )
    print(f"  ratio leads/s: {verdict(ours[1] / peer[1], 10)}; peer measured on {sample} leads")


def drain_backlog(item_ids: list[int]) -> tuple[int, float, float, float]:
    """Drains everything: (deliveries, a second, CPU ms each, statements each). Python's CPU only."""
    analyse()
    count = StatementCount()
    with connection.execute_wrapper(count), spending() as spent:
        report = drain(clock=timezone.now, time_limit_seconds=900)
    assert report.items == len(item_ids), report
    assert not IntakeItem.objects.filter(pk__in=item_ids[:500]).exclude(state="LINKED").exists()
    return _per_lead(len(item_ids), spent, count)


def route_by_peer(item_ids: list[int]) -> tuple[int, float, float, float]:
    """The peer's task for each, called in a loop: kinder to it than its queue would be."""
    analyse()
    count = StatementCount()
    with connection.execute_wrapper(count), spending() as spent:
        for item_id in item_ids:
            route_one(item_id)
    return _per_lead(len(item_ids), spent, count)


def _per_lead(items: int, spent: Spent, count: StatementCount) -> tuple[int, float, float, float]:
    return items, items / spent.wall, spent.cpu * 1000 / items, count.count / items


def print_growth(sizes: tuple[int, ...], *, sample: int) -> None:
    """Drains the same number of new deliveries beside ever more stored leads."""
    rows = []
    for size in sizes:
        store_leads(size - Lead.objects.count())
        items = fill_intake(sample, label=f"growth{size}", now=timezone.now())
        _, rate, cpu, _ = drain_backlog(items)
        rows.append((size, rate, cpu, rate / rows[0][1] if rows else 1.0))
    print_table(
        f"Growth on {connection.vendor}: {sample} deliveries drained beside so many stored leads",
        ("stored leads", "leads/s", "CPU ms/lead", "of the first"),
        rows,
    )
