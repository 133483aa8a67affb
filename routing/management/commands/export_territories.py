"""manage.py export_territories FILE [--owners]"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from routing.territory_files.current import read_current
from routing.territory_files.exporting import FORMATS, list_owner_rows, list_rows


class Command(BaseCommand):
    help = "Writes all territories as CSV or XLSX (by the ending of the name), one row each."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="Where to write it; - for CSV on standard output.")
        parser.add_argument(
            "--owners",
            action="store_true",
            help="One row per owner instead: who, which role, when.",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        states = read_current().states
        rows = list_owner_rows(states) if options["owners"] else list_rows(states)
        if options["file"] == "-":
            self.stdout.write(FORMATS["csv"][1](rows).decode("utf-8-sig"), ending="")
            return
        path = Path(options["file"])
        ending = path.suffix.lower().removeprefix(".")
        if ending not in FORMATS:
            raise CommandError(f"{path} should end in .csv or .xlsx.")
        try:
            path.write_bytes(FORMATS[ending][1](rows))
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"Wrote {path}.")
