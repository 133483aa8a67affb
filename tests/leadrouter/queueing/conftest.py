"""Brokers on the test database, whose own connections end with the test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django_q.conf import Conf
from django_q.models import OrmQ

from leadrouter.queueing.broker import FastBroker

MakeBroker = Callable[[], FastBroker]


@pytest.fixture(autouse=True)
def short_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Conf, "POLL", 0.05)


@pytest.fixture
def queue_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real commits without truncating every table afterwards: only the queue was written to."""
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            OrmQ.objects.all().delete()


@pytest.fixture
def make_broker(queue_db: None) -> Iterator[MakeBroker]:
    with ExitStack() as stack:

        def make() -> FastBroker:
            broker = FastBroker("leadrouter")
            stack.callback(broker._close)
            return broker

        yield make


@pytest.fixture
def broker(make_broker: MakeBroker) -> FastBroker:
    return make_broker()
