"""The queue's brokers: ours against django-q2's own on the same table, same database, same tasks."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.db import connection

from bench.measuring import percentile
from bench.processes import manage, running
from bench.stage import ROOT
from bench.table import print_table, verdict

SIDES = {
    "stock ORM broker, django-q2 defaults": {"DJANGO_SETTINGS_MODULE": "bench.peer_settings"},
    "stock ORM broker, our settings": {"Q_BROKER": "orm"},
    "FastBroker": {"Q_BROKER": "fast"},
}
PATIENCE_SECONDS = 120


def run(*, is_quick: bool) -> None:
    """Prints tasks a second from a backlog and the latency of an idle queue."""
    backlog, paced = (30, 5) if is_quick else (2000, 200)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, env) in enumerate(SIDES.items()):
            notes = Path(folder) / f"{number}"
            rate = _drain(notes, backlog, env | {"BENCH_NOTES": str(notes)})
            notes = Path(folder) / f"{number}-paced"
            waits = _pace(notes, paced, env | {"BENCH_NOTES": str(notes)})
            rows.append((name, rate, percentile(waits, 0.5), percentile(waits, 0.99)))
    print_table(
        f"Brokers on {connection.vendor}: {backlog} waiting tasks; then {paced} tasks at 20 a second",
        ("", "tasks/s", "idle p50 ms", "idle p99 ms"),
        rows,
    )
    print(
        f"  FastBroker against the defaults: {verdict(rows[2][1] / rows[0][1], 4)} tasks/s, "
        f"{verdict(rows[0][3] / rows[2][3], 10)} at p99"
    )


def _drain(notes: Path, count: int, env: dict[str, str]) -> float:
    """Tasks a second once the cluster is at work, from the first tenth to the last task."""
    _enqueue(count, 0.0, env)
    with running(manage("qcluster"), **env):
        moments = sorted(ran for _, ran in _await_notes(notes, count))
    tenth = count // 10
    return (count - tenth) / max(moments[-1] - moments[tenth], 1e-6)


def _pace(notes: Path, count: int, env: dict[str, str]) -> list[float]:
    """Milliseconds from enqueueing to running, the queue being idle in between."""
    with running(manage("qcluster"), **env):
        time.sleep(2)  # the cluster's own start is not what is measured
        _enqueue(count, 0.05, env)
        return [(ran - sent) * 1000 for sent, ran in _await_notes(notes, count)]


def _enqueue(count: int, gap: float, env: dict[str, str]) -> None:
    command = [sys.executable, "-m", "bench.enqueue", str(count), str(gap)]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, check=True)


def _await_notes(notes: Path, count: int) -> list[tuple[float, float]]:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        lines = notes.read_text().splitlines() if notes.exists() else []
        done = {fields[0]: fields for line in lines if len(fields := line.split()) == 3}
        if len(done) >= count:
            return [(float(sent), float(ran)) for _, sent, ran in done.values()]
        time.sleep(0.05)
    sys.exit(f"Only {len(done)} of {count} tasks ran within {PATIENCE_SECONDS} s.")
