"""Statements by hand, for the path that every lead takes.

Building and compiling a query by the ORM takes longer than running it: on PostgreSQL one small read
took 550 µs by the ORM, 180 µs by hand and 100 µs prepared by the server, and a single lead needs
two dozen of them. What is left is waiting for one answer after another, so statements that do not
need each other's answers travel together. Anywhere else the ORM is the better choice.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.backends.utils import CursorWrapper

Row = tuple[Any, ...]
_INDEXED_BY = re.compile(r"INDEXED BY \w+")
ModelT = TypeVar("ModelT", bound=models.Model)
T = TypeVar("T")


def prepared_cursor() -> CursorWrapper:
    """A cursor whose statements the server prepares and plans once per connection.

    Django's own cursors on PostgreSQL write the parameters into the text, so that each statement
    is a new one. Its switch for the whole connection changes what annotations mean; this does not.
    """
    # Each look at the proxy `connection` costs 3 µs, which a few per statement make felt.
    wrapper = connections[DEFAULT_DB_ALIAS]
    wrapper.ensure_connection()
    if wrapper.vendor != "postgresql":
        return wrapper.cursor()
    raw = psycopg.Cursor(wrapper.connection)
    # The wrappers count, log and translate errors as for any other statement.
    make = wrapper.make_debug_cursor if wrapper.queries_logged else wrapper.make_cursor
    return make(raw)  # type: ignore[arg-type]


@contextmanager
def pipelined() -> Iterator[None]:
    """On PostgreSQL, statements within leave without waiting for the answers to those before.

    They run one after another all the same, and whatever fetches waits for its answer; an error
    shows at the next fetch or at the end of the block. Only for statements by hand and for reads of
    the ORM: its writes look at row counts, which are not known yet. A drain of one lead waits 12
    times instead of 38, which halves what it takes on PostgreSQL. SQLite has nothing to wait for.
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """One statement, and what its rows are turned into."""

    statement: str
    parameters: tuple[Any, ...]
    decode: Callable[[list[Row]], list[T]]


def read_rows(statement: str, *parameters: Any) -> Read[Row]:
    """Rows as the driver gives them.

    `column AMONG (%s)` takes a list; `FOR UPDATE` locks on PostgreSQL and says nothing on SQLite;
    `INDEXED BY` binds SQLite, whose planner believes that all states are equally frequent.
    SQLite's moments know no zone, or are text when computed: read them with `read_moment`.
    """
    return Read(statement, parameters, list)


def read_models(
    model: type[ModelT], condition: str, *parameters: Any, only: Sequence[str] = ()
) -> Read[ModelT]:
    """The rows of a model that meet a condition (with ORDER BY and FOR UPDATE, if wanted).

    `only` names the attributes to read; the others are deferred.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    statement = f"SELECT {{columns}} FROM {table} WHERE {condition}"  # noqa: S608
    return read_returned(model, statement, *parameters, only=only)


def read_returned(
    model: type[ModelT], statement: str, *parameters: Any, only: Sequence[str] = ()
) -> Read[ModelT]:
    """What a statement with RETURNING {columns} (or SELECT {columns}) gives, as rows of the model."""
    columns, names, readers = _selection(model, tuple(only))

    def decode(rows: list[Row]) -> list[ModelT]:
        for n, read in readers:
            rows = [
                row if row[n] is None else (*row[:n], read(row[n]), *row[n + 1 :]) for row in rows
            ]
        return [model.from_db(connection.alias, names, row) for row in rows]

    return Read(statement.replace("{columns}", columns), parameters, decode)


def ask(read: Read[T]) -> Callable[[], list[T]]:
    """Sends a read now and returns what gives its answer later.

    Within `pipelined` the answer arrives with the next one that is waited for. Without, and on
    SQLite, it is there at once.
    """
    if connection.vendor != "postgresql":
        found = fetch(read)
        return lambda: found
    cursor = prepared_cursor()
    _send(cursor, read)

    def answer() -> list[T]:
        with cursor:
            return read.decode(cursor.fetchall())

    return answer


def fetch_each(*reads: Read[Any]) -> list[list[Any]]:
    """Runs reads that do not need each other's answers; one round trip. Queries: one each."""
    with pipelined():
        answers = [ask(read) for read in reads]
    return [answer() for answer in answers]


def fetch_rows(statement: str, *parameters: Any) -> list[Row]:
    """Runs one `read_rows`."""
    return fetch(read_rows(statement, *parameters))


def fetch_models(
    model: type[ModelT], condition: str, *parameters: Any, only: Sequence[str] = ()
) -> list[ModelT]:
    """Runs one `read_models`."""
    return fetch(read_models(model, condition, *parameters, only=only))


def fetch(read: Read[T]) -> list[T]:
    """Runs one read and returns what it found."""
    with prepared_cursor() as cursor:
        _send(cursor, read)
        return read.decode(cursor.fetchall())


def _send(cursor: CursorWrapper, read: Read[Any]) -> None:
    statement = _translate(read.statement, connection.vendor)
    cursor.execute(statement, [_adapt(value) for value in read.parameters])


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
    return columns, [field.attname for field in fields], readers


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
