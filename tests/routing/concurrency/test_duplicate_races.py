"""Two deliveries of one person who is known by likeness only, in the same millisecond."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from leads.models import IntakeItem, Lead, LeadMerge, Place
from leads.services import ingesting
from routing.models import Assignment
from routing.selectors.invariants import find_violations
from routing.services.draining import drain
from tests.routing.concurrency.test_races import at_once
from tests.routing.services.conftest import Desk, make_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return make_desk()


def _alike(desk: Desk, number: int) -> None:
    """The same Eva with an e-mail address that has a slip of its own."""
    local = "eva.gruenbaumer"
    at = 4 + number % 8
    desk.receive(
        full_name="Eva Grünbaumer",
        email=f"{local[:at]}{local[at + 1 :]}@acme.example",
        company="Acme GmbH",
        postal_code="53111",
        country="DE",
    )


def test_alike_deliveries_in_the_same_moment_become_one_lead_with_one_owner(desk: Desk) -> None:
    for number in range(8):
        _alike(desk, number)
    at_once(lambda _: drain(clock=lambda: desk.now, batch_size=1), 4)

    lead = Lead.objects.current().get()
    assert (lead.interaction_count, lead.place) == (8, Place.OWNED)
    assert Assignment.objects.count() == 1
    assert find_violations(desk.now) == []


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_without_the_lock_on_the_likeness_two_writers_make_two_leads(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: no address is equal, so only the lock makes the second see the first one's lead."""
    lock = ingesting.lock_keys
    monkeypatch.setattr(
        ingesting, "lock_keys", lambda keys: lock([key for key in keys if key[0] != "PERSON"])
    )
    meet = threading.Barrier(2, timeout=5)
    find = ingesting.find_known

    def find_together(*wanted: Any) -> Any:
        known = find(*wanted)
        meet.wait()
        return known

    monkeypatch.setattr(ingesting, "find_known", find_together)
    _alike(desk, 0)
    _alike(desk, 1)
    items = list(IntakeItem.objects.select_related("endpoint__source").order_by("id"))

    def ingest(number: int) -> None:
        with transaction.atomic():
            ingesting.ingest_items(items=[items[number]], now=desk.now)

    at_once(ingest, 2)
    assert Lead.objects.current().count() == 2
    assert not LeadMerge.objects.exists()
