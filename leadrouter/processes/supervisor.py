"""Keeps web, workers and sweeper alive as one foreground group, and leaves nobody behind."""

import logging
import os
import queue
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

from leadrouter.processes.part import Part, Write
from leadrouter.processes.watching import WatchThread

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.1
# Leaves the parts time for their own order of stopping within the ten seconds containers grant.
STOP_SECONDS = 8.0


class Supervisor:
    """`run` returns the exit code: 0 after a signal, 1 when a part could not be kept alive."""

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        *,
        watch: WatchThread,
        write: Write,
        on_tick: Callable[[], None] = lambda: None,
    ) -> None:
        # Whoever inherits the reading end dies when the writing end closes, that is, with us.
        self._leash, self._leash_held = os.pipe()
        self._parts = {
            name: Part(name, command, leash=self._leash, write=write)
            for name, command in commands.items()
        }
        self._once: list[Part] = []
        self._write = write
        self._watch = watch
        self._on_tick = on_tick
        self._signals: queue.SimpleQueue[int] = queue.SimpleQueue()

    def run(self) -> int:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._note_signal)
        self._watch.start()
        code = 0
        while self._signals.empty():
            self._obey_watchdog()
            self._keep_alive()
            if given_up := self._find_given_up():
                logger.error("%s cannot be kept alive; stopping everything.", given_up)
                code = 1
                break
            self._on_tick()
            time.sleep(LOOK_EVERY_SECONDS)
        self._stop()
        return code

    def run_once(self, name: str, command: Sequence[str]) -> None:
        """Starts a command that is not started again; call it from `on_tick`."""
        part = Part(name, command, leash=self._leash, write=self._write)
        part.start()
        self._once.append(part)

    def _note_signal(self, signum: int, _frame: FrameType | None) -> None:
        self._signals.put(signum)  # SimpleQueue is safe to be used within a signal handler

    def _keep_alive(self) -> None:
        self._once = [part for part in self._once if not part.has_died()]
        for part in self._parts.values():
            part.has_died()
            if not part.is_up and time.monotonic() >= part.start_at:
                part.start()
                self._watch.was_started(part.name)

    def _find_given_up(self) -> str:
        if self._watch.is_database_away:
            # Parts may fail only because the database is away; that ends, and giving up does not.
            return ""
        return next((part.name for part in self._parts.values() if part.is_given_up), "")

    def _obey_watchdog(self) -> None:
        while not self._watch.verdicts.empty():
            verdict = self._watch.verdicts.get()
            logger.error("Restarting the %s: %s.", verdict.part, verdict.reason)
            if part := self._parts.get(verdict.part):
                part.kill()

    def _stop(self) -> None:
        self._watch.end()
        asked = self._signals.qsize()
        for part in self._all():
            part.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        # A second Ctrl-C means now.
        while self._is_any_up() and time.monotonic() < deadline and self._signals.qsize() <= asked:
            time.sleep(LOOK_EVERY_SECONDS / 2)
        for part in self._all():
            part.kill()
        while self._is_any_up():
            time.sleep(LOOK_EVERY_SECONDS / 2)
        os.close(self._leash_held)

    def _is_any_up(self) -> bool:
        for part in self._all():
            part.has_died()
        return any(part.is_up for part in self._all())

    def _all(self) -> list[Part]:
        return [*self._parts.values(), *self._once]


def is_port_free(host: str, port: int) -> bool:
    """True when the web server may listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def is_answering(host: str, port: int) -> bool:
    """True when something accepts connections there."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- compared
    try:
        socket.create_connection((reachable, port), timeout=0.2).close()
    except OSError:
        return False
    return True
