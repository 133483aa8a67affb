"""Writers of the embedded database wait for their turn, and never for a dead or frozen one."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from leadrouter.sqlite.base import WriteTurn
from leads.models import Source
from tests.factories import SourceFactory

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite only")


def test_only_one_has_the_turn_and_the_next_gets_it_at_once(tmp_path: Path) -> None:
    path = str(tmp_path / "turn")
    first, second = WriteTurn(path), WriteTurn(path)
    first.take(patience_seconds=1)
    second.take(patience_seconds=0.05)
    assert (first.is_held, second.is_held) == (True, False)
    first.release()
    second.take(patience_seconds=1)
    assert second.is_held
    second.close()


def test_whoever_waits_too_long_goes_ahead_without(tmp_path: Path) -> None:
    path = str(tmp_path / "turn")
    WriteTurn(path).take(patience_seconds=1)
    late = WriteTurn(path)
    late.take(patience_seconds=0.02)
    assert not late.is_held
    late.release()


def test_the_turn_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = str(tmp_path / "turn")
    hold = (
        "import sys, time; from leadrouter.sqlite.base import WriteTurn; "
        f"turn = WriteTurn({path!r}); turn.take(patience_seconds=5); print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold], cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline().strip() == "held"
    waiting = WriteTurn(path)
    waiting.take(patience_seconds=0.02)
    assert not waiting.is_held
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    waiting.take(patience_seconds=5)
    assert waiting.is_held
    waiting.close()


@pytest.mark.django_db(transaction=True)
def test_many_threads_write_one_after_another_inside_and_outside_of_transactions() -> None:
    source = SourceFactory(name="0")
    longest = []

    def write(number: int) -> None:
        try:
            for _ in range(10):
                began = time.monotonic()
                if number % 2:
                    Source.objects.filter(pk=source.pk).update(campaign=str(number))
                else:
                    with transaction.atomic():
                        row = Source.objects.get(pk=source.pk)
                        row.name = str(int(row.name) + 1)
                        row.save(update_fields=["name"])
                longest.append(time.monotonic() - began)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    source.refresh_from_db()
    assert (source.name, len(longest)) == ("30", 60)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_gives_its_turn_back() -> None:
    def fail() -> None:
        with transaction.atomic():
            SourceFactory()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    other = WriteTurn(f"{connection.settings_dict['NAME']}-turn")
    other.take(patience_seconds=1)
    assert other.is_held
    other.close()
