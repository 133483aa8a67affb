"""A django-q2 broker on its own ORM table, without the polling delay of the stock one."""

import logging
import time
from typing import Any

from django.db import Error, connections
from django.db.models import QuerySet
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ

from leadrouter.queueing.postgresql import PostgresqlTable
from leadrouter.queueing.sqlite import SqliteTable

logger = logging.getLogger(__name__)

LONGEST_PAUSE_SECONDS = 2.0
Table = PostgresqlTable | SqliteTable


class FastBroker(ORM):
    """At-least-once delivery, oldest first, over django_q_ormq; rows are as the ORM broker's.

    A task is enqueued on the caller's connection: inside `atomic()` it appears with the commit or
    not at all. Pusher and monitor use a connection of the broker's own and survive its loss.
    """

    def __init__(self, list_key: str | None = None) -> None:
        self._reset()
        super().__init__(list_key)

    def __setstate__(self, state: Any) -> None:
        self._reset()
        super().__setstate__(state)

    def _reset(self) -> None:
        self._table: Table | None = None
        self._failures = 0
        self._unacknowledged: list[int] = []
        self.last_enqueued: tuple[int, Any] | None = None

    @staticmethod
    def get_connection(list_key: str | None = None) -> QuerySet:
        """Touches no database: a broker is also made while the database is down."""
        return OrmQ.objects.using(Conf.ORM)

    def _table_class(self) -> type[Table]:
        is_postgresql = connections[Conf.ORM].vendor == "postgresql"
        return PostgresqlTable if is_postgresql else SqliteTable

    def _open(self) -> Table:
        if self._table is None:
            self._table = self._table_class()(Conf.ORM, self.list_key)
        return self._table

    def _close(self) -> None:
        table, self._table = self._table, None
        if table is not None:
            try:
                table.close()
            except Error:
                logger.debug("The queue's connection was already gone.")

    def info(self) -> str:
        return f"Fast {Conf.ORM}"

    def enqueue(self, task: str) -> int:
        """Inserts in the caller's transaction. Raises: django.db.Error."""
        key = self.list_key or Conf.CLUSTER_NAME
        self.last_enqueued = self._table_class().add(connections[Conf.ORM], key, task)
        return self.last_enqueued[0]

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Returns claimed (id, payload) pairs, or None after waiting Conf.POLL seconds in vain.

        Waiting is bounded so that the pusher sees its stop signal and expired locks are found. A
        database that is away costs a pause, not the pusher: the stock one sleeps ten seconds and
        dies.
        """
        try:
            table = self._open()
            claimed = self._claim(table)
            if not claimed:
                table.wait(seconds=Conf.POLL)
                claimed = self._claim(table)
        except Error as error:
            self._pause(error)
            return None
        self._failures = 0
        return claimed or None

    def _claim(self, table: Table) -> list[tuple[int, str]]:
        return table.claim(limit=Conf.BULK, lock_seconds=Conf.RETRY)

    def _pause(self, error: Error) -> None:
        self._close()
        if self._failures == 0:
            logger.warning("The queue waits for the database: %s", error)
        self._failures += 1
        time.sleep(min(0.1 * 2 ** min(self._failures, 10), LONGEST_PAUSE_SECONDS))

    def acknowledge(self, task_id: int) -> None:
        """Deletes the row; what the database refuses now is deleted with the next one."""
        self._unacknowledged.append(task_id)
        for _attempt in range(2):
            try:
                self._open().delete(self._unacknowledged)
            except Error as error:
                self._close()
                logger.warning("Could not acknowledge a task yet: %s", error)
            else:
                self._unacknowledged.clear()
                return

    def delete(self, task_id: int) -> None:
        self.acknowledge(task_id)
