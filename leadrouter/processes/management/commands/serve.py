"""Everything a running installation needs, in one foreground command."""

import shlex
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from leadrouter.common.organisation import find_unwatched_tables
from leadrouter.processes.heartbeats import SWEEPER, WORKER
from leadrouter.processes.supervisor import Supervisor, is_answering, is_port_free
from leadrouter.processes.watchdog import Limits
from leadrouter.processes.watching import WatchThread
from leadrouter.processes.worker_lock import is_worker_lock_free


class Command(BaseCommand):
    help = "Runs web server, background workers and sweeper until Ctrl-C; restarts what dies."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--web-workers", type=int, default=settings.WEB_WORKERS)
        parser.add_argument(
            "--then",
            default="",
            metavar="COMMAND",
            help="A manage.py command to run once, when the portal answers.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._host, self._port, self._then = options["host"], options["port"], options["then"]
        self._is_ready = False
        self._writing = threading.Lock()
        self._refuse_what_cannot_work()
        self._supervisor = Supervisor(
            self._commands(options["web_workers"]),
            watch=WatchThread(Limits.from_settings()),
            write=self._write,
            on_tick=self._announce_once,
        )
        if code := self._supervisor.run():
            raise CommandError("One part could not be kept alive, see above.", returncode=code)

    def _refuse_what_cannot_work(self) -> None:
        if not is_port_free(self._host, self._port):
            raise CommandError(
                f"Port {self._port} on {self._host} is taken by another program; "
                f"choose one with --port."
            )
        if tables := find_unwatched_tables(connection):
            raise CommandError(
                f"Nobody would notice changes of {', '.join(tables)}; run manage.py migrate first."
            )
        if not is_worker_lock_free():
            raise CommandError(
                "Another worker group uses this SQLite database; stop it first or use PostgreSQL."
            )

    def _commands(self, web_workers: int) -> dict[str, list[str]]:
        manage = str(settings.BASE_DIR / "manage.py")
        address = ["--host", self._host, "--port", str(self._port)]
        return {
            "web": [manage, "run_web", *address, "--workers", str(web_workers)],
            WORKER: [manage, "run_worker"],
            SWEEPER: [manage, "sweep", "--loop"],
        }

    def _write(self, name: str, line: str) -> None:
        with self._writing:
            self.stdout.write(f"{name:<8}| {line}" if name else line)
            self.stdout.flush()

    def _announce_once(self) -> None:
        if self._is_ready or not is_answering(self._host, self._port):
            return
        self._is_ready = True
        self._write("serve", f"leadrouter answers at {settings.SITE_URL} (Ctrl-C stops everything)")
        if self._then:
            manage = str(settings.BASE_DIR / "manage.py")
            self._supervisor.run_once("", [manage, *shlex.split(self._then)])
