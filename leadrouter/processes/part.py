"""One child of the supervisor: a process that leads a session and process group of its own."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from django.conf import settings

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_AFTER_KILL_SECONDS = 1.0
# A part that lived this long has started properly; ending later is no crash loop.
STARTED_AFTER_SECONDS = 30.0
CRASHES_TO_GIVE_UP = 6
# A part ends with this code when one of its own processes was killed: it is well, its child is not.
CHILD_KILLED = os.EX_TEMPFAIL

Write = Callable[[str, str], None]


class Part:
    """Starts, watches and ends one process group. Times are of time.monotonic()."""

    def __init__(self, name: str, command: Sequence[str], *, leash: int, write: Write) -> None:
        self.name = name
        self.command = list(command)
        self.crashes = 0
        self._deaths = 0
        self.start_at = 0.0
        self._leash = leash
        self._write = write
        self._process: subprocess.Popen[str] | None = None
        self._started_at = 0.0

    @property
    def is_up(self) -> bool:
        return self._process is not None

    @property
    def is_given_up(self) -> bool:
        return self.crashes >= CRASHES_TO_GIVE_UP

    def start(self) -> None:
        """Starts the group. Must be called by the supervisor's main thread, because the
        parent-death signal follows the thread that forked."""
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 -- our own commands
            [sys.executable, "-m", "leadrouter.processes.leash", str(self._leash), *self.command],
            cwd=settings.BASE_DIR,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            pass_fds=(self._leash,),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        threading.Thread(target=self._copy_output, args=(self._process,), daemon=True).start()

    def _copy_output(self, process: "subprocess.Popen[str]") -> None:
        for line in process.stdout or ():
            # A terminal that went away must not fill the pipe and stop the part.
            with suppress(OSError):
                self._write(self.name, line.rstrip("\n"))

    def has_died(self) -> bool:
        """True once when the leader is dead; by then its whole group is killed and reaped."""
        if self._process is None or not self._is_leader_dead():
            return False
        # The leader is not reaped yet, so its number still stands for this group and no other.
        self._kill_group()
        code = self._process.wait()
        lived = time.monotonic() - self._started_at
        self._process = None
        self._count(code, lived)
        # A part without a name runs once and is meant to end; it has said itself what it did.
        level = logging.WARNING if code else logging.INFO if self.name else logging.DEBUG
        logger.log(level, "%s ended with code %s after %.1f s.", self.name or "done:", code, lived)
        return True

    def _count(self, code: int, lived: float) -> None:
        """Being killed, however often, is no reason to give up: only failing by itself is."""
        is_killed = code in {-signal.SIGKILL, -signal.SIGTERM, CHILD_KILLED}
        is_short = lived < STARTED_AFTER_SECONDS
        if not is_killed:
            self.crashes = self.crashes + 1 if is_short else 0
        self._deaths = self._deaths + 1 if is_short else 0
        longest = LONGEST_PAUSE_AFTER_KILL_SECONDS if is_killed else LONGEST_PAUSE_SECONDS
        # The first death is answered at once; only a repeated one is waited for.
        pause = min(FIRST_PAUSE_SECONDS * 2**self._deaths, longest) if self._deaths > 1 else 0.0
        self.start_at = time.monotonic() + pause

    def _is_leader_dead(self) -> bool:
        assert self._process is not None  # noqa: S101 -- both callers have looked
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._process.pid, flags) is not None

    def _kill_group(self) -> None:
        assert self._process is not None  # noqa: S101 -- both callers have looked
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            logger.debug("%s left nothing behind.", self.name)

    def terminate(self) -> None:
        """Asks the leader, and only it, to stop: its children have their own order of stopping."""
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        """Kills the whole group; has_died then says so."""
        if self._process is not None:
            self._kill_group()
