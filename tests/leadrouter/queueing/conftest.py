"""Brokers on the test database, whose own connections end with the test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django_q.conf import Conf

from leadrouter.queueing.broker import FastBroker

MakeBroker = Callable[[], FastBroker]


@pytest.fixture(autouse=True)
def short_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Conf, "POLL", 0.05)


@pytest.fixture
def make_broker(transactional_db: None) -> Iterator[MakeBroker]:
    with ExitStack() as stack:

        def make() -> FastBroker:
            broker = FastBroker("leadrouter")
            stack.callback(broker._close)
            return broker

        yield make


@pytest.fixture
def broker(make_broker: MakeBroker) -> FastBroker:
    return make_broker()
