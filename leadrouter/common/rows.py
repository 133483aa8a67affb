"""Statements by hand, for the path that every lead takes.

Building and compiling a query by the ORM takes longer than running it: on PostgreSQL one small read
took 550 µs by the ORM, 180 µs by hand and 100 µs prepared by the server, and a single lead needs a
dozen of them. Anywhere else the ORM is the better choice.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

Row = tuple[Any, ...]
_INDEXED_BY = re.compile(r"INDEXED BY \w+")
ModelT = TypeVar("ModelT", bound=models.Model)


def prepared_cursor() -> CursorWrapper:
    """A cursor whose statements the server prepares and plans once per connection.

    Django's own cursors on PostgreSQL write the parameters into the text, so that each statement
    is a new one. Its switch for the whole connection changes what annotations mean; this does not.
    """
    connection.ensure_connection()
    if connection.vendor != "postgresql":
        return connection.cursor()
    raw = psycopg.Cursor(connection.connection)
    # The wrappers count, log and translate errors as for any other statement.
    make = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    return make(raw)  # type: ignore[arg-type]


def fetch_rows(statement: str, *parameters: Any) -> list[Row]:
    """Runs a statement and returns its rows, as the driver gives them.

    `column AMONG (%s)` takes a list; `FOR UPDATE` locks on PostgreSQL and says nothing on SQLite;
    `INDEXED BY` binds SQLite, whose planner believes that all states are equally frequent.
    SQLite's moments know no zone, or are text when computed: read them with `read_moment`.
    """
    with prepared_cursor() as cursor:
        cursor.execute(
            _translate(statement, connection.vendor), [_adapt(value) for value in parameters]
        )
        return list(cursor.fetchall())


def fetch_models(
    model: type[ModelT], condition: str, *parameters: Any, only: Sequence[str] = ()
) -> list[ModelT]:
    """Returns the rows of a model that meet a condition (with ORDER BY and FOR UPDATE, if wanted).

    `only` names the attributes to read; the others are deferred.
    """
    select, names, readers = _selection(model, tuple(only))
    rows = fetch_rows(f"{select} WHERE {condition}", *parameters)
    for n, read in readers:
        rows = [row if row[n] is None else (*row[:n], read(row[n]), *row[n + 1 :]) for row in rows]
    return [model.from_db(connection.alias, names, row) for row in rows]


Reader = Callable[[Any], Any]


@lru_cache(maxsize=64)
def _selection(
    model: type[models.Model], only: tuple[str, ...]
) -> tuple[str, list[str], list[tuple[int, Reader]]]:
    fields = [
        field
        for field in model._meta.concrete_fields
        if not only or field.primary_key or field.attname in only
    ]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    readers = [(n, reader) for n, field in enumerate(fields) if (reader := _reader(field))]
    select = f"SELECT {columns} FROM {connection.ops.quote_name(model._meta.db_table)}"  # noqa: S608
    return select, [field.attname for field in fields], readers


def _reader(field: models.Field) -> Reader | None:
    """What makes the driver's value the field's: JSON is text on both databases, SQLite has less."""
    if isinstance(field, models.JSONField):
        return json.loads
    if connection.vendor == "postgresql":
        return None
    readers: dict[type[models.Field], Reader] = {
        models.DateTimeField: read_moment,
        models.TimeField: read_time,
        models.BooleanField: bool,
        models.UUIDField: UUID,
    }
    return next((read for kind, read in readers.items() if isinstance(field, kind)), None)


@lru_cache(maxsize=128)
def _translate(statement: str, vendor: str) -> str:
    if vendor == "postgresql":
        return _INDEXED_BY.sub("", statement).replace("AMONG (%s)", "= ANY (%s)")
    plain = statement.replace("FOR UPDATE SKIP LOCKED", "").replace("FOR UPDATE", "")
    return plain.replace("AMONG (%s)", "IN (SELECT value FROM json_each(%s))")


def _adapt(value: Any) -> Any:
    if isinstance(value, list) and connection.vendor == "sqlite":
        return json.dumps(value)
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def read_moment(value: datetime | str) -> datetime:
    """An instant of either database, in UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return _parse_moment(value)


def read_time(value: time | str) -> time:
    """A wall-clock time of either database."""
    return value if isinstance(value, time) else _parse_time(value)


@lru_cache(maxsize=1024)
def _parse_moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@lru_cache(maxsize=1024)
def _parse_time(text: str) -> time:
    return time.fromisoformat(text)
