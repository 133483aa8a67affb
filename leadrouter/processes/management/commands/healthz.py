"""The health check for containers and service managers."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from leadrouter.processes.health import inspect_health


class Command(BaseCommand):
    help = "Prints one line per part; exit code 1 when one of them is not well."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--max-age", type=float, default=60, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:
        parts = inspect_health(now=timezone.now(), max_age_seconds=options["max_age"])
        for part in parts:
            self.stdout.write(f"{'ok ' if part.is_ok else 'BAD'} {part.name:<11}{part.sentence}")
        if not all(part.is_ok for part in parts):
            sys.exit(1)
