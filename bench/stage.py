"""Where a benchmark runs: a database of its own, made, filled with an organisation and removed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
SEED = 20261122
KINDS = ("sqlite", "postgresql")


def child_environment(database_url: str, **more: str) -> dict[str, str]:
    """The environment of every process of a benchmark: production settings, this database."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "leadrouter.settings",
        "SECRET_KEY": "bench-only-" + "x" * 50,
        "SITE_URL": "http://127.0.0.1",
        "DEBUG": "false",
        "LOG_LEVEL": "WARNING",
        "API_RATE_PER_SECOND": "0",
        "Q_BROKER": "fast",
        "PYTHONWARNINGS": "ignore",
        **more,
        "DATABASE_URL": database_url,
    }


class Server:
    """One kind of database: a prepared template, and copies of it for the benchmarks."""

    def __init__(self, kind: str, folder: Path, url: str | None) -> None:
        self.kind, self.folder, self.url = kind, folder, url
        self.prefix = f"lr_bench_{os.getpid()}"
        self._is_prepared = False

    def describe(self) -> str:
        if self.kind == "sqlite":
            import sqlite3

            return f"SQLite {sqlite3.sqlite_version} (WAL, synchronous=FULL)"
        with psycopg.connect(self.url or "") as connection:
            row = connection.execute(
                "SELECT current_setting('server_version'), current_setting('shared_buffers'),"
                " current_setting('synchronous_commit'), current_setting('fsync')"
            ).fetchone()
        assert row is not None
        return f"PostgreSQL {row[0]} (shared_buffers {row[1]}, synchronous_commit {row[2]}, fsync {row[3]})"

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """Yields the URL of a fresh copy of the template and removes it afterwards."""
        if not self._is_prepared:
            self._create("template", None)
            _prepare(self._url("template"))
            self._is_prepared = True
        self._create(name, "template")
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def close(self) -> None:
        if self._is_prepared:
            self._drop("template")

    def _url(self, name: str) -> str:
        if self.kind == "sqlite":
            return f"sqlite:///{self.folder / name}.sqlite3"
        parts = urlsplit(self.url or "")
        return parts._replace(path=f"/{self.prefix}_{name}").geturl()

    def _create(self, name: str, template: str | None) -> None:
        if self.kind == "sqlite":
            if template:
                shutil.copy(self.folder / f"{template}.sqlite3", self.folder / f"{name}.sqlite3")
            return
        source = f"{self.prefix}_{template}" if template else "template1"
        self._execute("CREATE DATABASE {} TEMPLATE {}", f"{self.prefix}_{name}", source)

    def _drop(self, name: str) -> None:
        if self.kind == "sqlite":
            for path in self.folder.glob(f"{name}.sqlite3*"):
                path.unlink()
        else:
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", f"{self.prefix}_{name}")

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url or "", autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _prepare(url: str) -> None:
    """Migrates and loads the organisation."""
    subprocess.run(
        [sys.executable, "-m", "bench.child", "prepare"],
        env=child_environment(url),
        cwd=ROOT,
        check=True,
    )


def find_servers(folder: Path) -> tuple[list[Server], str]:
    """The databases at hand, and a plain word about the one that is not."""
    servers = [Server("sqlite", folder, None)]
    url = os.environ.get("BENCH_DATABASE_URL") or os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        return servers, "PostgreSQL: skipped, BENCH_DATABASE_URL names no server."
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return servers, f"PostgreSQL: skipped, {str(error).splitlines()[0]}"
    return [*servers, Server("postgresql", folder, url)], ""
