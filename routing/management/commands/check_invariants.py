"""Checks that every promise about the data holds; exits with 1 when one does not."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from routing.selectors.invariants import INVARIANTS, find_violations
from routing.selectors.overview import count_open_incidents

SHOWN = 20


class Command(BaseCommand):
    help = "Checks every invariant of the data (docs/architecture.md). Exit code 1 on a violation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="Print violations only.")

    def handle(self, *args: Any, **options: Any) -> None:
        violations = {found.code: found for found in find_violations(timezone.now())}
        for code, sentence, _query in INVARIANTS:
            if code in violations:
                ids = violations[code].ids
                shown = ", ".join(str(pk) for pk in ids[:SHOWN])
                more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
                self.stdout.write(self.style.ERROR(f"{code} BROKEN {sentence} {shown}{more}"))
            elif not options["quiet"]:
                self.stdout.write(f"{code} holds  (never: {sentence})")
        if incidents := count_open_incidents():
            self.stdout.write(
                self.style.WARNING(f"Open incidents: {incidents}. Look at them under Incidents.")
            )
        if violations:
            raise SystemExit(1)
