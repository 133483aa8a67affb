"""Twenty thousand rows: lists and the home page read what they show, not the whole table."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.models import Endpoint, IntakeItem, IntakeState, Lead, LeadIdentity, Place, Stage
from routing.models import Assignment, Decision, DecisionKind, OutboxMessage, Outcome, SlaTimer
from routing.models.sla import SlaKind
from tests.factories import (
    EndpointFactory,
    HoldingQueueFactory,
    RepFactory,
    SlaPolicyFactory,
    SourceFactory,
)

pytestmark = [pytest.mark.usefixtures("big_tables"), pytest.mark.django_db]

ROWS = 20_000
OPEN = 400
BIG = {
    "leads_lead", "leads_intakeitem", "leads_leadidentity", "routing_decision",
    "routing_assignment", "routing_slatimer", "routing_outboxmessage",
}  # fmt: skip
# Reading such an index to its end reads only the rows it is about.
PARTIAL = {"assignment_open", "timer_unmet", "intake_waiting", "timer_running", "outbox_pending"}


@pytest.fixture(scope="module")
def big_tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Made once for all tests here, in a transaction that is rolled back after the last of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        _fill_tables()
        yield
        transaction.set_rollback(True)


def _fill_tables() -> None:
    """Two hundred days of history, so that today is a small part of it at any hour. The newest OPEN
    leads are open, one row in a hundred is stuck."""
    now = timezone.now()
    source, rep = SourceFactory(), RepFactory(name="Maria Weber")
    endpoint = EndpointFactory(source=source, channel=Endpoint.Channel.API)
    queue, policy = HoldingQueueFactory(), SlaPolicyFactory()
    moments = [now - timedelta(days=200) * (ROWS - number) / ROWS for number in range(ROWS)]

    def place(number: int) -> dict[str, Any]:
        if number >= ROWS - OPEN:
            return {"place": Place.OWNED, "owner": rep}
        if number % 100 == 0:
            return {"place": Place.PARKED, "parked_reason": "NO_REP_AVAILABLE"}
        if number % 100 == 1:
            return {"place": Place.OFFERED, "holding_queue_id": queue.pk}
        return {"place": Place.CLOSED, "closed_at": moments[number], "stage": Stage.LOST}

    leads = Lead.objects.bulk_create(
        [
            Lead(
                source=source, channel="API", email=f"p{number}@x{number}.example",
                last_name=f"Name{number}", full_name=f"Name{number}", received_at=moments[number],
                last_received_at=moments[number], placed_at=moments[number], **place(number),
            )
            for number in range(ROWS)
        ],
        batch_size=2000,
    )  # fmt: skip
    LeadIdentity.objects.bulk_create(
        [LeadIdentity(lead=lead, kind="EMAIL", value=lead.email) for lead in leads], batch_size=5000
    )
    IntakeItem.objects.bulk_create(
        [
            IntakeItem(
                endpoint=endpoint, dedupe_key=str(number), body_hash="x", payload={},
                received_at=moments[number], lead=None if number % 100 == 0 else leads[number],
                state=IntakeState.DEAD if number % 100 == 0 else IntakeState.LINKED,
            )
            for number in range(ROWS)
        ],
        batch_size=2000,
    )  # fmt: skip
    decisions = Decision.objects.bulk_create(
        [
            Decision(
                lead=lead, epoch=1, kind=DecisionKind.RULES, outcome=Outcome.ASSIGNED, rep=rep,
                decided_at=lead.received_at,
            )
            for lead in leads
        ],
        batch_size=2000,
    )  # fmt: skip
    rows = Assignment.objects.bulk_create(
        [
            Assignment(
                lead=decision.lead, rep=rep, decision=decision, load_after=1,
                started_at=decision.decided_at + timedelta(seconds=number % 100),
                **(
                    {}
                    if decision.lead.place == Place.OWNED
                    else {"ended_at": now, "end_reason": "LOST"}
                ),
            )
            for number, decision in enumerate(decisions)
        ],
        batch_size=2000,
    )  # fmt: skip
    SlaTimer.objects.bulk_create(
        [
            SlaTimer(
                assignment=row, policy=policy, kind=SlaKind.FIRST_TOUCH, starts_at=row.started_at,
                due_at=row.started_at + timedelta(minutes=15),
                met_at=None if row.ended_at is None else row.started_at,
            )
            for row in rows
        ],
        batch_size=2000,
    )  # fmt: skip
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                kind="ASSIGNED", assignment=row, recipient="a@x.example", due_at=now, created_at=now,
                state="DEAD" if number % 500 == 0 else "SENT",
            )
            for number, row in enumerate(rows)
        ],
        batch_size=2000,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@contextmanager
def _recorded() -> Iterator[list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []

    def record(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith("SELECT") and not many:
            seen.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        yield seen


def find_full_scans(sql: str, params: Any) -> list[str]:
    """Lines of the query plan that read a big table from end to end."""
    aliases = {alias: table for table, alias in re.findall(r'"(\w+)" ([UVW]\d)', sql)}
    is_postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN " if is_postgres else "EXPLAIN QUERY PLAN ") + sql, params)
        lines = [str(row[0] if is_postgres else row[3]) for row in cursor.fetchall()]
    if is_postgres:
        return [
            line for line in lines
            if (found := re.search(r"Seq Scan on (\w+)", line)) and found[1] in BIG
            # A limited read in the order of the table stops early; nothing else may.
            and "LIMIT" not in sql
        ]  # fmt: skip
    is_sorted = any("TEMP B-TREE FOR ORDER BY" in line for line in lines)
    scans = []
    for line in lines:
        found = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", line)
        if not found or aliases.get(found[1], found[1]) not in BIG or found[2] in PARTIAL:
            continue
        if is_sorted or "LIMIT" not in sql:
            scans.append(line)
    return scans


def _assert_no_scans(seen: list[tuple[str, Any]], where: str) -> None:
    for sql, params in seen:
        assert not (scans := find_full_scans(sql, params)), f"{where}\n{sql}\n{params}\n{scans}"


def test_the_detector_of_full_scans_sees_one() -> None:
    sql = 'SELECT COUNT(*) FROM "leads_lead" WHERE "leads_lead"."city" = %s'
    assert find_full_scans(sql, ("Rome",))


def test_lists_of_big_tables_read_a_page_in_a_fixed_number_of_queries(
    manager_client: Client,
) -> None:
    rep, source = Assignment.objects.values_list("rep_id", "lead__source_id")[0]
    lists: dict[str, list[dict[str, Any]]] = {
        "leads_lead": [
            {}, {"p": 3}, {"place__exact": "PARKED"}, {"place__exact": "CLOSED"},
            {"place__exact": "WAITING"}, {"stage__exact": "LOST"}, {"stage__exact": "WON"},
            {"source__id__exact": source}, {"owner__id__exact": rep},
            {"q": "p777@x777.example"}, {"q": "Name777"}, {"q": "nobody"}, {"q": "+4930123456"},
        ],
        "leads_intakeitem": [
            {}, {"state__exact": "DEAD"}, {"state__exact": "LINKED"},
            {"state__exact": "QUARANTINED"},
        ],
        "routing_decision": [{}, {"p": 40}],
        "routing_assignment": [{}, {"rep__id__exact": rep}],
        "routing_slatimer": [{}],
        "routing_outboxmessage": [{}, {"state__exact": "DEAD"}, {"state__exact": "PENDING"}],
    }  # fmt: skip
    for name, queries in lists.items():
        for query in queries:
            url = reverse(f"admin:{name}_changelist")
            with _recorded() as seen:
                response = manager_client.get(url, query)
            assert response.status_code == 200, (url, query)
            assert "?e=1" not in response.request["PATH_INFO"]
            assert len(seen) <= 16, f"{url} {query}: {len(seen)} queries"
            _assert_no_scans(seen, f"{url} {query}")


def test_counting_stops_and_says_so(manager_client: Client) -> None:
    response = manager_client.get(reverse("admin:leads_lead_changelist"))
    assert response.context["cl"].result_count == 1000
    assert "narrow the list by a filter" in response.content.decode()


def test_the_home_page_reads_indexes_in_a_fixed_number_of_queries(manager_client: Client) -> None:
    with _recorded() as seen:
        response = manager_client.get(reverse("admin:index"))
    overview = response.context["overview"]
    assert overview.stuck.parked_total == overview.stuck.dead_letters - OPEN // 100
    assert overview.speed.sample > 0
    assert overview.promise.overdue > 0
    assert overview.stuck.dead_messages == ROWS // 500
    assert len(seen) <= 25, len(seen)
    _assert_no_scans(seen, "home")
