"""Brings this installation to what a document says, or says why not; all or nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction

from reps.models import Holiday, Rep
from routing.configuration.checking import check_document
from routing.configuration.differences import Difference, compare_documents, entry_key
from routing.configuration.document import Document
from routing.configuration.errors import ConfigurationError
from routing.configuration.exporting import export_configuration
from routing.configuration.rules import write_rules
from routing.configuration.sections import WRITERS
from routing.configuration.writing import KEYED_MODELS, Writing
from routing.selectors.pools import lock_pools
from routing.selectors.rules import lock_rule_sets

# People's accounts outlive the file: whoever should not sign in any more is set is_active: false.
NEVER_PRUNED = {"users"}


@dataclass(slots=True)
class ImportReport:
    """What changed (or would). `kept` are (section, key) pairs that only the database has."""

    differences: list[Difference]
    kept: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def import_configuration(
    *,
    document: Document,
    now: datetime,
    user: Any = None,
    is_dry_run: bool = False,
    is_pruning: bool = False,
    is_publishing: bool = False,
    is_replacing_drafts: bool = False,
) -> ImportReport:
    """Writes the document and returns what became different, by reading it all before and after.

    A dry run is a real run rolled back. Locks: every rule set, then every pool.
    Raises: ConfigurationError with every problem found.
    """
    if problems := check_document(document):
        raise ConfigurationError(problems)
    with transaction.atomic():
        # All at once and in the order of locks, which the file's sections do not follow.
        lock_rule_sets()
        lock_pools()
        before = export_configuration()
        writing = Writing(document, now, user)
        notes = _write(writing, is_publishing, is_replacing_drafts)
        if is_pruning:
            notes += list(_prune(writing, before))
        if writing.problems:
            raise ConfigurationError(writing.problems)
        after = export_configuration()
        if is_dry_run:
            transaction.set_rollback(True)
    return ImportReport(compare_documents(before, after), _only_here(document, after), notes)


def _write(writing: Writing, is_publishing: bool, is_replacing: bool) -> list[str]:
    for section, write in WRITERS.items():
        write(writing, writing.document.get(section, []))
    found = [
        write_rules(writing, entry, is_publishing=is_publishing, is_replacing=is_replacing)
        for entry in writing.document.get("rule_sets", ())
    ]
    return [note for note in found if note]


def _only_here(document: Document, after: Document) -> list[tuple[str, str]]:
    return [
        (section, entry_key(entry))
        for section, entries in after.items()
        if isinstance(entries, list) and section in document
        for entry in entries
        if entry_key(entry) not in {entry_key(one) for one in document[section]}
    ]


def _prune(writing: Writing, before: Document) -> Iterator[str]:
    """Deletes what the named sections do not list; what has a history is switched off instead.

    Goes over the rest again while something could be deleted, as a parent waits for its children.
    """
    waiting = [name for name in _only_here(writing.document, before) if name[0] not in NEVER_PRUNED]
    rows = {name: _row(writing, *name) for name in waiting}
    while waiting:
        left = [name for name in reversed(waiting) if not _delete(rows[name])]
        if len(left) == len(waiting):
            break
        waiting = left[::-1]
    for section, key in waiting:
        yield _retire(rows[section, key], section, key, writing.now)


def _delete(row: Any) -> bool:
    try:
        with transaction.atomic():
            row.delete()
    except (models.ProtectedError, models.RestrictedError):
        return False
    return True


def _row(writing: Writing, section: str, key: str) -> Any:
    if section in KEYED_MODELS:
        return writing.rows(section)[key]
    country, on = key.split(" ")
    return Holiday.objects.get(country=country, on=on)


def _retire(row: Any, section: str, key: str, now: datetime) -> str:
    """What has a history is switched off instead, where that is possible."""
    if not hasattr(row, "is_active"):
        return f"{section}: {key} is kept, because its history refers to it."
    if row.is_active:
        row.is_active = False
        columns = ["is_active", "updated_at"]
        if isinstance(row, Rep):
            row.deactivated_at = now
            columns.append("deactivated_at")
        row.save(update_fields=columns)
    return f"{section}: {key} is switched off instead of deleted, because its history refers to it."
