"""`manage.py serve` starts everything, refuses in one sentence, and stops everything."""

import signal
import socket
import time

import pytest

from tests.leadrouter.processes.installation import Installation, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_every_process_within_ten_seconds(
    installation: Installation, signum: signal.Signals
) -> None:
    installation.serve()
    installation.wait_until_up()
    began = time.monotonic()
    assert installation.stop(signum) == 0
    assert time.monotonic() - began < 12
    installation.assert_nothing_left(seconds=1)


def test_output_is_prefixed_with_the_part_and_a_command_runs_once_when_up(
    installation: Installation,
) -> None:
    installation.serve("--then", "version")
    installation.wait_until_up()
    wait_until(lambda: "\n5.2" in installation.log.read_text(), seconds=30, what="it ran")
    assert installation.stop() == 0
    log = installation.log.read_text()
    assert f"serve   | leadrouter answers at http://127.0.0.1:{installation.port}" in log
    assert log.count("\n5.2") == 1


def test_a_taken_port_is_refused_in_one_sentence(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.port))
        taken.listen()
        done = installation.manage("serve", "--port", str(installation.port))
    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"CommandError: Port {installation.port} on 127.0.0.1 is taken by another program; "
        "choose one with --port."
    )
    assert installation.processes() == []


def test_a_second_cluster_is_refused_on_sqlite_and_allowed_on_postgresql(
    installation: Installation,
) -> None:
    installation.serve()
    installation.wait_until_up()
    is_sqlite = installation.database_url.startswith("sqlite")
    if is_sqlite:
        for command in (["serve", "--port", "0"], ["run_worker"]):
            done = installation.manage(*command)
            assert done.returncode == 1
            assert "Another worker group uses this SQLite database" in done.stderr
        installation.wait_for_work()
    assert installation.stop() == 0


def test_a_part_that_cannot_be_kept_alive_ends_everything_with_an_error(
    installation: Installation,
) -> None:
    installation.serve(WEB_THREADS="-1")  # no number of threads: every web worker dies
    assert installation.process is not None
    assert installation.process.wait(timeout=150) == 1
    assert "web cannot be kept alive" in installation.log.read_text()
    installation.assert_nothing_left(seconds=1)


def test_healthz_tells_well_from_unwell(installation: Installation) -> None:
    assert installation.manage("healthz", "--max-age", "0.001").returncode == 1
    installation.serve()
    installation.wait_until_up()
    well = installation.manage("healthz", "--max-age", "60")
    assert (well.returncode, well.stderr) == (0, "")
    assert [line.split()[:2] for line in well.stdout.splitlines()] == [
        ["ok", name] for name in ("database", "supervisor", "worker", "sweeper", "intake")
    ]
    assert installation.stop() == 0
