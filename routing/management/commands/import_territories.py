"""manage.py import_territories FILE [--dry-run] [--switch-off-missing] [--user NAME]"""

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from leadrouter.common.errors import DomainError
from routing.territory_files.difference import SIGNS, Difference
from routing.territory_files.effect import find_effect
from routing.territory_files.importing import FileOfTerritories, apply_file, find_difference


class Command(BaseCommand):
    help = "Brings the territories to what a CSV or Excel file says; all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument(
            "--dry-run", action="store_true", help="Show what would change and change nothing."
        )
        parser.add_argument(
            "--switch-off-missing",
            action="store_true",
            help="Switch off active territories that the file does not name.",
        )
        parser.add_argument(
            "--user", help="User name of whoever does this, for the history of each territory."
        )

    def handle(self, *_: Any, **options: Any) -> None:
        path = Path(options["file"])
        user = _find_user(options["user"])
        today, now = timezone.localdate(), timezone.now()
        try:
            file = FileOfTerritories(path.read_bytes(), path.name, options["switch_off_missing"])
            difference, current = find_difference(file, today=today)
            self._write(difference)
            if difference.problems:
                raise CommandError(f"{path} cannot be applied; nothing was changed.")
            if options["dry_run"]:
                effect = find_effect(current.states, difference.states, today)
                self.stdout.write(
                    f"Of the newest {effect.seen:,} leads {effect.moved:,} would belong to another "
                    f"territory.\nDry run: nothing was changed."
                )
                return
            apply_file(file=file, user=user, today=today, now=now, seen=difference.fingerprint)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except DomainError as refusal:
            raise CommandError(f"{path}: {refusal.message}") from refusal

    def _write(self, difference: Difference) -> None:
        for warning in difference.warnings:
            self.stdout.write(f"! {warning}")
        for one in difference.changes:
            self.stdout.write(f"{SIGNS[one.kind]} {one.slug}: {one.name}")
            for field in one.fields:
                before = "" if one.kind == "new" else f"{field.before} → "
                self.stdout.write(f"    {field.label}: {before}{field.after}")
        for problem in difference.problems:
            self.stdout.write(
                f"row {problem.row}, {problem.slug}, {problem.field}: {problem.reason}"
            )
        counts = [f"{difference.counts[kind]} {word}" for kind, word in _WORDS.items()]
        self.stdout.write(
            f"{', '.join(counts)}, {difference.unchanged} unchanged, "
            f"{len(difference.missing)} not in the file, {len(difference.problems)} wrong values"
        )


_WORDS = {"new": "new", "changed": "changed", "off": "switched off"}


def _find_user(name: str | None) -> Any:
    if not name:
        return None
    user = get_user_model().objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"There is no user “{name}”.")
    return user
