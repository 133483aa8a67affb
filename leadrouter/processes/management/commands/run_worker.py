"""django-q2's cluster as one group that ends when any irreplaceable part of it has ended."""

import time
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_q.cluster import Cluster

from leadrouter.processes.part import CHILD_KILLED
from leadrouter.processes.worker_lock import take_worker_lock
from leads.domain.cleansing import warm_up


class Command(BaseCommand):
    help = "Runs the background workers in the foreground."
    requires_system_checks = []  # `serve` has made them, and a restart should be quick

    def handle(self, *args: Any, **options: Any) -> None:
        if take_worker_lock() is None:
            raise CommandError(
                "Another worker group uses this SQLite database; stop it first or use PostgreSQL."
            )
        # Before the workers are forked, so that all have it: the first lead waited 0.9 s else.
        import_module("routing.tasks")
        warm_up()
        cluster = Cluster()
        cluster.start()
        sentinel = cluster.sentinel
        # The stock command ends with success when its sentinel is killed and leaves the workers
        # behind, unguarded. Ending with failure makes the supervisor replace the whole group.
        while sentinel.is_alive():
            time.sleep(0.2)
        if not cluster.has_stopped:
            raise CommandError(
                "The sentinel of the background queue died.", returncode=CHILD_KILLED
            )
