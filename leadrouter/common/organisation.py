"""Whether the organisation changed, by one stamp for each kind of things that rarely do.

What people, places and rules look like is needed for every lead and changes a few times a day.
Triggers in the database note each change, whoever makes it: another process, a bulk update, a hand
at the SQL prompt. A process keeps what it has read until the stamp of its kind differs.

Which tables count is said by the apps themselves, in `AppConfig.organisation_tables`:
{kind: {table: columns whose update counts, none for all}}. `migrate` (re)makes the triggers,
because altering a table on SQLite makes it anew without them.

PostgreSQL keeps a row for each change, so two transactions never wait for each other here. A number
alone would not do: of two, the later may commit first. The count tells then. SQLite has one writer,
and keeps one row with a random token, because its numbers come again after a rollback.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from leadrouter.common.rows import Read, Row, fetch, read_rows


class Changes(StrEnum):
    """PEOPLE: reps and all that is said about them and their pools. SOURCES: doors that leads come
    through. RULES: which version is live. TERRITORIES: the tree and its owners."""

    PEOPLE = "PEOPLE"
    SOURCES = "SOURCES"
    RULES = "RULES"
    TERRITORIES = "TERRITORIES"


T = TypeVar("T")
Stamp = tuple[Any, ...]
Stamps = dict[str, Stamp]

TABLE = "common_organisationchange"
_STAMPS = f"SELECT kind, count(*), max(id), max(token) FROM {TABLE} GROUP BY kind"  # noqa: S608
_FORGET = f"""
DELETE FROM {TABLE} WHERE kind = %s AND id <= (
  SELECT id FROM {TABLE} WHERE kind = %s ORDER BY id DESC LIMIT 1 OFFSET %s
)
"""  # noqa: S608 -- a constant
# So few rows are counted in no time; a change that is under way is never so far behind the newest.
KEPT_CHANGES = 100


def stamps_read() -> Read[Row]:
    """For `make_stamps`, with whatever else the caller reads."""
    return read_rows(_STAMPS)


def make_stamps(rows: Sequence[Row]) -> Stamps:
    """Returns {kind: stamp}; a kind that never changed has none."""
    return {kind: tuple(rest) for kind, *rest in rows}


def get_stamps() -> Stamps:
    """Queries: 1."""
    return make_stamps(fetch(stamps_read()))


class Remembered(Generic[T]):
    """One value of this process, made anew for each stamp. Shared by threads: never changed in place
    but by adding what is the same for everybody."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._slot: tuple[Any, T] | None = None

    def at(self, stamp: Any) -> T:
        """The value for this stamp; an old one is dropped."""
        slot = self._slot
        if slot is None or slot[0] != stamp:
            slot = self._slot = (stamp, self._make())
        return slot[1]


def forget_old_changes() -> int:
    """Deletes all but the newest changes of each kind when they have become many; returns how many."""
    crowded = [kind for kind, count, *_ in fetch(stamps_read()) if count > 2 * KEPT_CHANGES]
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.executemany(_FORGET, [(kind, kind, KEPT_CHANGES) for kind in crowded])
        return int(cursor.rowcount) if crowded else 0


def watch_tables(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """Makes the triggers of one app's tables (a receiver of post_migrate)."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    if TABLE not in existing:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for kind, table, columns in _watched([sender]):
            if table in existing:
                for statement in _triggers(connection, kind, table, columns):
                    cursor.execute(statement)


def find_unwatched_tables(connection: BaseDatabaseWrapper) -> list[str]:
    """Returns the tables of which some change (insert, update or delete) would go unnoticed."""
    query = {
        "postgresql": "SELECT event_object_table FROM information_schema.triggers "
        "WHERE trigger_name = 'organisation_changed' GROUP BY 1 HAVING count(*) = 3",
        "sqlite": "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' "
        "AND name LIKE tbl_name || '_changed_%' GROUP BY 1 HAVING count(*) = 3",
    }[connection.vendor]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        cursor.execute(query)
        watched = {row[0] for row in cursor.fetchall()}
    wanted = {table for _, table, _ in _watched(apps.get_app_configs())}
    return sorted((wanted & existing) - watched)


def _watched(configs: Any) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for config in configs:
        for kind, tables in getattr(config, "organisation_tables", {}).items():
            for table, columns in tables.items():
                yield kind, table, columns


_FUNCTION = f"""
CREATE OR REPLACE FUNCTION note_organisation_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO {TABLE} (kind, token) VALUES (TG_ARGV[0], ''); RETURN NULL; END $$
"""  # noqa: S608 -- a constant


def _triggers(
    connection: BaseDatabaseWrapper, kind: str, table: str, columns: tuple[str, ...]
) -> Iterator[str]:
    update = f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
    if connection.vendor == "postgresql":
        yield (
            f"CREATE OR REPLACE TRIGGER organisation_changed AFTER INSERT OR DELETE OR TRUNCATE OR "
            f"{update} ON {table} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION note_organisation_change('{kind}')"
        )
        return
    for event in ("INSERT", "DELETE", update):
        name = f"{table}_changed_{event.split()[0].lower()}"
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield (
            f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN "  # noqa: S608 -- constants
            f"DELETE FROM {TABLE} WHERE kind = '{kind}'; "
            f"INSERT INTO {TABLE} (kind, token) VALUES ('{kind}', hex(randomblob(8))); END"
        )
