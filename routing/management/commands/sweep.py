"""The sweeper: finishes what the queue drops, keeps the promises about time, sends the outbox."""

import logging
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from leadrouter.processes.models import Heartbeat
from leads.channels.email_in.polling import poll_mailboxes
from leads.channels.fetching.working import fetch_announced
from leads.services.importing import run_waiting_batches
from routing.services.sending import send_due
from routing.services.sweeping import sweep

logger = logging.getLogger(__name__)

MESSAGES_A_ROUND = 50


class Command(BaseCommand):
    help = "Does what is overdue once, or with --loop for ever (its own process; needs no queue)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="Go on until told to stop.")
        parser.add_argument(
            "--every", type=float, default=1.0, metavar="SECONDS", help="Pause between sweeps."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["loop"]:
            run_waiting_batches(clock=timezone.now)
            _fetch()
            self.stdout.write(str(sweep(clock=timezone.now, is_final=True)))
            self.stdout.write(f"{send_due(clock=timezone.now).sent} messages sent")
            return
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        # Servers of others may be slow; nothing that is here already waits for them.
        others = [
            threading.Thread(
                target=_repeat, args=(work, stop, options["every"]), name=name, daemon=True
            )
            for name, work in (("sender", _send), ("fetcher", _fetch))
        ]
        for thread in others:
            thread.start()
        _repeat(_sweep, stop, options["every"])
        for thread in others:
            thread.join(timeout=5)


def _sweep() -> None:
    sweep(clock=timezone.now)
    run_waiting_batches(clock=timezone.now)
    Heartbeat.objects.update_or_create(name="sweeper", defaults={"beat_at": timezone.now()})


def _fetch() -> None:
    fetch_announced(clock=timezone.now)
    poll_mailboxes(clock=timezone.now)


def _send() -> None:
    # Goes on at once only behind a full round. Chasing each message while leads stream in meant a
    # lease and two looks for every one, a fifth of a core at 30 leads a second.
    while send_due(clock=timezone.now, limit=MESSAGES_A_ROUND).due == MESSAGES_A_ROUND:
        pass


def _repeat(work: Callable[[], object], stop: threading.Event, pause_seconds: float) -> None:
    """Runs `work` again and again; a failure is logged and the next round tries again."""
    while not stop.is_set():
        try:
            work()
        except Exception:
            logger.exception("A round of the sweeper failed; going on.")
            close_old_connections()
        stop.wait(pause_seconds)
