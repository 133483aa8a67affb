"""Runs benchmarks: `python -m bench [name …] [--quick]`. They stop by themselves and leave nothing.

SQLite always; PostgreSQL when BENCH_DATABASE_URL (or DATABASE_URL) names a server, on databases
made for the run. All sockets are on the loopback.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.stage import ROOT, SEED, Server, child_environment, find_servers

NAMES = (
    "backlog", "latency", "pools", "accept", "broker", "importing", "pages", "matching", "fairness",
    "proofs", "tracing", "territory_files", "identity", "identity_speed",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="small numbers: does it still work?")
    options = parser.parse_args()
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    with tempfile.TemporaryDirectory(prefix="leadrouter-bench-") as folder:
        servers, remark = find_servers(Path(folder))
        print_head(servers, remark)
        try:
            failed = [
                f"{name} on {server.kind}"
                for name in options.names or NAMES
                for server in servers
                if not run(name, server, is_quick=options.quick)
            ]
        finally:
            for server in servers:
                server.close()
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}.")


def run(name: str, server: Server, *, is_quick: bool) -> bool:
    """Runs one benchmark in a process and on a database of its own; False when it failed."""
    with server.database(name) as url:
        command = [sys.executable, "-m", "bench.child", name, *(["--quick"] if is_quick else [])]
        sys.stdout.flush()
        return subprocess.run(command, env=child_environment(url), cwd=ROOT).returncode == 0


def print_head(servers: list[Server], remark: str) -> None:
    """Says once where and on what everything below was measured."""
    print(f"leadrouter benchmarks, {time.strftime('%Y-%m-%d')}, commit {_commit()}, seed {SEED}")
    print(f"  {os.cpu_count()} cores ({_processor()}), Python {platform.python_version()}")
    print(
        f"  one CPU loop takes {measure_stretch():.1f} x its own CPU time (1.0: nobody else runs)"
    )
    print(f"  one durable write of 4 KB takes {measure_sync_ms():.2f} ms")
    for server in servers:
        print(f"  {server.describe()}")
    if remark:
        print(f"  {remark}")


def _commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    )
    return found.stdout.strip() or "unknown"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def measure_stretch() -> float:
    """Wall over CPU time of a busy loop: how much of a core the neighbours take."""
    wall, cpu = time.perf_counter(), time.process_time()
    sum(range(20_000_000))
    return (time.perf_counter() - wall) / (time.process_time() - cpu)


def measure_sync_ms() -> float:
    """Median of 100 writes that reach the disk, in the folder of the SQLite databases."""
    times = []
    with tempfile.TemporaryFile() as file:
        for _ in range(100):
            os.pwrite(file.fileno(), b"x" * 4096, 0)
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - start)
    return sorted(times)[50] * 1000


if __name__ == "__main__":
    main()
