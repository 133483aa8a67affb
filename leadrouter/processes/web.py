"""The web server: synchronous Django under granian's WSGI."""

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

TARGET = "leadrouter.wsgi:application"
# Django keeps one database connection per thread. A thread that ends takes its connection along,
# and granian ends idle threads after 30 s by default: the next burst would reconnect in each.
THREAD_IDLE_SECONDS = 600  # the longest granian allows
STOP_SECONDS = 6


def serve_web(*, host: str, port: int, workers: int, threads: int) -> None:
    """Serves until SIGTERM or SIGINT; at most workers * threads database connections stay open."""
    Granian(
        TARGET,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=workers,
        blocking_threads=threads,
        blocking_threads_idle_timeout=THREAD_IDLE_SECONDS,
        # What does not fit the threads waits here instead of being accepted and forgotten.
        backpressure=threads * 16,
        # One killed worker is replaced while the others go on serving.
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
    ).serve()
