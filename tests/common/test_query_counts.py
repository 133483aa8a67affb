"""List pages, boards and the API read in a fixed number of queries, written down for review.

tests/query_counts.json is the baseline: a change to it belongs in the same commit as its reason.
`WRITE_QUERY_COUNTS=1 pytest tests/common/test_query_counts.py` writes it anew.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reps.models import Rep
from tests.factories import (
    AssignmentFactory,
    EndpointFactory,
    HoldingQueueFactory,
    ImportBatchFactory,
    IntakeItemFactory,
    InteractionFactory,
    LeadFactory,
    OutboxMessageFactory,
    PoolFactory,
    SlaPolicyFactory,
    SlaTimerFactory,
    TurnEntryFactory,
)

pytestmark = pytest.mark.django_db

BASELINE = Path(__file__).resolve().parent.parent / "query_counts.json"
REP_PAGES = ("/my/", "/my/board/", "/my/turns/", "/leads/", "/leads/?q=Lovelace")
OFFICE_PAGES = (
    "/leads/",
    "/imports/",
    "/admin/",
    "/admin/leads/account/",
    "/admin/leads/intakeitem/",
    "/admin/leads/lead/",
    "/admin/reps/rep/",
    "/admin/routing/assignment/",
    "/admin/routing/decision/",
    "/admin/routing/pool/",
    "/admin/routing/slatimer/",
    "/api/v1/accounts/",
    "/api/v1/assignments/",
    "/api/v1/decisions/",
    "/api/v1/intake/",
    "/api/v1/leads/",
    "/api/v1/pools/",
    "/api/v1/reps/",
    "/api/v1/sources/",
    "/api/v1/territories/",
)


def add_business(rep: Rep, count: int) -> None:
    """Leads with all that lists show of them: owned, offered and parked ones, each with a history."""
    endpoint = EndpointFactory()
    pool = PoolFactory(reps=[rep])
    queue = HoldingQueueFactory(reps=[rep])
    policy = SlaPolicyFactory()
    for _ in range(count):
        lead = LeadFactory(source=endpoint.source)
        assignment = AssignmentFactory(lead=lead, rep=rep, pool=pool)
        SlaTimerFactory(assignment=assignment, policy=policy)
        OutboxMessageFactory(assignment=assignment)
        InteractionFactory(lead=lead)
        TurnEntryFactory(pool=pool, decision=assignment.decision, rep=rep)
        IntakeItemFactory(endpoint=endpoint, state="LINKED", lead=lead)
        LeadFactory(source=endpoint.source, offered=True, queue=queue)
        LeadFactory(source=endpoint.source, parked=True)
    ImportBatchFactory(endpoint=EndpointFactory(source=endpoint.source, channel="IMPORT"))


def count_queries(client: Client, path: str) -> int:
    """Queries of the second visit: what the first keeps for the session is not counted."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, path
    return len(captured)


def count_all(rep_client: Client, manager_client: Client) -> dict[str, int]:
    return {f"rep {path}": count_queries(rep_client, path) for path in REP_PAGES} | {
        f"manager {path}": count_queries(manager_client, path) for path in OFFICE_PAGES
    }


@pytest.fixture
def few_and_many(
    rep: Rep, rep_client: Client, manager_client: Client
) -> tuple[dict[str, int], dict[str, int]]:
    add_business(rep, 2)
    few = count_all(rep_client, manager_client)
    add_business(rep, 12)
    return few, count_all(rep_client, manager_client)


def test_pages_and_api_read_in_the_number_of_queries_that_was_reviewed(
    few_and_many: tuple[dict[str, int], dict[str, int]],
) -> None:
    _, many = few_and_many
    if os.environ.get("WRITE_QUERY_COUNTS"):
        BASELINE.write_text(json.dumps(many, indent=2) + "\n")
    reviewed: dict[str, Any] = json.loads(BASELINE.read_text())
    assert many == reviewed


def test_more_rows_cost_no_more_queries(
    few_and_many: tuple[dict[str, int], dict[str, int]],
) -> None:
    few, many = few_and_many
    assert many == few
