"""FastBroker keeps at-least-once delivery on both databases, whatever happens to its connection."""

import pickle
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ

from leadrouter.queueing.broker import FastBroker
from tests.leadrouter.queueing.conftest import MakeBroker

CLAIMERS = 4


def test_the_product_uses_the_fast_broker() -> None:
    assert isinstance(get_broker(), FastBroker)


def test_a_task_is_claimed_once_and_gone_after_its_acknowledgement(broker: FastBroker) -> None:
    row_id = broker.enqueue("a task")
    assert broker.dequeue() == [(row_id, "a task")]
    assert broker.dequeue() is None
    assert OrmQ.objects.count() == 1
    broker.acknowledge(row_id)
    assert OrmQ.objects.count() == 0


def test_tasks_are_claimed_oldest_first_and_in_bulk(
    broker: FastBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Conf, "BULK", 3)
    ids = [broker.enqueue(f"task {n}") for n in range(5)]
    assert [row for row, _ in broker.dequeue() or []] == ids[:3]
    assert [row for row, _ in broker.dequeue() or []] == ids[3:]


def test_an_unacknowledged_task_is_delivered_again_when_its_lock_expires(
    broker: FastBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Conf, "RETRY", 0.2)
    row_id = broker.enqueue("a task")
    assert broker.dequeue() == [(row_id, "a task")]
    assert broker.dequeue() is None
    time.sleep(0.25)
    assert broker.dequeue() == [(row_id, "a task")]


def test_another_queue_s_tasks_are_left_alone(broker: FastBroker) -> None:
    FastBroker("another").enqueue("theirs")
    assert broker.dequeue() is None
    assert OrmQ.objects.filter(key="another").count() == 1


def test_a_row_of_the_stock_orm_broker_is_delivered(broker: FastBroker) -> None:
    row_id = ORM("leadrouter").enqueue("from the stock broker")
    assert broker.dequeue() == [(row_id, "from the stock broker")]


def test_the_stock_orm_broker_delivers_our_rows(broker: FastBroker) -> None:
    row_id = broker.enqueue("for the stock broker")
    assert ORM("leadrouter").dequeue() == [(row_id, "for the stock broker")]


def test_a_rolled_back_transaction_takes_its_task_with_it(broker: FastBroker) -> None:
    with transaction.atomic():
        broker.enqueue("never")
        transaction.set_rollback(True)
    assert broker.dequeue() is None
    assert OrmQ.objects.count() == 0


def test_a_task_is_invisible_until_its_transaction_commits(
    broker: FastBroker, make_broker: MakeBroker
) -> None:
    with transaction.atomic():
        row_id = broker.enqueue("later")
        assert make_broker().dequeue() is None
    assert broker.dequeue() == [(row_id, "later")]


def _claim_all(make_broker: MakeBroker, barrier: threading.Barrier) -> list[int]:
    broker = make_broker()
    broker.dequeue()  # connects
    barrier.wait()
    claimed: list[int] = []
    while rows := broker.dequeue():
        claimed += [row_id for row_id, _ in rows]
    broker._close()
    return claimed


def test_four_claimers_at_once_never_claim_a_task_twice_nor_miss_one(
    make_broker: MakeBroker,
) -> None:
    barrier = threading.Barrier(CLAIMERS + 1)
    with ThreadPoolExecutor(CLAIMERS) as pool:
        claims = [pool.submit(_claim_all, make_broker, barrier) for _ in range(CLAIMERS)]
        time.sleep(0.3)
        now = timezone.now() - timedelta(seconds=1)
        rows = [OrmQ(key="leadrouter", payload=str(n), lock=now) for n in range(400)]
        OrmQ.objects.bulk_create(rows)
        barrier.wait()
        claimed = [row_id for claim in claims for row_id in claim.result()]
    assert sorted(claimed) == sorted(OrmQ.objects.values_list("id", flat=True))
    assert len(claimed) == 400


def _enqueue_after(seconds: float) -> int:
    time.sleep(seconds)
    try:
        with transaction.atomic():
            return FastBroker("leadrouter").enqueue("wake up")
    finally:
        connections.close_all()


def test_a_commit_ends_the_wait_long_before_the_poll_does(
    broker: FastBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Conf, "POLL", 20)
    broker._open()
    with ThreadPoolExecutor(1) as pool:
        row = pool.submit(_enqueue_after, 0.2)
        began = time.monotonic()
        claimed = broker.dequeue()
        waited = time.monotonic() - began
        assert claimed == [(row.result(), "wake up")]
    assert waited < 10


def test_a_commit_between_the_claim_and_the_wait_is_not_missed(
    broker: FastBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = broker._open()
    assert table.claim(limit=1, lock_seconds=60) == []
    row = broker.enqueue("just then")
    connection.close()
    began = time.monotonic()
    table.wait(seconds=20)
    assert time.monotonic() - began < 10
    assert table.claim(limit=1, lock_seconds=60) == [(row, "just then")]


def test_the_pusher_lives_on_when_its_connection_is_closed(broker: FastBroker) -> None:
    broker.dequeue()
    broker._open().wrapper.connection.close()
    row_id = broker.enqueue("after the loss")
    assert broker.dequeue() is None  # one pause, no exception
    assert broker.dequeue() == [(row_id, "after the loss")]


@pytest.mark.postgres
def test_the_pusher_lives_on_when_the_server_ends_its_session(broker: FastBroker) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")
    broker.dequeue()
    pid = broker._open().wrapper.connection.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    row_id = broker.enqueue("after the loss")
    deliveries = [broker.dequeue() for _ in range(3)]
    assert [(row_id, "after the loss")] in deliveries


def test_a_task_is_acknowledged_although_the_connection_was_lost(broker: FastBroker) -> None:
    row_id = broker.enqueue("a task")
    broker.dequeue()
    broker._open().wrapper.connection.close()
    broker.acknowledge(row_id)
    assert OrmQ.objects.count() == 0


def test_what_could_not_be_acknowledged_is_deleted_with_the_next_one(
    broker: FastBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = broker.enqueue("first"), broker.enqueue("second")
    alias = Conf.ORM
    with monkeypatch.context() as away:
        away.setitem(connections[alias].settings_dict, "NAME", "/nowhere/at/all")
        away.setitem(connections.settings[alias], "NAME", "/nowhere/at/all")
        broker.acknowledge(first)
    assert OrmQ.objects.count() == 2
    broker.acknowledge(second)
    assert OrmQ.objects.count() == 0


def test_a_broker_is_made_and_pickled_without_touching_the_database(broker: FastBroker) -> None:
    row_id = broker.enqueue("a task")
    broker.dequeue()  # holds a connection now
    copy = pickle.loads(pickle.dumps(broker))  # noqa: S301 -- as multiprocessing does
    assert copy.list_key == "leadrouter"
    assert copy._table is None
    copy.acknowledge(row_id)
    copy._close()
    assert OrmQ.objects.count() == 0


def test_sizes_tell_waiting_from_running_tasks(broker: FastBroker) -> None:
    broker.enqueue("one")
    assert (broker.queue_size(), broker.lock_size()) == (1, 0)
    broker.dequeue()
    assert (broker.queue_size(), broker.lock_size()) == (0, 1)
    broker.purge_queue()
    assert OrmQ.objects.count() == 0
