"""From the bytes of a file to its difference, and from a difference that was seen to the database."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from leadrouter.common.errors import DomainError, InvalidInput
from leads.files.readers import open_table
from routing.models import TerritoryUpload
from routing.selectors.territory_lock import lock_territories, lock_upload
from routing.territory_files.applying import write_difference
from routing.territory_files.columns import recognise_any
from routing.territory_files.current import Current, read_current
from routing.territory_files.difference import Difference, compare
from routing.territory_files.reading import find_columns, read_wishes

KEPT_FOR = timedelta(days=7)


class ChangedMeanwhile(DomainError):  # noqa: N818
    """What would be written is not what was shown."""

    code = "changed_meanwhile"


@dataclass(frozen=True, slots=True)
class FileOfTerritories:
    """A file as it was sent, and whether what it does not name is switched off."""

    content: bytes
    name: str
    is_switching_off: bool = False


def store_upload(*, content: bytes, file_name: str, user: Any, now: datetime) -> TerritoryUpload:
    """Keeps a file that can be read, for a look at its difference; forgets those nobody applied.

    Raises: FileRefused, and then nothing is written.
    """
    find_columns(open_table(content, file_name, known=recognise_any))
    with transaction.atomic():
        TerritoryUpload.objects.filter(applied_at=None, uploaded_at__lt=now - KEPT_FOR).delete()
        plain = file_name.replace("\\", "/").rpartition("/")[2].replace("\0", "")
        return TerritoryUpload.objects.create(
            content=content, file_name=plain[-255:], uploaded_by=user, uploaded_at=now
        )


def find_difference(file: FileOfTerritories, *, today: date) -> tuple[Difference, Current]:
    """What the file would change, and what is there now. Nothing is written. Raises: FileRefused."""
    table = open_table(file.content, file.name, known=recognise_any)
    current = read_current()
    wishes = read_wishes(table, current, today)
    return compare(wishes, current, is_switching_off=file.is_switching_off), current


def apply_file(
    *, file: FileOfTerritories, user: Any, today: date, now: datetime, seen: str | None = None
) -> Difference:
    """Writes what the file changes, all of it or nothing; `seen` is the fingerprint of what was shown.

    Locks: the tables of territories, against every other writer; readers go on.
    Raises: FileRefused; InvalidInput while any row is wrong; ChangedMeanwhile.
    """
    with transaction.atomic():
        lock_territories()
        difference, current = find_difference(file, today=today)
        if seen is not None and difference.fingerprint != seen:
            raise ChangedMeanwhile(
                "The territories have changed since this was shown, so nothing was written. "
                "What the file would change now is below: look again and apply it then."
            )
        if difference.problems:
            raise InvalidInput(
                f"{len(difference.problems):,} values are wrong, so nothing was written.",
                fields={f"row {one.row}, {one.field}": one.reason for one in difference.problems},
            )
        write_difference(difference, current, user, now)
    return difference


def apply_upload(
    *, upload: TerritoryUpload, is_switching_off: bool, seen: str, user: Any, today: date,
    now: datetime,
) -> Difference:  # fmt: skip
    """Applies an uploaded file once, and keeps who did it and what it changed.

    Locks: the upload, then as `apply_file`. Raises: as `apply_file`; DomainError when it was applied.
    """
    with transaction.atomic():
        held = lock_upload(upload.pk)
        if held.applied_at is not None:
            raise DomainError("This file has been applied already. Upload it again to compare it.")
        file = FileOfTerritories(bytes(held.content), held.file_name, is_switching_off)
        difference = apply_file(file=file, user=user, today=today, now=now, seen=seen)
        held.applied_at, held.applied_by = now, user
        held.summary = dict(difference.counts)
        held.content = b""
        held.save(update_fields=["applied_at", "applied_by", "summary", "content"])
    return difference
