"""However the supervisor dies, its process groups die with it."""

import os
import signal

import pytest

from tests.leadrouter.processes.installation import Installation

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]


def test_nobody_outlives_a_killed_supervisor(installation: Installation) -> None:
    installation.serve()
    installation.wait_until_up()
    assert installation.process is not None
    assert len(installation.processes()) >= 9
    installation.process.kill()
    installation.process.wait()
    installation.assert_nothing_left(seconds=5)


def test_nobody_outlives_a_supervisor_killed_together_with_the_leaders(
    installation: Installation,
) -> None:
    installation.serve()
    installation.wait_until_up()
    assert installation.process is not None
    leaders = [installation.leader(name) for name in ("run_web", "run_worker", "sweep")]
    for pid in [installation.process.pid, *leaders]:
        os.kill(pid, signal.SIGKILL)
    installation.process.wait()
    installation.assert_nothing_left(seconds=5)
