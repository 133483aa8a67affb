"""From a posted lead to its stored owner, through real servers, workers and both databases.

The moment an owner is stored is seen from outside: PostgreSQL notifies at commit (a trigger on the
decisions, on both sides of the comparison), SQLite's data version is watched every millisecond.
"""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from django.conf import settings
from django.db import connection

from bench.http_load import Posted, post_at_rate, prepare_post
from bench.measuring import percentile
from bench.organisation import api_endpoint
from bench.people import Crowd
from bench.processes import find_port, group_cpu_seconds, manage, running
from bench.stage import SEED
from bench.table import print_table, verdict
from leads.models import IntakeItem
from leads.services.api_keys import create_api_key
from routing.models import Decision

PATH = "/api/v1/leads/"
SETTLE_SECONDS = 1.0
PATIENCE_SECONDS = 30
PEER = {"DJANGO_SETTINGS_MODULE": "bench.peer_settings"}


@dataclass(slots=True)
class Sightings:
    """When each decision was first seen, by lead; times of time.time()."""

    seen_at: dict[int, float] = field(default_factory=dict)
    is_ready: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)

    def watch_postgresql(self) -> None:
        with psycopg.connect(_dsn(), autocommit=True) as listening:
            listening.execute("LISTEN bench_decided")
            self.is_ready.set()
            while not self._stop.is_set():
                for notice in listening.notifies(timeout=0.2):
                    self.seen_at[int(notice.payload)] = time.time()

    def watch_sqlite(self) -> None:
        connection.ensure_connection()
        raw, last, version = connection.connection, 0, -1
        self.is_ready.set()
        while not self._stop.is_set():
            now_version = raw.execute("PRAGMA data_version").fetchone()[0]
            if now_version != version:
                version = now_version
                query = "SELECT id, lead_id FROM routing_decision WHERE id > ? ORDER BY id"
                for last, lead_id in raw.execute(query, [last]).fetchall():  # noqa: B007, B020
                    self.seen_at[lead_id] = time.time()
            time.sleep(0.001)
        connection.close()

    def stop(self) -> None:
        self._stop.set()


def _dsn() -> str:
    database = settings.DATABASES["default"]
    parts = {
        "host": database["HOST"], "port": database["PORT"] or 5432, "user": database["USER"],
        "password": database["PASSWORD"], "dbname": database["NAME"],
    }  # fmt: skip
    return psycopg.conninfo.make_conninfo(**{k: v for k, v in parts.items() if v})


@contextmanager
def watching() -> Iterator[Sightings]:
    """Watches decisions appear while the block runs."""
    sightings = Sightings()
    is_postgresql = connection.vendor == "postgresql"
    if is_postgresql:
        with connection.cursor() as cursor:
            cursor.execute(_TRIGGER)
    watch = sightings.watch_postgresql if is_postgresql else sightings.watch_sqlite
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    sightings.is_ready.wait(10)
    try:
        yield sightings
    finally:
        sightings.stop()
        thread.join()


_TRIGGER = """
CREATE OR REPLACE FUNCTION bench_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('bench_decided', NEW.lead_id::text); RETURN NULL; END $$;
CREATE OR REPLACE TRIGGER bench_decided AFTER INSERT ON routing_decision
FOR EACH ROW EXECUTE FUNCTION bench_decided();
"""


def run(*, is_quick: bool) -> None:
    """Prints p50 and p99 of leadrouter and of the peer at 30 leads a second, and their ratio."""
    rate, seconds = 30.0, 1 if is_quick else 30
    _, key = create_api_key(endpoint=api_endpoint(), name="bench")
    rows, worst = [], {}
    for name, start in (("stock django-q2, one ORM task per lead", _peer), ("leadrouter", _ours)):
        with start() as (port, cpu):
            # Answers caches and lazy imports: both sides are measured warm.
            _measure(port, key, count=10 if is_quick else 60, rate=rate, label=f"warm-{name}")
            before = cpu()
            count = int(rate * seconds)
            waits, accepts = _measure(port, key, count=count, rate=rate, label=name)
            used = cpu() - before
        p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
        worst[name] = p99
        rows.append(
            (name, len(waits), percentile(accepts, 0.5), percentile(accepts, 0.99),
             p50, p99, max(waits), used * 1000 / count)
        )  # fmt: skip
    print_table(
        f"Latency on {connection.vendor}: {rate:g} leads/s by HTTP for {seconds} s, milliseconds from sending",
        ("", "leads", "202 p50", "202 p99", "owner p50", "owner p99", "owner max", "CPU ms/lead"),
        rows,
    )
    ours, peer = worst["leadrouter"], worst["stock django-q2, one ORM task per lead"]
    print(
        f"  owner p99 against the peer: {verdict(peer / ours, 10)}; "
        f"goals p50 <= 30: {'reached' if rows[-1][4] <= 30 else 'MISSED'}, "
        f"p99 <= 150: {'reached' if ours <= 150 else 'MISSED'}"
    )


Cpu = Callable[[], float]


@contextmanager
def _ours() -> Iterator[tuple[int, Cpu]]:
    port = find_port()
    with running(manage("serve", "--port", str(port)), port=port) as pid:
        time.sleep(3 * SETTLE_SECONDS)
        yield port, lambda: group_cpu_seconds(pid)


@contextmanager
def _peer() -> Iterator[tuple[int, Cpu]]:
    port = find_port()
    web = manage("run_web", "--port", str(port))
    with running(web, port=port, **PEER) as pid, running(manage("qcluster"), **PEER) as workers:
        time.sleep(3 * SETTLE_SECONDS)
        yield port, lambda: group_cpu_seconds(pid) + group_cpu_seconds(workers)


def _measure(
    port: int, key: str, *, count: int, rate: float, label: str
) -> tuple[list[float], list[float]]:
    """Milliseconds from sending to owner, and from sending to 202, of each lead."""
    crowd = Crowd(SEED, label=label.replace(" ", "").replace(",", ""), returning_share=0)
    headers = {"Authorization": f"Bearer {key}"}
    requests = [prepare_post(PATH, crowd.fields(), headers) for _ in range(count)]
    with watching() as sightings:
        posted = post_at_rate(port, requests, rate=rate, seed=SEED)
        leads = _await_leads(posted)
        time.sleep(SETTLE_SECONDS)
    waits = [(sightings.seen_at[leads[_public_id(one)]] - one.sent_at) * 1000 for one in posted]
    return waits, [one.milliseconds for one in posted]


def _public_id(one: Posted) -> str:
    if one.status != 202:
        sys.exit(f"A lead was refused: {one.status} {one.body[:300]!r}")
    return str(json.loads(one.body)["id"])


def _await_leads(posted: list[Posted]) -> dict[str, int]:
    """{intake id: lead id} once every lead is decided about; all of them, or the benchmark fails."""
    wanted = [_public_id(one) for one in posted]
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        rows = IntakeItem.objects.filter(public_id__in=wanted, lead__isnull=False)
        found = {str(public_id): lead for public_id, lead in rows.values_list("public_id", "lead")}
        decided = Decision.objects.filter(lead__in=found.values()).values("lead").distinct().count()
        if len(found) == len(wanted) == decided:
            return found
        time.sleep(0.2)
    sys.exit(f"Of {len(wanted)} leads only {len(found)} became leads within {PATIENCE_SECONDS} s.")
