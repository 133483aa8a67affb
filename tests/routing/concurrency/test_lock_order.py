"""One order of locks, everywhere: what the services' tests are watched by, and that it can fail."""

import threading
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction

from leads.selectors.identities import lock_leads
from reps.models import Rep
from reps.selectors.reps import lock_rep
from routing.models import Pool
from tests.routing.concurrency.test_races import at_once
from tests.routing.locks import ORDER, watching
from tests.routing.services.conftest import make_desk

postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock")


@postgres
@pytest.mark.postgres
@pytest.mark.django_db
def test_a_delivery_takes_all_its_locks_in_the_order_that_is_written_down() -> None:
    desk = make_desk()
    desk.route(email="ada@analytical.example")
    with watching() as watch:
        desk.route(email="ada@analytical.example")  # somebody known: their lead is locked, too
        desk.route()
    taken = [kinds for _, kinds in watch.transactions]
    assert ["intake items", "identities", "leads"] in taken
    assert ["intake items", "identities", "pools", "reps"] in taken
    assert watch.find_disorder() == []


@postgres
@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.takes_locks_out_of_order
def test_the_watch_hears_a_rep_locked_before_a_pool() -> None:
    """The control: the watch would notice."""
    desk = make_desk()
    with watching() as watch:
        with transaction.atomic():
            lock_rep(desk.reps[0].pk)
            lock_leads([1])
        with transaction.atomic():
            lock_leads([1])
            list(Pool.objects.select_for_update().filter(pk=desk.pool.pk))
            lock_rep(desk.reps[0].pk)
            lock_leads([1])  # held already, so nobody is waited for
    assert watch.find_disorder() == [["reps", "leads"]]


@postgres
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.takes_locks_out_of_order
def test_without_one_order_two_transactions_wait_for_each_other_for_ever() -> None:
    """The control: what the order is for."""
    desk = make_desk()
    meet = threading.Barrier(2, timeout=10)
    rows = [(Pool, desk.pool.pk), (Rep, desk.reps[0].pk)]

    def lock_both(number: int) -> str:
        first, second = rows if number else rows[::-1]
        try:
            with transaction.atomic():
                first[0].objects.select_for_update().get(pk=first[1])
                meet.wait()
                second[0].objects.select_for_update().get(pk=second[1])
        except OperationalError as error:
            return str(error)
        return "fine"

    outcomes = sorted(at_once(lock_both, 2))
    assert "deadlock detected" in outcomes[0]
    assert outcomes[1] == "fine"


def test_the_order_is_the_one_in_the_documentation() -> None:
    text = (Path(__file__).parents[3] / "docs" / "architecture.md").read_text()
    assert " → ".join(ORDER) in text
