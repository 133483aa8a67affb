"""A small organisation that routes: one pool of two reps, a queue, rules that are published."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leads.models import Endpoint, IntakeItem, Lead
from reps.models import Rep
from routing.models import HoldingQueue, Pool, RuleSetVersion
from routing.services.draining import DrainReport, drain
from tests.factories import (
    EndpointFactory,
    HoldingQueueFactory,
    IntakeItemFactory,
    PoolFactory,
    RoutingRuleFactory,
    RuleChoiceFactory,
    RuleSetFactory,
    RuleSetVersionFactory,
    SlaPolicyFactory,
    make_payload,
    make_rep,
)

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday


@dataclass
class Desk:
    """The organisation with its clock; `now` moves only when a test moves it."""

    endpoint: Endpoint
    pool: Pool
    queue: HoldingQueue
    version: RuleSetVersion
    reps: list[Rep]
    now: datetime = NOW

    def receive(self, **fields: Any) -> IntakeItem:
        number = IntakeItem.objects.count()
        named = {
            "email": f"person{number}@company{number}.example",
            "full_name": f"Person {number}",
        }
        return IntakeItemFactory(
            endpoint=self.endpoint,
            dedupe_key=f"key-{number}",
            fields={},
            payload=make_payload(**{"company": "", **named, **fields}),
            received_at=self.now,
        )

    def drain(self, **options: Any) -> DrainReport:
        return drain(clock=lambda: self.now, **options)

    def wait(self, **duration: float) -> None:
        self.now += timedelta(**duration)

    def route(self, **fields: Any) -> Lead:
        """One new lead, all the way."""
        item = self.receive(**fields)
        self.drain()
        item.refresh_from_db()
        assert item.lead is not None, item.last_error
        return item.lead


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


def make_desk() -> Desk:
    """Two reps in turns for everybody, a holding queue for France."""
    reps = [make_rep(name="Maria Weber"), make_rep(name="Sam Carter")]
    SlaPolicyFactory(first_touch_seconds=600, acceptance_seconds=300, is_default=True)
    pool = PoolFactory(reps=reps)
    queue = HoldingQueueFactory()
    queue.reps.set(reps)
    version = RuleSetVersionFactory(
        rule_set=RuleSetFactory(is_live=True), published=True, published_at=NOW - timedelta(days=9)
    )
    french = RoutingRuleFactory(
        version=version,
        position=1,
        name="France waits in the queue",
        condition={"test": {"attribute": "country", "operator": "EQUALS", "value": "FR"}},
    )
    RuleChoiceFactory(rule=french, kind="HOLDING_QUEUE", pool=None, holding_queue=queue)
    rest = RoutingRuleFactory(
        version=version, position=2, name="Everybody else", condition={"all": []}
    )
    RuleChoiceFactory(rule=rest, kind="POOL", pool=pool)
    return Desk(EndpointFactory(), pool, queue, version, reps)
