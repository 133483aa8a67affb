"""The queue table on SQLite: claims by one UPDATE, waits by watching the file's data version."""

import time
from datetime import timedelta
from typing import Any, ClassVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

# The look costs 4 microseconds, but waking up for it 30 to 100: every 4 ms that was 2 % of a core.
# So it is done while work keeps coming; the first task after a silence may wait 6 ms longer.
LOOK_EVERY_SECONDS = 0.002
LOOK_EVERY_SECONDS_WHEN_SILENT = 0.010
SILENT_AFTER_SECONDS = 2.0


class SqliteTable:
    """django_q_ormq through a connection of its own, whose data version only others change."""

    ENQUEUE: ClassVar[str] = (
        "INSERT INTO django_q_ormq (key, payload, lock) VALUES (%s, %s, %s) RETURNING id"
    )
    HAS_WORK: ClassVar[str] = (
        "SELECT EXISTS (SELECT 1 FROM django_q_ormq WHERE key = %s AND lock <= %s)"
    )
    CLAIM: ClassVar[str] = (
        "UPDATE django_q_ormq SET lock = %s WHERE id IN (SELECT id FROM django_q_ormq "
        "WHERE key = %s AND lock <= %s ORDER BY id LIMIT %s) RETURNING id, payload"
    )

    def __init__(self, alias: str, key: str) -> None:
        self.key = key
        self.wrapper: BaseDatabaseWrapper = connections.create_connection(alias)
        # Claims and acknowledgements may be lost with the power: the task then runs again, which
        # tasks must bear anyway. Enqueues stay on the caller's connection, with its durability.
        with self.wrapper.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=NORMAL")
        self._seen = self._data_version()
        self._busy_at = time.monotonic()

    @staticmethod
    def add(connection: BaseDatabaseWrapper, key: str, payload: str) -> tuple[int, Any]:
        """Inserts on the caller's connection, inside the caller's transaction: (id, lock)."""
        lock = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(
                SqliteTable.ENQUEUE, [key, payload, connection.ops.adapt_datetimefield_value(lock)]
            )
            row = cursor.fetchone()
        return row[0], lock

    def _data_version(self) -> int:
        return int(self.wrapper.connection.execute("PRAGMA data_version").fetchone()[0])

    def claim(self, *, limit: int, lock_seconds: float) -> list[tuple[int, str]]:
        """Returns up to `limit` (id, payload), oldest first, locked against other claimers."""
        with self.wrapper.wrap_database_errors:
            # Taken before the look, so that a commit between look and wait ends the wait.
            self._seen = self._data_version()
        adapt = self.wrapper.ops.adapt_datetimefield_value
        now = timezone.now()
        with self.wrapper.cursor() as cursor:
            # An UPDATE takes the write lock even when it finds nothing; a SELECT never does.
            cursor.execute(self.HAS_WORK, [self.key, adapt(now)])
            if not cursor.fetchone()[0]:
                return []
            until = adapt(now + timedelta(seconds=lock_seconds))
            cursor.execute(self.CLAIM, [until, self.key, adapt(now), limit])
            self._busy_at = time.monotonic()
            return sorted(cursor.fetchall())

    def wait(self, *, seconds: float) -> None:
        """Returns when another connection committed anything, at the latest after `seconds`."""
        began = time.monotonic()
        is_silent = began - self._busy_at > SILENT_AFTER_SECONDS
        pause = LOOK_EVERY_SECONDS_WHEN_SILENT if is_silent else LOOK_EVERY_SECONDS
        with self.wrapper.wrap_database_errors:
            while self._data_version() == self._seen and time.monotonic() < began + seconds:
                time.sleep(pause)

    def delete(self, ids: list[int]) -> None:
        marks = ", ".join(["%s"] * len(ids))
        with self.wrapper.cursor() as cursor:
            cursor.execute(f"DELETE FROM django_q_ormq WHERE id IN ({marks})", ids)  # noqa: S608

    def close(self) -> None:
        self.wrapper.close()
