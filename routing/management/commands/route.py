"""manage.py route FILE --dry-run: where each row of a file would go, and why."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from leadrouter.common.errors import DomainError
from leadrouter.common.tables import render_table
from leads.domain.draft import FIELDS
from leads.files.readers import MAX_FILE_BYTES, Table, open_table
from leads.models import BatchState, ImportBatch, Source
from leads.services.import_files import open_import_endpoint, upload_file
from leads.services.importing import run_waiting_batches, start_import
from routing.dry_run.deciding import RowDecision, choose_mapping, count_outcomes, decide_rows


class Command(BaseCommand):
    help = "Shows for every row of a CSV or Excel file where the live rules would send it, and why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--dry-run", action="store_true", help="Decide and write nothing.")
        parser.add_argument(
            "--import", dest="source_slug", metavar="SOURCE", help="Really import it, for a source."
        )
        parser.add_argument("--format", choices=["table", "jsonl"], default="table")
        parser.add_argument(
            "--mapping",
            default="",
            metavar="HEADER=FIELD,…",
            help=f"Over what the headers suggest. Fields: {', '.join(FIELDS)}",
        )
        parser.add_argument(
            "--source", metavar="SLUG", help="Decide as if the leads came from this source."
        )
        parser.add_argument(
            "--country", default="", help="Two letters: how to read phones and states without one."
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if options["dry_run"] == bool(options["source_slug"]):
            raise CommandError(
                "Say --dry-run to see where the rows would go. To really import the file, upload it "
                "on the Imports page or give --import SOURCE instead."
            )
        path = Path(options["file"])
        content = _read(path)
        try:
            table = open_table(content, path.name)
            mapping = choose_mapping(table, _parse_mapping(options["mapping"]))
            if options["dry_run"]:
                source = _pretend_source(options["source"], options["country"])
                self._show(table, mapping, source, options["format"])
            else:
                self._import(path.name, content, mapping, options)
        except DomainError as error:
            raise CommandError(f"{path.name}: {error.message}") from error

    def _show(self, table: Table, mapping: Mapping[int, str], source: Source, output: str) -> None:
        decisions = decide_rows(table=table, mapping=mapping, source=source, now=timezone.now())
        if output == "jsonl":
            for decision in decisions:
                self.stdout.write(json.dumps(asdict(decision), ensure_ascii=False))
            return
        for warning in table.warnings:
            self.stdout.write(f"Note: {warning}")
        header = ("Row", "Name", "E-mail", "Outcome", "To", "Rule", "Why")
        self.stdout.write(render_table(header, [_cells(one) for one in decisions]), ending="")
        self.stdout.write(f"{', '.join(count_outcomes(decisions))}. Dry run: nothing was written.")

    def _import(
        self, name: str, content: bytes, mapping: Mapping[int, str], options: dict[str, Any]
    ) -> None:
        batch = upload_file(
            endpoint=open_import_endpoint(source=_find_source(options["source_slug"])),
            content=content,
            file_name=name,
            user=None,
            now=timezone.now(),
        )
        country = options["country"].upper() or batch.default_country
        start_import(batch=batch, mapping=mapping, default_country=country, now=timezone.now())
        while _is_running(batch) and run_waiting_batches(clock=timezone.now):
            pass
        batch.refresh_from_db()
        if batch.state == BatchState.FAILED:
            raise CommandError(f"{name}: {batch.error}")
        self.stdout.write(
            f"{batch.accepted_rows} rows accepted, {batch.duplicate_rows} seen before, "
            f"{batch.bad_rows} need fixing (see the Imports page). The running portal routes them; "
            "manage.py sweep does so once."
        )


def _is_running(batch: ImportBatch) -> bool:
    return ImportBatch.objects.filter(pk=batch.pk, state=BatchState.RUNNING).exists()


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise CommandError(f"{path} is larger than {MAX_FILE_BYTES // 2**20} MB.")
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _parse_mapping(text: str) -> dict[str, str]:
    named: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        header, equals, target = pair.rpartition("=")
        if not equals or target.strip() not in FIELDS:
            raise CommandError(
                f"--mapping “{pair}” should read HEADER=FIELD. Fields: {', '.join(FIELDS)}."
            )
        named[header.strip()] = target.strip()
    return named


def _find_source(slug: str) -> Source:
    source = Source.objects.filter(slug=slug).first()
    if source is None:
        known = ", ".join(Source.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no source “{slug}”. Sources: {known}.")
    return source


def _pretend_source(slug: str | None, country: str) -> Source:
    """A source in memory only, so that --country changes no row."""
    source = (
        _find_source(slug) if slug else Source(slug="file", name="File", kind=Source.Kind.OTHER)
    )
    source.default_country = country.upper() or source.default_country
    return source


def _cells(one: RowDecision) -> tuple[str, ...]:
    why = " ".join([*one.reasons, *one.warnings])
    return (str(one.row), one.name, one.email, one.outcome, one.went_to, one.rule, why)
