"""manage.py export_config FILE"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from routing.configuration.document import render_document
from routing.configuration.exporting import export_configuration


class Command(BaseCommand):
    help = (
        "Writes the organisation's configuration as YAML: teams, reps, pools, territories, rules."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="Where to write it; - for standard output.")

    def handle(self, *_: Any, **options: Any) -> None:
        text = render_document(export_configuration())
        if options["file"] == "-":
            self.stdout.write(text, ending="")
            return
        path = Path(options["file"])
        try:
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Wrote {path}.")
