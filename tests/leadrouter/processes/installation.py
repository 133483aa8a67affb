"""A real installation for tests: `manage.py serve` on a database of its own, and its processes."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psycopg
from django.conf import settings

MARKER = "LEADROUTER_TEST_GROUP"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], Any], *, seconds: float, what: str) -> float:
    """Returns how long it took. Raises: AssertionError after `seconds`."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if condition():
            return time.monotonic() - began
        time.sleep(0.1)
    raise AssertionError(f"Not within {seconds} s: {what}")


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    started: int
    command: str


def _read_process(pid: int, marker: str) -> Process | None:
    try:
        if f"{MARKER}={marker}".encode() not in Path(f"/proc/{pid}/environ").read_bytes():
            return None
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (OSError, IndexError):
        return None
    # After "pid (name)": state, ppid, … and the start time as the twentieth.
    return None if stat[0] == "Z" else Process(pid, int(stat[1]), int(stat[19]), command)


class Installation:
    """One database and at most one running `serve`. Every process carries a marker variable."""

    def __init__(self, database_url: str, log: Path) -> None:
        self.database_url = database_url
        self.log = log
        self.marker = uuid.uuid4().hex
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": "tests-only-" + "x" * 50,
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "DATABASE_URL": database_url,
            "DEBUG": "true",  # static files without collectstatic
            "WEB_WORKERS": "1",
            "WATCHDOG_EVERY_SECONDS": "1",
            "WATCHDOG_STALLED_AFTER_SECONDS": "4",
            "WATCHDOG_UNACKNOWLEDGED_AFTER_SECONDS": "4",
            "WATCHDOG_SWEEPER_AFTER_SECONDS": "6",
            MARKER: self.marker,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str, **changes: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env={**self.environment, **changes},
            capture_output=True,
            text=True,
            timeout=120,
        )

    def serve(self, *arguments: str, **changes: str) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--port", str(self.port), *arguments],
                cwd=settings.BASE_DIR,
                env={**self.environment, **changes},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def stop(self, signum: int = signal.SIGINT) -> int:
        assert self.process is not None
        self.process.send_signal(signum)
        code = self.process.wait(timeout=30)
        if code:
            print(self.log.read_text()[-5000:])  # pytest shows it when the test fails
        return code

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        if self.database_url.startswith("sqlite"):
            path = self.database_url.removeprefix("sqlite:///")
            connection = sqlite3.connect(path, timeout=20)
            try:
                return connection.execute(statement).fetchall()
            finally:
                connection.close()
        with psycopg.connect(self.database_url) as postgresql:
            return postgresql.execute(statement).fetchall()  # type: ignore[call-overload]

    def beat(self, name: str) -> tuple[Any, ...]:
        found = self.rows(
            f"SELECT beat_at, detail FROM processes_heartbeat WHERE name = '{name}'"  # noqa: S608
        )
        return found[0] if found else (None, None)

    def answers(self) -> bool:
        try:
            urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5).close()
        except HTTPError as answer:
            answer.close()
            return True
        except (URLError, OSError):
            return False
        return True

    def wait_for_work(self, *, seconds: float = 60) -> float:
        """Returns how long it took until two further canaries ran.

        The watchdog sends a canary only after the one before was acknowledged: two prove that
        pusher, a worker and the monitor all do their work.
        """
        seen = {self.beat("worker")[1]}

        def look() -> bool:
            seen.add(self.beat("worker")[1])
            return len(seen) > 2

        return wait_until(look, seconds=seconds, what="two canaries run and acknowledged")

    def wait_for_sweep(self, *, seconds: float = 60) -> float:
        before = self.beat("sweeper")
        return wait_until(
            lambda: self.beat("sweeper") != before, seconds=seconds, what="the sweeper swept"
        )

    def wait_until_up(self) -> None:
        def answers_or_ended() -> bool:
            assert self.process is not None
            assert self.process.poll() is None, self.log.read_text()
            return self.answers()

        wait_until(answers_or_ended, seconds=90, what="the portal answered")
        self.wait_for_work(seconds=90)
        self.wait_for_sweep(seconds=90)

    def processes(self) -> list[Process]:
        pids = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
        found = (_read_process(pid, self.marker) for pid in pids)
        return sorted((process for process in found if process), key=lambda p: (p.started, p.pid))

    def leader(self, command: str) -> int:
        """The process of that command whose parent is the supervisor."""
        assert self.process is not None
        for process in self.processes():
            if process.parent == self.process.pid and f" {command} " in f"{process.command} ":
                return process.pid
        raise AssertionError(f"{command} does not run")

    def children(self, pid: int) -> list[int]:
        """Child processes in the order in which they were started."""
        return [process.pid for process in self.processes() if process.parent == pid]

    def cluster(self) -> dict[str, int]:
        """The processes of django-q2 by their task, in the order in which its sentinel starts."""
        main = self.leader("run_worker")
        (sentinel,) = self.children(main)
        names = ["first worker", "second worker", "monitor", "pusher"]
        parts = dict(zip(names, self.children(sentinel), strict=True))
        return {"main": main, "sentinel": sentinel, **parts}

    def assert_nothing_left(self, *, seconds: float = 10) -> None:
        wait_until(lambda: not self.processes(), seconds=seconds, what="every process ended")

    def kill_everything(self) -> None:
        """For the end of a test that failed: only processes with this installation's marker."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for process in self.processes():
            os.kill(process.pid, signal.SIGKILL)
