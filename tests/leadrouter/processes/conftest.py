"""One migrated database per module; each installation ends with its test."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.leadrouter.processes.installation import Installation


@pytest.fixture(scope="module")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database that the tests' own transactions know nothing of, on the server of the run."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    folder = tmp_path_factory.mktemp("installation")
    if not server.startswith("postgres"):
        url = f"sqlite:///{folder}/leadrouter.sqlite3"
        _migrate(url, folder)
        yield url
        return
    address, _, name = server.rpartition("/")
    name = f"{name}_processes_{os.getpid()}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            _migrate(f"{address}/{name}", folder)
            yield f"{address}/{name}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _migrate(url: str, folder: Path) -> None:
    done = Installation(url, folder / "migrate.log").manage("migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def installation(database_url: str, tmp_path: Path) -> Iterator[Installation]:
    installation = Installation(database_url, tmp_path / "serve.log")
    yield installation
    installation.kill_everything()


@pytest.fixture(scope="module")
def running(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that several tests kill parts of; it must stop cleanly after all of that."""
    installation = Installation(database_url, tmp_path_factory.mktemp("running") / "serve.log")
    try:
        installation.serve()
        installation.wait_until_up()
        yield installation
        assert installation.stop() == 0
        installation.assert_nothing_left()
    finally:
        installation.kill_everything()
