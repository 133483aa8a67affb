"""The queue table on PostgreSQL: claims by SKIP LOCKED, waits by LISTEN, reads the server's clock."""

from typing import Any, ClassVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

CHANNEL_PREFIX = "django_q_"


def channel_name(key: str) -> str:
    """Returns the NOTIFY channel of a queue; PostgreSQL cuts names at 63 bytes, so do we."""
    return (CHANNEL_PREFIX + key).encode()[:63].decode(errors="ignore")


class PostgresqlTable:
    """django_q_ormq through a connection of its own, which also listens."""

    # The notification leaves with the commit of the enqueue's transaction, and never without it.
    ENQUEUE: ClassVar[str] = (
        "WITH added AS ("
        "INSERT INTO django_q_ormq (key, payload, lock) VALUES (%s, %s, clock_timestamp()) "
        "RETURNING id, lock) SELECT id, lock, pg_notify(%s, '') FROM added"
    )
    # ANY(ARRAY(…)) is evaluated once; with IN (…) the planner may run the locking part repeatedly
    # and claim more than LIMIT. clock_timestamp, because a row that was committed after this
    # statement began may carry a later time than the statement's own.
    CLAIM: ClassVar[str] = (
        "UPDATE django_q_ormq SET lock = clock_timestamp() + %s * interval '1 second' "
        "WHERE id = ANY(ARRAY(SELECT id FROM django_q_ormq "
        "WHERE key = %s AND lock <= clock_timestamp() ORDER BY id LIMIT %s "
        "FOR UPDATE SKIP LOCKED)) RETURNING id, payload"
    )
    DELETE: ClassVar[str] = "DELETE FROM django_q_ormq WHERE id = ANY(%s)"

    def __init__(self, alias: str, key: str) -> None:
        self.key = key
        self.wrapper: BaseDatabaseWrapper = connections.create_connection(alias)
        with self.wrapper.cursor() as cursor:
            # Claims and acknowledgements may be lost with the server: the task then runs again,
            # which tasks must bear anyway. Enqueues stay on the caller's connection.
            cursor.execute("SET synchronous_commit TO off")
            # Listening starts before the first claim, so no row can fall between the two.
            cursor.execute(f"LISTEN {self.wrapper.ops.quote_name(channel_name(key))}")

    @staticmethod
    def add(connection: BaseDatabaseWrapper, key: str, payload: str) -> tuple[int, Any]:
        """Inserts on the caller's connection, inside the caller's transaction: (id, lock)."""
        with connection.cursor() as cursor:
            cursor.execute(PostgresqlTable.ENQUEUE, [key, payload, channel_name(key)])
            row = cursor.fetchone()
        return row[0], row[1]

    def claim(self, *, limit: int, lock_seconds: float) -> list[tuple[int, str]]:
        """Returns up to `limit` (id, payload), oldest first, locked against other claimers."""
        with self.wrapper.cursor() as cursor:
            cursor.execute(self.CLAIM, [lock_seconds, self.key, limit])
            return sorted(cursor.fetchall())

    def wait(self, *, seconds: float) -> None:
        """Returns when something was enqueued, at the latest after `seconds`."""
        # psycopg keeps what arrives between two calls, so a notification during a claim counts.
        with self.wrapper.wrap_database_errors:
            for _ in self.wrapper.connection.notifies(timeout=seconds, stop_after=1):
                pass

    def delete(self, ids: list[int]) -> None:
        with self.wrapper.cursor() as cursor:
            cursor.execute(self.DELETE, [ids])

    def close(self) -> None:
        self.wrapper.close()
