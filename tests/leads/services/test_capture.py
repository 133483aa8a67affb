"""The one write behind every way in."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.models import IntakeItem, IntakeState
from leads.services.capture import Captured, IdempotencyConflict, capture_delivery
from leads.signals import lead_ready
from tests.factories import EndpointFactory, make_payload


def capture(endpoint: Any, **changes: Any) -> Captured:
    given = {
        "dedupe_key": "k1",
        "payload": make_payload(first_name="Zoë \U0001f600"),
        "raw": b'{"a": "\xff\x00"}',
        "body_hash": "a" * 64,
        "client_ip": "2001:db8::1",
        "user_agent": "x" * 1000,
        "warnings": [{"field": "f", "code": "c", "message": "m"}],
        "now": timezone.now(),
    }
    return capture_delivery(endpoint=endpoint, **(given | changes))


@pytest.fixture
def announced() -> Any:
    heard: list[Any] = []

    def hear(sender: Any, **_: Any) -> None:
        heard.append(sender)

    lead_ready.connect(hear)
    yield heard
    lead_ready.disconnect(hear)


@pytest.mark.django_db
def test_a_delivery_is_stored_as_it_was_received() -> None:
    endpoint, now = EndpointFactory(), timezone.now() - timedelta(days=1)
    captured = capture(endpoint, now=now)
    item = IntakeItem.objects.get()
    assert (item.public_id, captured.is_duplicate) == (captured.public_id, False)
    assert bytes(item.raw) == b'{"a": "\xff\x00"}'
    assert item.payload == make_payload(first_name="Zoë \U0001f600")
    assert item.warnings == [{"field": "f", "code": "c", "message": "m"}]
    assert (item.client_ip, len(item.user_agent)) == ("2001:db8::1", 300)
    assert (item.received_at, item.state, item.attempts) == (now, IntakeState.RECEIVED, 0)
    assert (item.claimed_until, item.processed_at, item.lead_id) == (None, None, None)


@pytest.mark.django_db
def test_a_new_delivery_costs_one_statement_and_a_repeated_one_two() -> None:
    endpoint = EndpointFactory()
    with CaptureQueriesContext(connection) as first:
        capture(endpoint)
    with CaptureQueriesContext(connection) as second:
        again = capture(endpoint)
    assert [query["sql"].split()[0] for query in first] == ["INSERT"]
    assert [query["sql"].split()[0] for query in second] == ["INSERT", "SELECT"]
    assert again == Captured(IntakeItem.objects.get().public_id, is_duplicate=True)


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_refused_and_nothing_is_written() -> None:
    endpoint = EndpointFactory()
    first = capture(endpoint)
    with pytest.raises(IdempotencyConflict) as refusal:
        capture(endpoint, body_hash="b" * 64, payload=make_payload(email="eve@example.com"))
    assert refusal.value.detail == {"id": str(first.public_id)}
    assert IntakeItem.objects.get().payload["fields"]["email"] != "eve@example.com"


@pytest.mark.django_db
def test_two_endpoints_may_use_the_same_key() -> None:
    assert not capture(EndpointFactory()).is_duplicate
    assert not capture(EndpointFactory()).is_duplicate


@pytest.mark.django_db(transaction=True)
def test_the_wake_up_follows_the_commit_and_only_when_something_is_new(announced: Any) -> None:
    endpoint = EndpointFactory()
    with transaction.atomic():
        capture(endpoint)
        assert announced == []
    assert announced == [IntakeItem]
    capture(endpoint)
    capture(endpoint, dedupe_key="spam", state=IntakeState.QUARANTINED)
    assert announced == [IntakeItem]


@pytest.mark.django_db(transaction=True)
def test_a_failing_receiver_does_not_turn_a_stored_delivery_into_an_error() -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("receiver")

    lead_ready.connect(fail)
    try:
        assert not capture(EndpointFactory()).is_duplicate
    finally:
        lead_ready.disconnect(fail)
    assert IntakeItem.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_deliveries_of_one_key_at_once_are_one_item_with_ten_answers() -> None:
    endpoint = EndpointFactory()
    answers: list[uuid.UUID | Exception] = []
    barrier = threading.Barrier(10)

    def deliver() -> None:
        barrier.wait()
        try:
            answers.append(capture(endpoint).public_id)
        except Exception as error:  # noqa: BLE001 -- shown by the assertion
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [IntakeItem.objects.get().public_id] * 10
