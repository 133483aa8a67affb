"""Runs a Django command that must not outlive its supervisor.

    python -m leadrouter.processes.leash DESCRIPTOR manage.py COMMAND …

DESCRIPTOR is the reading end of a pipe whose writing end only the supervisor holds. However the
supervisor dies, the kernel closes that end; a thread in this process and in every process forked
from it sees the end of file and kills the whole process group. The parent-death signal of Linux is
a second line: it needs no thread, but reaches direct children only.
"""

import ctypes
import os
import runpy
import signal
import sys
import threading

PR_SET_PDEATHSIG = 1


def _kill_group_at_end(descriptor: int) -> None:
    while True:
        try:
            if os.read(descriptor, 1) == b"":
                break
        except InterruptedError:
            continue
        except OSError:
            return  # the descriptor was closed on purpose: nobody holds the leash any more
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _watch(descriptor: int) -> None:
    threading.Thread(
        target=_kill_group_at_end, args=(descriptor,), name="leash", daemon=True
    ).start()


def _die_with_parent(signum: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)


def _after_fork(descriptor: int) -> None:
    # Threads do not survive a fork. A child of a killed leader would else live on as an orphan.
    _die_with_parent(signal.SIGKILL)
    _watch(descriptor)


def hold(descriptor: int) -> None:
    """Ties this process, and every process it forks, to the holder of the pipe's other end."""
    # SIGTERM, not SIGKILL: the leader has to live long enough to take its group along.
    _die_with_parent(signal.SIGTERM)
    os.register_at_fork(after_in_child=lambda: _after_fork(descriptor))
    _watch(descriptor)


def main() -> None:
    descriptor, script = int(sys.argv[1]), sys.argv[2]
    hold(descriptor)
    sys.argv = sys.argv[2:]
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main()
