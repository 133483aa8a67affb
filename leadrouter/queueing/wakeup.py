"""Every enqueue of the product. A task is a mere wake-up: losing or doubling one is harmless."""

import logging
import os
import threading
import time
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connections, transaction
from django_q.brokers import Broker, get_broker
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.tasks import async_task

logger = logging.getLogger(__name__)


class Waker:
    """Enqueues one task at most once per settings.WAKE_UP_GAP_SECONDS in this process.

    A wake-up within the gap is not dropped but sent at its end, by a thread: rows committed after
    the last drain finished would else wait for the sweeper. No wake-up is sent while this process's
    last one still waits unclaimed, because whoever claims it will see the new rows too.
    """

    def __init__(self, task: str, *, idle_seconds: float = 60) -> None:
        self.task = task
        self.idle_seconds = idle_seconds
        self.reset()
        os.register_at_fork(after_in_child=self.reset)

    def reset(self) -> None:
        """Forgets what does not survive a fork: thread, locks and broker."""
        self._lock = threading.Lock()
        self._due = threading.Event()
        self._thread: threading.Thread | None = None
        self._sent_at = float("-inf")
        self._broker: Broker | None = None
        self._last: tuple[int, Any] | None = None

    def wake(self) -> None:
        """Enqueues now, or at the end of the gap. Never raises: the sweeper catches up."""
        with self._lock:
            if self._seconds_left() > 0:
                self._start_thread()
                self._due.set()
                return
            self._sent_at = time.monotonic()
        self._send()

    def _seconds_left(self) -> float:
        return float(self._sent_at + settings.WAKE_UP_GAP_SECONDS - time.monotonic())

    def _start_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._send_late, name="wake-up", daemon=True)
            self._thread.start()

    def _send_late(self) -> None:
        """Ends, with its database connection, when nothing came late for idle_seconds."""
        while not self._is_idle():
            time.sleep(max(self._seconds_left(), 0))
            self._due.clear()
            with self._lock:
                self._sent_at = time.monotonic()
            close_old_connections()
            self._send()
        connections.close_all()

    def _is_idle(self) -> bool:
        if self._due.wait(self.idle_seconds):
            return False
        with self._lock:
            if self._due.is_set():
                return False
            self._thread = None
            return True

    def _send(self) -> None:
        try:
            if not self._is_waiting():
                self._broker = self._broker or get_broker()
                send(self.task, broker=self._broker)
                self._last = getattr(self._broker, "last_enqueued", None)
        except Exception as error:  # noqa: BLE001 -- a committed lead must not turn into an error
            logger.warning("Could not wake %s, the sweeper will: %s", self.task, error)

    def _is_waiting(self) -> bool:
        # A claim moves `lock`; comparing it with the value written needs no clock.
        if self._last is None:
            return False
        row_id, lock = self._last
        return bool(OrmQ.objects.using(Conf.ORM).filter(pk=row_id, lock=lock).exists())


def send(task: str, *args: int | str, broker: Broker | None = None) -> None:
    """Enqueues a task by its dotted path. Raises: what the broker raises."""
    # Payloads are pickles: only integers and strings, so that a moved class never stops the pusher.
    # save=False: a result row per wake-up would be a write nobody reads.
    async_task(task, *args, task_name=task, save=False, broker=broker or get_broker())


_drain = Waker("routing.tasks.drain")
_imports = Waker("leads.tasks.run_imports")


def wake_drain() -> None:
    """Wakes the drain after the current transaction commits (at once outside of one)."""
    transaction.on_commit(_drain.wake)


def wake_imports() -> None:
    """Wakes the import runner after the current transaction commits (at once outside of one)."""
    transaction.on_commit(_imports.wake)


def send_canary(*, number: int) -> int | None:
    """Enqueues a canary; returns its row id, or None with a broker that keeps no rows."""
    broker = get_broker()
    send("leadrouter.processes.tasks.canary", number, broker=broker)
    row = getattr(broker, "last_enqueued", None)
    return row[0] if row else None
