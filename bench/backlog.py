"""A backlog of waiting deliveries, drained by one process, against one ORM task per lead."""

import json
import uuid
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from bench.measuring import StatementCount, spending
from bench.organisation import api_endpoint
from bench.people import Crowd
from bench.stage import SEED
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
