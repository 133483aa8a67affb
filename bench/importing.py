"""A trade-show file of 10,000 ugly rows: imported, cleansed, de-duplicated, routed; nothing lost.

BENCH_IMPORT_ROWS=100000 makes it a long one.
"""

import csv
import io
import os
import random

from django.db import connection, transaction
from django.utils import timezone

from bench.measuring import peak_memory_mb, spending
from bench.people import Crowd
from bench.stage import SEED
from bench.table import print_table
from leads.domain.cleansing import warm_up
from leads.models import Endpoint, ImportBatch, IntakeItem, IntakeState, Interaction, Lead
from leads.services.import_files import upload_file
from leads.services.importing import run_waiting_batches, start_import
from routing.models import Decision
from routing.services.draining import drain

COLUMNS = (
    "first_name", "last_name", "email", "phone", "company", "country", "subdivision", "city",
    "postal_code", "job_title", "industry", "employees", "products", "message",
)  # fmt: skip
MEMORY_GOAL_MB = 300
SPEED_GOAL = 0.25


def make_file(rows: int) -> tuple[bytes, list[dict[str, str]]]:
    """A semicolon file in Windows-1252: one row in 20 twice, one in 10 a known person, one in 50 bad."""
    crowd, draw = Crowd(SEED, label="fair", returning_share=0.1), random.Random(SEED)
    people: list[dict[str, str]] = []
    while len(people) < rows:
        fields = crowd.fields()
        if draw.random() < 0.02:
            fields |= {"email": "not an address", "phone": ""}
        people.append(fields)
        if draw.random() < 0.05 and len(people) < rows:
            people.append(dict(fields))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(name.replace("_", " ").title() for name in COLUMNS)
    writer.writerows([fields.get(name, "") for name in COLUMNS] for fields in people)
    return text.getvalue().encode("cp1252", "replace"), people


def run(*, is_quick: bool) -> None:
    """Prints seconds against a bare bulk insert of the same rows, the peak memory and every count."""
    rows = int(os.environ.get("BENCH_IMPORT_ROWS") or (500 if is_quick else 10_000))
    warm_up()
    content, people = make_file(rows)
    floor = _insert_bare(people)
    with spending() as reading:
        batch = _import(content)
    with spending() as routing:
        report = drain(clock=timezone.now, time_limit_seconds=600)
    total = reading.wall + routing.wall
    print_table(
        f"Import on {connection.vendor}: {rows} rows, {len(content) / 1e6:.1f} MB",
        ("", "seconds", "rows/s", "of the bare insert"),
        [
            ("bare bulk insert of the same rows (bulk_create)", floor, rows / floor, 1.0),
            ("read, check, find duplicates, store", reading.wall, rows / reading.wall, reading.wall / floor),
            ("cleanse, recognise, route, assign", routing.wall, rows / routing.wall, routing.wall / floor),
            ("file to owner", total, rows / total, total / floor),
        ],
    )  # fmt: skip
    speed = floor / total
    word = "reached" if speed >= SPEED_GOAL else "MISSED"
    print(f"  {speed:.2f} of the speed of the bare insert (goal {SPEED_GOAL}: {word})")
    peak = peak_memory_mb(os.getpid())
    word = "reached" if peak < MEMORY_GOAL_MB else "MISSED"
    print(f"  peak memory {peak:.0f} MB (goal below {MEMORY_GOAL_MB}: {word})")
    _print_counts(batch, rows, report.items)


def _import(content: bytes) -> ImportBatch:
    endpoint = Endpoint.objects.get(source__slug="hannover-fair", channel=Endpoint.Channel.IMPORT)
    now = timezone.now()
    batch = upload_file(
        endpoint=endpoint, content=content, file_name="fair.csv", user=None, now=now
    )
    start_import(batch=batch, mapping=dict(enumerate(COLUMNS)), default_country="DE", now=now)
    run_waiting_batches(clock=timezone.now, time_limit_seconds=600)
    batch.refresh_from_db()
    return batch


def _insert_bare(people: list[dict[str, str]]) -> float:
    """Seconds to insert the raw rows as leads and nothing else; undone afterwards."""
    now = timezone.now()
    source_id = Endpoint.objects.values_list("source_id", flat=True)[0]
    plain = ("first_name", "last_name", "email", "phone", "city", "postal_code", "message")
    leads = [
        Lead(
            **{name: fields.get(name, "") for name in plain},
            source_id=source_id,
            channel="IMPORT",
            received_at=now,
            last_received_at=now,
            placed_at=now,
        )
        for fields in people
    ]
    with spending() as spent, transaction.atomic():
        Lead.objects.bulk_create(leads)
        transaction.set_rollback(True)
    return spent.wall


def _print_counts(batch: ImportBatch, rows: int, drained: int) -> None:
    """Every row of the file is somewhere, or this fails."""
    items = IntakeItem.objects.filter(endpoint=batch.endpoint)
    linked = items.filter(state=IntakeState.LINKED).count()
    dead = items.filter(state=IntakeState.DEAD).count()
    leads = Lead.objects.filter(intake_items__in=items).distinct().count()
    interactions = Interaction.objects.filter(intake_item__in=items).count()
    decisions = Decision.objects.values("lead").distinct().count()
    print(
        f"  {rows} rows = {batch.accepted_rows} accepted + {batch.duplicate_rows} twice in the file"
        f" + {batch.bad_rows} to fix; {batch.accepted_rows} accepted = {linked} linked + {dead} dead;"
        f" {leads} people, {interactions} interactions, {decisions} decided"
    )
    assert batch.accepted_rows + batch.duplicate_rows + batch.bad_rows == rows, "a row is lost"
    assert linked + dead == batch.accepted_rows == drained + dead, "a delivery is lost"
    assert interactions == linked, "an interaction is lost"
    assert decisions == leads, "a lead has no decision"
