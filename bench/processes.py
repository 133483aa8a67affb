"""Real servers and workers, started in a session of their own and stopped for certain."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.measuring import cpu_seconds
from bench.stage import ROOT

FIRST_PORT = int(os.environ.get("BENCH_PORT", "8160"))
START_SECONDS = 60
STOP_SECONDS = 15


def find_port() -> int:
    """The first free loopback port from BENCH_PORT on."""
    for port in range(FIRST_PORT, FIRST_PORT + 10):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SystemExit(f"Ports {FIRST_PORT} to {FIRST_PORT + 9} are all taken; set BENCH_PORT.")


@contextmanager
def running(command: Sequence[str], *, port: int | None = None, **env: str) -> Iterator[int]:
    """Yields the process id while the command runs (and answers at `port`), then stops its session."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **env},
        start_new_session=True,
        stdout=subprocess.DEVNULL if not os.environ.get("BENCH_VERBOSE") else None,
        stderr=subprocess.DEVNULL if not os.environ.get("BENCH_VERBOSE") else None,
    )
    try:
        if port is not None:
            _await_answer(port, process)
        yield process.pid
    finally:
        _stop(process)


def manage(*arguments: str) -> list[str]:
    """A manage.py command."""
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def _await_answer(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"{process.args} ended with {process.returncode} at its start.")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"Nothing answered at port {port} within {START_SECONDS} s.")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    family = {pid: _stat(pid) for pid in descendants(process.pid)}
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid, stat in family.items():
        # The same start time means the same process, not another one with its number.
        if stat and _stat(pid)[19:20] == stat[19:20] and pid != process.pid:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def descendants(root: int) -> list[int]:
    """The process and all that stem from it and live."""
    numbers = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    parents = {pid: int(stat[1]) for pid in numbers if (stat := _stat(pid))}
    found = {root} & set(parents)
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sorted(found)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def group_cpu_seconds(root: int) -> float:
    """CPU of a process and all that stem from it."""
    return sum(cpu_seconds(pid) for pid in descendants(root))
