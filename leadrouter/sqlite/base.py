"""Django's SQLite backend, whose writers wait for their turn instead of for the end of a nap.

SQLite has one writer at a time. Whoever comes meanwhile sleeps for 1, 2, 5, 10, 15, 20, 25 … up to
100 ms and looks again, however short the other's transaction was: at 30 leads a second that was most
of the slowest hundredth of all waits. Here a writer first takes an advisory lock on a file beside
the database, and looks for it every fraction of a millisecond. The lock only orders the waiting;
what keeps writers apart is still SQLite's own, so whoever writes by other means is safe as well.
"""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

SHORTEST_LOOK_SECONDS = 0.0002
LONGEST_LOOK_SECONDS = 0.001
_READS = ("SELECT", "PRAGMA", "EXPLAIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


class WriteTurn:
    """The right to write, of one connection. Released by the kernel when its process dies."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file: int | None = None
        self._process = 0
        self.is_held = False

    def take(self, *, patience_seconds: float) -> None:
        """Waits at most so long; then goes ahead without, and SQLite itself says that it is locked."""
        give_up_at = time.monotonic() + patience_seconds
        look = SHORTEST_LOOK_SECONDS
        while time.monotonic() < give_up_at:
            try:
                fcntl.flock(self._open(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(look)
                look = min(look * 1.5, LONGEST_LOOK_SECONDS)
            except OSError:
                return  # a file system without locks, or a full one: SQLite's own waiting must do
            else:
                self.is_held = True
                return

    def release(self) -> None:
        """Harmless when it is not held."""
        if self.is_held and self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self.is_held = False

    def _open(self) -> int:
        # A forked process shares the descriptor, and with it the lock: it needs one of its own.
        if self._file is None or self._process != os.getpid():
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._process, self.is_held = os.getpid(), False
        return self._file

    def close(self) -> None:
        if self._file is not None and self._process == os.getpid():
            os.close(self._file)
        self._file, self.is_held = None, False


class DatabaseWrapper(base.DatabaseWrapper):
    """Takes the turn with BEGIN, or for a single write outside of a transaction."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: WriteTurn | None = None
        self.execute_wrappers.append(self._write_in_turn)

    def init_connection_state(self) -> None:
        super().init_connection_state()
        name = str(self.settings_dict["NAME"])
        # A database in memory has no file to stand beside, and its users share one process.
        if not self.is_in_memory_db() and Path(name).parent.is_dir():
            self._turn = WriteTurn(f"{name}-turn")

    def _patience(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("timeout", 5))

    def _write_in_turn(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        if self._turn is None or self.in_atomic_block or self._turn.is_held or _is_read(sql):
            return execute(sql, params, many, context)
        self._turn.take(patience_seconds=self._patience())
        try:
            return execute(sql, params, many, context)
        finally:
            self._turn.release()

    def _start_transaction_under_autocommit(self) -> None:
        if self._turn is not None:
            self._turn.take(patience_seconds=self._patience())
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self._turn is not None:
                self._turn.close()

    def _end_turn(self) -> None:
        if self._turn is not None:
            self._turn.release()


def _is_read(sql: str) -> bool:
    return sql.lstrip()[:10].upper().startswith(_READS)
