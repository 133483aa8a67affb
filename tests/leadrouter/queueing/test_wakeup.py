"""Wake-ups are few, never lost within the process, and never an error for the caller."""

import os
import time
from collections.abc import Callable

import pytest
from django.db import connections, transaction
from django_q.conf import Conf
from django_q.models import OrmQ
from pytest_django.fixtures import Settings

from leadrouter.queueing import wakeup
from leadrouter.queueing.broker import FastBroker
from leadrouter.queueing.wakeup import Waker, send_canary, wake_drain, wake_imports

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def forget_earlier_wakes() -> None:
    wakeup._drain.reset()
    wakeup._imports.reset()


def _functions() -> list[str]:
    return [str(row.task["func"]) for row in OrmQ.objects.order_by("id")]


def _until(condition: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_waking_enqueues_the_drain_without_arguments_or_stored_result() -> None:
    wake_drain()
    (row,) = OrmQ.objects.all()
    assert row.task["func"] == "routing.tasks.drain"
    assert row.task["args"] == ()
    assert row.task["save"] is False


def test_imports_have_a_wake_up_of_their_own() -> None:
    wake_drain()
    wake_imports()
    assert _functions() == ["routing.tasks.drain", "leads.tasks.run_imports"]


def test_a_second_wake_up_is_spared_while_the_first_waits() -> None:
    wake_drain()
    wake_drain()
    assert _functions() == ["routing.tasks.drain"]


def test_a_wake_up_is_sent_when_the_last_one_is_already_claimed(broker: FastBroker) -> None:
    wake_drain()
    broker.dequeue()
    wake_drain()
    assert len(_functions()) == 2


def test_a_wake_up_follows_the_commit_and_not_a_rollback() -> None:
    with transaction.atomic():
        wake_drain()
        transaction.set_rollback(True)
    assert _functions() == []
    with transaction.atomic():
        wake_drain()
        assert _functions() == []
    assert _functions() == ["routing.tasks.drain"]


def test_a_wake_up_within_the_gap_is_sent_at_its_end(
    broker: FastBroker, settings: Settings
) -> None:
    settings.WAKE_UP_GAP_SECONDS = 0.3
    waker = Waker("routing.tasks.drain", idle_seconds=0.6)
    waker.wake()
    broker.dequeue()
    for _ in range(20):
        waker.wake()
    assert len(_functions()) == 1
    assert _until(lambda: len(_functions()) == 2)
    thread = waker._thread
    assert thread is not None
    thread.join(10)
    assert not thread.is_alive()
    assert len(_functions()) == 2


def test_a_forked_process_wakes_with_a_thread_of_its_own(settings: Settings) -> None:
    settings.WAKE_UP_GAP_SECONDS = 0.2
    waker = Waker("routing.tasks.drain", idle_seconds=0.6)
    waker.wake()
    waker.wake()
    thread = waker._thread
    assert thread is not None
    child = os.fork()
    if child == 0:
        os._exit(0 if waker._thread is None and waker._seconds_left() < 0 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    thread.join(10)
    assert not thread.is_alive()


def test_a_database_that_is_away_is_no_error_for_the_caller(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    connections[Conf.ORM].close()
    with monkeypatch.context() as away:
        away.setitem(connections[Conf.ORM].settings_dict, "NAME", "/nowhere/at/all")
        wakeup._drain.wake()
    connections[Conf.ORM].close()
    assert "the sweeper will" in caplog.text
    assert OrmQ.objects.count() == 0


def test_a_canary_carries_its_number_and_says_its_row() -> None:
    row_id = send_canary(number=7)
    row = OrmQ.objects.get(pk=row_id)
    assert row.task["func"] == "leadrouter.processes.tasks.canary"
    assert row.task["args"] == (7,)
