"""The watchdog's thread: reads the clocks, survives the database, tells the supervisor."""

import logging
import queue
import threading
import time

from django.db import Error, close_old_connections, connections
from django.utils import timezone

from leadrouter.processes.heartbeats import WORKER
from leadrouter.processes.watchdog import Limits, Verdict, Watchdog

logger = logging.getLogger(__name__)

LOOKS_PER_CANARY = 5


class WatchThread(threading.Thread):
    """Puts verdicts into `verdicts`; the supervisor answers with `was_started`.

    A thread of its own, because a database that hangs must not keep the supervisor from stopping.
    """

    def __init__(self, limits: Limits) -> None:
        super().__init__(name="watchdog", daemon=True)
        self.verdicts: queue.SimpleQueue[Verdict] = queue.SimpleQueue()
        self.is_database_away = False
        self._starts: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._limits = limits
        self._ending = threading.Event()

    def was_started(self, part: str) -> None:
        """Called by the supervisor whenever it has started a part."""
        self._starts.put(part)

    def end(self) -> None:
        self._ending.set()

    def run(self) -> None:
        dog = Watchdog(self._limits)
        while not self._ending.wait(self._limits.every / LOOKS_PER_CANARY):
            self._look(dog)
        connections.close_all()

    def _look(self, dog: Watchdog) -> None:
        try:
            close_old_connections()
            self._take_note(dog)
            for verdict in dog.look(now=timezone.now(), at=time.monotonic()):
                self.verdicts.put(verdict)
            self.is_database_away = False
        except Error as error:
            if not self.is_database_away:
                logger.warning("The watchdog cannot see: %s", error)
            self.is_database_away = True
            dog.forget_all(at=time.monotonic())
            connections.close_all()

    def _take_note(self, dog: Watchdog) -> None:
        while not self._starts.empty():
            part = self._starts.get()
            dog.start(part, at=time.monotonic())
            if part == WORKER:
                dog.wake_all()
