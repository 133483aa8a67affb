"""kill -9 of any one process: service resumes by itself and nobody is left behind at the end."""

import os
import signal

import pytest

from tests.leadrouter.processes.installation import Installation, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

RESUME_SECONDS = 60


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _report(name: str, seconds: float) -> None:
    print(f"MEASURED resumed after kill of {name}: {seconds:.1f} s")  # shown by pytest -s


@pytest.mark.parametrize(
    "victim", ["second worker", "pusher", "sentinel", "main", "monitor", "first worker"]
)
def test_work_resumes_after_the_kill_of_a_queue_process(running: Installation, victim: str) -> None:
    _kill(running.cluster()[victim])
    _report(victim, running.wait_for_work(seconds=RESUME_SECONDS))


def _count_replacements(running: Installation) -> int:
    """How often the watchdog found the queue wedged, whichever sign of it was seen first."""
    log = running.log.read_text()
    return sum(map(log.count, ("no task was finished", "finished tasks are not acknowledged")))


def test_a_wedged_queue_is_replaced_and_work_resumes(running: Installation) -> None:
    """One of the idle workers holds the queue's lock; which one, nobody can see: both are killed.

    django-q2 then starts new workers that wait for the dead one's lock for ever.
    """
    replaced = _count_replacements(running)
    cluster = running.cluster()
    _kill(cluster["first worker"])
    _kill(cluster["second worker"])
    _report("the worker with the lock", running.wait_for_work(seconds=RESUME_SECONDS))
    assert _count_replacements(running) > replaced
    assert cluster["main"] not in {process.pid for process in running.processes()}


def test_orphans_of_a_killed_cluster_main_are_gone_when_work_resumes(
    running: Installation,
) -> None:
    before = set(running.cluster().values())
    _kill(running.cluster()["main"])
    running.wait_for_work(seconds=RESUME_SECONDS)
    assert not before & {process.pid for process in running.processes()}


def test_the_portal_answers_again_after_the_kill_of_the_web_server(running: Installation) -> None:
    _kill(running.leader("run_web"))
    wait_until(lambda: not running.answers(), seconds=5, what="the kill was noticed")
    _report("web", wait_until(running.answers, seconds=RESUME_SECONDS, what="web answered"))


def test_the_portal_answers_again_after_the_kill_of_a_web_worker(running: Installation) -> None:
    (worker,) = [
        pid for pid in running.children(running.leader("run_web")) if running.answers() and pid
    ][-1:]
    _kill(worker)
    wait_until(
        lambda: worker not in {process.pid for process in running.processes()},
        seconds=5,
        what="the worker died",
    )
    _report("web worker", wait_until(running.answers, seconds=RESUME_SECONDS, what="web answered"))


def test_sweeping_resumes_after_the_kill_of_the_sweeper(running: Installation) -> None:
    _kill(running.leader("sweep"))
    _report("sweeper", running.wait_for_sweep(seconds=RESUME_SECONDS))


def test_a_sweeper_that_hangs_is_replaced(running: Installation) -> None:
    pid = running.leader("sweep")
    os.kill(pid, signal.SIGSTOP)
    wait_until(
        lambda: pid not in {process.pid for process in running.processes()},
        seconds=RESUME_SECONDS,
        what="the hanging sweeper was killed",
    )
    running.wait_for_sweep(seconds=RESUME_SECONDS)
