"""Two statements Django has no words for, written for both databases."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connections, models, router
from django.db.models import JSONField


def _array_type(field: models.Field) -> str:
    """The PostgreSQL type of the column, for the cast of an array parameter."""
    db_type = field.db_parameters(connection=connections[router.db_for_write(field.model)])["type"]
    names = {"bigserial": "bigint", "serial": "integer"}
    bare = str(db_type).split("(")[0]
    return names.get(bare, "text" if bare == "varchar" else bare)


def _plain(value: Any, field: models.Field) -> Any:
    return json.dumps(value) if isinstance(field, JSONField) and value is not None else value


def set_columns(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Sets `columns` of many rows by primary key, each row to its own values, in one round trip.

    `rows` are (pk, value, …) in the order of `columns` (field attribute names). Django's
    bulk_update writes one CASE per value: 0.4 ms a row when measured, against 0.02 ms here.
    Locks: the rows named, in the order given.
    """
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    pk = model._meta.pk
    fields = [pk, *(model._meta.get_field(name) for name in columns)]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = [quote(str(field.column)) for field in fields]
    values = [
        tuple(_plain(value, field) for value, field in zip(row, fields, strict=True))
        for row in rows
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sets = ", ".join(f"{name} = v.c{n}" for n, name in enumerate(names[1:], start=1))
            arrays = ", ".join(f"%s::{_array_type(field)}[]" for field in fields)
            aliases = ", ".join(f"c{n}" for n in range(len(fields)))
            cursor.execute(
                f"UPDATE {table} SET {sets} FROM unnest({arrays}) AS v({aliases}) "  # noqa: S608
                f"WHERE {table}.{names[0]} = v.c0",
                [list(column) for column in zip(*values, strict=True)],
            )
        else:
            sets = ", ".join(f"{name} = %s" for name in names[1:])
            adapt = connection.ops.adapt_datetimefield_value
            cursor.executemany(
                f"UPDATE {table} SET {sets} WHERE {names[0]} = %s",  # noqa: S608
                [
                    tuple(
                        adapt(value) if isinstance(value, datetime) else value
                        for value in (*row[1:], row[0])
                    )
                    for row in values
                ],
            )


def lock_keys(keys: Sequence[tuple[str, str]]) -> None:
    """Holds a lock on each key until the transaction ends, so that two writers meet one by one.

    PostgreSQL: advisory locks in one order, so no two callers wait for each other. SQLite: a
    transaction begins IMMEDIATE, so there is only one writer anyway.
    """
    connection = connections["default"]
    if connection.vendor != "postgresql" or not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(k) FROM (SELECT DISTINCT hashtextextended(v, 20261122) AS k"
            " FROM unnest(%s::text[]) AS v ORDER BY 1) AS ordered",
            [[f"{kind}:{value}" for kind, value in keys]],
        )
