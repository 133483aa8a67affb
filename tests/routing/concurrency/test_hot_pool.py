"""Many worker processes on one pool: no turn is lost, and everybody gets what they would get one by one."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from leads.models import IntakeItem, IntakeState, Lead, Place
from routing.models import Assignment, Decision, OutboxMessage, PoolMember, SlaTimer, TurnEntry
from routing.selectors.invariants import find_violations
from routing.selectors.roster import lock_roster
from routing.services import assigning
from routing.services.draining import drain
from tests.factories import PoolMemberFactory, make_rep
from tests.routing.concurrency.test_races import at_once
from tests.routing.services.conftest import Desk, make_desk

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]
PROCESSES = 4
WEIGHTS = {"Maria Weber": 5, "Sam Carter": 3, "Noor Haddad": 2, "Wei Ling Tan": 1}
LEADS = (
    330  # 30 rounds of eleven turns; different weights, so that no tie is settled by a lead's id
)


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    desk = make_desk()
    for name in list(WEIGHTS)[2:]:
        PoolMemberFactory(pool=desk.pool, rep=make_rep(name=name))
    for member in desk.pool.members.select_related("rep"):
        member.weight = WEIGHTS[member.rep.name]
        member.save()
    return desk


def database_url() -> str:
    """The test database, as another process finds it."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    password = f":{settings['PASSWORD']}" if settings["PASSWORD"] else ""
    place = f"{settings['HOST']}:{settings['PORT'] or 5432}"
    return f"postgres://{settings['USER']}{password}@{place}/{settings['NAME']}"


def drain_in_processes(desk: Desk, *, count: int, batch_size: int) -> list[dict[str, int]]:
    """Starts workers, lets all of them go at once and returns what each reports."""
    command = [sys.executable, "-m", "tests.routing.concurrency.drain_process"]
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "leadrouter.settings",
        "PYTHONPATH": str(ROOT),
    }
    workers = [
        subprocess.Popen(
            [*command, desk.now.isoformat(), str(batch_size)],
            cwd=ROOT, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(count)
    ]  # fmt: skip
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert worker.stdout.readline().strip() == "ready"
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write("go\n")
            worker.stdin.flush()
        return [json.loads(worker.communicate(timeout=120)[0]) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def takers(desk: Desk) -> list[str]:
    """Who took each turn, in the order of the turns."""
    return list(desk.pool.turns.order_by("number").values_list("rep__name", flat=True))


def forget_everything(desk: Desk) -> None:
    """The pool as it was before its first turn, and no leads."""
    for model in (OutboxMessage, SlaTimer, TurnEntry, Assignment, Decision):
        model.objects.all().delete()
    IntakeItem.objects.all().delete()
    Lead.objects.all().delete()
    PoolMember.objects.update(balance_microturns=0, last_turn=0)
    type(desk.pool).objects.update(turn_number=0)


def test_four_processes_on_one_pool_take_the_same_turns_as_one(desk: Desk) -> None:
    for _ in range(LEADS):
        desk.receive()
    reports = drain_in_processes(desk, count=PROCESSES, batch_size=10)
    assert sum(report["items"] for report in reports) == LEADS
    assert sum(report["failed"] for report in reports) == 0
    assert sum(report["items"] > 0 for report in reports) > 1, "one process did it all: no race"

    assert not IntakeItem.objects.exclude(state=IntakeState.LINKED).exists()
    assert Lead.objects.at(Place.OWNED).count() == Assignment.objects.count() == LEADS
    numbers = list(desk.pool.turns.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, LEADS + 1))
    desk.pool.refresh_from_db()
    assert desk.pool.turn_number == LEADS
    assert sum(desk.pool.members.values_list("balance_microturns", flat=True)) == 0
    at_once_taken = takers(desk)
    assert Counter(at_once_taken) == {name: 30 * weight for name, weight in WEIGHTS.items()}
    assert find_violations(desk.now) == []

    forget_everything(desk)
    for _ in range(LEADS):
        desk.receive()
    drain(clock=lambda: desk.now, batch_size=1)
    assert takers(desk) == at_once_taken


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no transaction ids")
def test_leads_that_queue_up_for_a_pool_are_decided_together(desk: Desk) -> None:
    """Each transaction that wrote turns held the pool's lock once; 330 leads are 17 batches of 20."""
    for _ in range(LEADS):
        desk.receive()
    at_once(lambda _: drain(clock=lambda: desk.now, batch_size=20), PROCESSES)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text), count(*) FROM routing_turnentry")
        transactions, turns = cursor.fetchone()
    assert turns == LEADS
    assert LEADS / 20 <= transactions <= 2 * LEADS / 20


def _meet_after_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two drains read the pool before either has written; how is up to `lock_roster`."""
    meet = threading.Barrier(2)

    def read_together(**wanted: Any) -> Any:
        found = lock_roster(**wanted, is_locking=False)
        meet.wait(timeout=10)
        return found

    monkeypatch.setattr(assigning, "lock_roster", read_together)


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_without_the_lock_on_the_pool_two_workers_take_the_same_turn(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both read the same balances, both choose the same rep for turn 1, one is refused."""
    _meet_after_reading(monkeypatch)
    items = [desk.receive(), desk.receive()]
    lead_ids = [_ingest(desk, item) for item in items]
    outcomes = at_once(partial(_route_alone, desk, lead_ids), 2)
    assert sorted(outcome[:4] for outcome in outcomes) == ["Key ", "fine"]
    assert Assignment.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_without_lock_and_constraint_a_turn_would_be_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the control: the constraint is the second line; behind it the ledger breaks."""
    _meet_after_reading(monkeypatch)
    lead_ids = [_ingest(desk, desk.receive()) for _ in range(2)]
    with _without_constraint():
        assert at_once(partial(_route_alone, desk, lead_ids), 2) == ["fine", "fine"]
        assert list(TurnEntry.objects.values_list("number", flat=True)) == [1, 1]
        assert len(set(takers(desk))) == 1
        desk.pool.refresh_from_db()
        assert desk.pool.turn_number == 1
        maria = desk.reps[0].pk
        balance = desk.pool.members.get(rep=maria).balance_microturns
        ledger = sum(entry.deltas[str(maria)] for entry in TurnEntry.objects.all())
        assert balance * 2 == ledger, "two turns were taken, one is accounted for"


def _ingest(desk: Desk, item: IntakeItem) -> int:
    from leads.services.ingesting import ingest_items

    with transaction.atomic():
        (lead_id,) = ingest_items(items=[item], now=desk.now).to_route
    return lead_id


def _route_alone(desk: Desk, lead_ids: list[int], number: int) -> str:
    try:
        with transaction.atomic():
            assigning.route_leads(lead_ids=[lead_ids[number]], now=desk.now)
    except IntegrityError as error:
        return str(error).partition("DETAIL:")[2].strip()
    return "fine"


@contextmanager
def _without_constraint() -> Iterator[None]:
    """The table of turns may hold a number twice, and is emptied afterwards."""
    table, name = "routing_turnentry", "turn_once_per_pool_and_number"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        try:
            yield
        finally:
            TurnEntry.objects.all().delete()
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (pool_id, number)")
