"""Listens which locks each transaction takes, and in which order. PostgreSQL only: SQLite has one."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

ORDER = (
    "territory uploads", "tables of territories", "imports", "rule sets", "intake items",
    "identities", "leads", "pools", "reps", "timers", "messages",
)  # fmt: skip
TABLES = {
    "leads_intakeitem": "intake items",
    "leads_importbatch": "imports",
    "leads_lead": "leads",
    "routing_pool": "pools",
    "reps_rep": "reps",
    "routing_ruleset": "rule sets",
    "routing_slatimer": "timers",
    "routing_outboxmessage": "messages",
    "routing_territoryupload": "territory uploads",
}
_FROM = re.compile(r'\bFROM "?(\w+)"?')


@dataclass
class LockWatch:
    """The locks of each transaction in the order taken. Taking again what one holds is no waiting."""

    transactions: list[tuple[object, list[str]]] = field(default_factory=list)
    _held: set[tuple[str, int]] = field(default_factory=set)

    def __call__(
        self, execute: Callable[..., Any], sql: Any, parameters: Any, many: bool, context: Any
    ) -> Any:
        # Pieced together by psycopg, some statements are objects; none of those takes a lock.
        if isinstance(sql, str) and (kind := find_lock(sql)):
            self._note(kind, {(kind, number) for number in _list_numbers(parameters)})
        return execute(sql, parameters, many, context)

    def _note(self, kind: str, rows: set[tuple[str, int]]) -> None:
        transaction = _name_transaction()
        if not self.transactions or self.transactions[-1][0] != transaction:
            self.transactions.append((transaction, []))
            self._held = set()
        if not rows or not rows <= self._held:
            self.transactions[-1][1].append(kind)
        self._held |= rows

    def find_disorder(self) -> list[list[str]]:
        """The transactions whose locks are not in `ORDER`."""
        ranks = {kind: rank for rank, kind in enumerate(ORDER)}
        return [
            kinds
            for _, kinds in self.transactions
            if [ranks[kind] for kind in kinds] != sorted(ranks[kind] for kind in kinds)
        ]


def _name_transaction() -> object:
    """Differs for each outermost atomic block; within a test that is rolled back, that is a savepoint."""
    blocks = connection.atomic_blocks
    outer = sum(getattr(one, "_from_testcase", False) for one in blocks)
    if outer < len(blocks):
        return connection.savepoint_ids[outer - 1] if outer else blocks[0]
    return object()  # not in a block of its own: released at once


def _list_numbers(parameters: Any) -> list[int]:
    values = [
        one for each in parameters or () for one in (each if isinstance(each, list) else [each])
    ]
    return [one for one in values if isinstance(one, int) and not isinstance(one, bool)]


def find_lock(sql: str) -> str | None:
    """What a statement locks, or None. Of rows that are passed over when locked, nobody waits."""
    if "pg_advisory_xact_lock" in sql:
        return "identities"
    if sql.startswith("LOCK TABLE"):
        return "tables of territories"
    if "FOR UPDATE" not in sql or "SKIP LOCKED" in sql:
        return None
    table = _FROM.search(sql)
    assert table is not None, sql
    return TABLES.get(table[1], table[1])


@contextmanager
def watching() -> Iterator[LockWatch]:
    watch = LockWatch()
    with connection.execute_wrapper(watch):
        yield watch
