"""manage.py import_config FILE [--dry-run] [--publish] [--prune]"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from routing.configuration.differences import render_differences
from routing.configuration.document import parse_document
from routing.configuration.errors import ConfigurationError
from routing.configuration.importing import ImportReport, import_configuration

MOST_KEPT = 20


class Command(BaseCommand):
    help = "Brings the organisation's configuration to what a YAML file says; all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument(
            "--dry-run", action="store_true", help="Show what would change and change nothing."
        )
        parser.add_argument(
            "--publish",
            action="store_true",
            help="Publish the file's rules. Without it they become a draft.",
        )
        parser.add_argument(
            "--prune",
            action="store_true",
            help="Remove what the file's sections do not list (what has a history is switched off).",
        )
        parser.add_argument(
            "--replace-drafts",
            action="store_true",
            help="Overwrite a draft of rules that somebody is working on.",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            report = import_configuration(
                document=parse_document(_read(Path(options["file"]))),
                now=timezone.now(),
                is_dry_run=options["dry_run"],
                is_pruning=options["prune"],
                is_publishing=options["publish"],
                is_replacing_drafts=options["replace_drafts"],
            )
        except ConfigurationError as error:
            raise CommandError(
                f"{options['file']} cannot be applied; nothing was changed.\n{error.message}"
            ) from error
        self.stdout.write(render_differences(report.differences), ending="")
        self._write_remarks(report)
        if options["dry_run"]:
            self.stdout.write("Dry run: nothing was changed.")

    def _write_remarks(self, report: ImportReport) -> None:
        for note in report.notes:
            self.stdout.write(note)
        if report.kept:
            names = [f"{section}/{key}" for section, key in report.kept[:MOST_KEPT]]
            more = (
                f" and {len(report.kept) - MOST_KEPT} more" if len(report.kept) > MOST_KEPT else ""
            )
            self.stdout.write(f"Not in the file, left as they are: {', '.join(names)}{more}.")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8 text.") from error
