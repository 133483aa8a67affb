"""Which statements read a large table from end to end, by the database's own account."""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection

LARGE = {
    "leads_lead", "leads_intakeitem", "leads_interaction", "leads_leadidentity", "leads_account",
    "routing_decision", "routing_assignment", "routing_slatimer", "routing_outboxmessage",
    "routing_turnentry",
}  # fmt: skip
# Indexes that hold only the few rows that are open or wait; reading one whole is cheap.
PARTIAL = {
    "assignment_open", "timer_unmet", "intake_waiting", "timer_running", "outbox_pending",
    "lead_by_queue", "lead_retry_due",
}  # fmt: skip

FEW = 5000


class Recorder:
    """Keeps what is executed: `with connection.execute_wrapper(recorder):`."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Any]] = []

    def __call__(
        self, execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any
    ) -> Any:
        if not many:
            self.statements.append((sql, parameters))
        return execute(sql, parameters, many, context)

    def full_scans(self) -> list[str]:
        """“table: statement” of each SELECT or UPDATE recorded that scans a large table."""
        found = []
        for sql, parameters in self.statements:
            if sql.lstrip().upper().startswith(("SELECT", "UPDATE")):
                found += [f"{line} in {sql[:200]}" for line in find_full_scans(sql, parameters)]
        return found


def find_full_scans(sql: str, parameters: Any) -> list[str]:
    """Lines of the plan that read a large table whole. A limited read in table order stops early."""
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN " if is_postgresql else "EXPLAIN QUERY PLAN ") + sql, parameters)
        lines = [str(row[0] if is_postgresql else row[3]) for row in cursor.fetchall()]
    pattern = r"Seq Scan on (\w+)" if is_postgresql else r"SCAN (\w+)(?: USING .*INDEX (\w+))?"
    is_sorted = any("TEMP B-TREE FOR ORDER BY" in line or "Sort" in line for line in lines)
    aliases = {
        alias: table for table, alias in re.findall(r'"?(\w+)"? (?:AS )?"?([A-Z]\d|[a-z])"?\b', sql)
    }
    small = _small_tables()
    scans = []
    for line in lines:
        match = re.search(pattern, line)
        if match is None or aliases.get(match[1], match[1]) not in LARGE:
            continue
        if aliases.get(match[1], match[1]) in small:
            continue
        if not is_postgresql and match[2] in PARTIAL:
            continue
        if is_sorted or "LIMIT" not in sql.upper() or sql.lstrip()[:6].upper() == "UPDATE":
            scans.append(line.strip())
    return scans


def _small_tables() -> set[str]:
    """Large tables that hold so few rows yet that reading them whole is right."""
    with connection.cursor() as cursor:
        counts = {}
        for table in LARGE:
            cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {FEW}) AS few")
            counts[table] = cursor.fetchone()[0]
    return {table for table, count in counts.items() if count < FEW}
