"""Named accounts by a file: what it would change, and changing exactly that."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from leadrouter.common.errors import InvalidInput
from leads.files.limits import FileRefused
from leads.files.readers import open_table
from leads.models import Account
from leads.services.accounts import FIELDS, AccountPlan, apply_plan, plan_account

MOST_ROWS = 2000
_HEADERS = {
    "account": "name", "company": "name", "company name": "name", "website": "domain",
    "web site": "domain", "web domain": "domain", "id": "external_id", "crm id": "external_id",
    "parent account": "parent", "alias": "aliases", "zip": "postal_code", "postcode": "postal_code",
    "named": "is_named", "named account": "is_named", "account owner": "owner", "rep": "owner",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One row of a file: `kind` is NEW, CHANGED, SAME or WRONG."""

    number: int
    name: str
    kind: str
    changes: tuple[tuple[str, str, str], ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountDifference:
    """What a file would change; `seen` tells one difference from another."""

    rows: tuple[AccountRow, ...]

    @property
    def seen(self) -> str:
        said = [(row.number, row.name, row.kind, row.changes, row.problems) for row in self.rows]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    def count(self, kind: str) -> int:
        return sum(row.kind == kind for row in self.rows)

    @property
    def counts(self) -> list[tuple[str, int]]:
        words = {"NEW": "new", "CHANGED": "changed", "SAME": "as they are", "WRONG": "wrong"}
        return [(word, self.count(kind)) for kind, word in words.items()]


def recognise_account_column(header: str) -> str | None:
    """The field a header stands for, None if none."""
    plain = " ".join(header.strip().lower().replace("_", " ").replace("-", " ").split())
    name = plain.replace(" ", "_")
    return name if name in FIELDS else _HEADERS.get(plain)


def read_account_rows(content: bytes, file_name: str) -> list[tuple[int, dict[str, str]]]:
    """(row number, {field: cell}) of a CSV, TSV or Excel file. Raises: FileRefused."""
    table = open_table(content, file_name, known=recognise_account_column)
    fields = [recognise_account_column(header) for header in table.headers]
    if not {"name", "domain", "external_id"} & set(fields):
        raise FileRefused(
            "no_account_column", "The file needs a column name, domain or external_id."
        )
    if table.count_rows() > MOST_ROWS:
        raise FileRefused(
            "too_many_rows",
            f"The file has more than {MOST_ROWS:,} rows; split it and upload the parts.",
        )
    return [
        (number, {name: cell for name, cell in zip(fields, cells, strict=False) if name})
        for number, cells in table.rows()
    ]


def preview_accounts(*, content: bytes, file_name: str) -> AccountDifference:
    """What the file would change: a real run that is rolled back. Raises: FileRefused."""
    rows = read_account_rows(content, file_name)
    with transaction.atomic():
        difference = AccountDifference(tuple(sorted(_run(rows), key=lambda row: row.number)))
        transaction.set_rollback(True)
    return difference


@transaction.atomic
def import_accounts(
    *, content: bytes, file_name: str, seen: str, now: datetime
) -> AccountDifference:
    """Writes the rows without problems, if they would still change what was `seen`.

    Raises: FileRefused; InvalidInput when accounts changed since the preview.
    """
    rows = read_account_rows(content, file_name)
    difference = AccountDifference(tuple(sorted(_run(rows), key=lambda row: row.number)))
    if difference.seen != seen:
        raise InvalidInput(
            "Accounts changed since the preview. Look at the difference again.",
            fields={"seen": "changed"},
        )
    return difference


def _run(rows: list[tuple[int, dict[str, str]]]) -> Iterator[AccountRow]:
    """Applies row by row; a parent that comes further down is found in the second round."""
    later = []
    for number, values in rows:
        plan = plan_account(values)
        if set(plan.problems) == {"parent"}:
            later.append((number, values))
        else:
            yield _apply(number, values, plan)
    for number, values in later:
        yield _apply(number, values, plan_account(values))


def _apply(number: int, values: dict[str, str], plan: AccountPlan) -> AccountRow:
    kind = plan.kind
    if kind in ("NEW", "CHANGED"):
        apply_plan(plan)
    return AccountRow(
        number=number,
        name=plan.account.name or values.get("name", "") or values.get("domain", ""),
        kind=kind,
        changes=tuple((name, *pair) for name, pair in plan.changes.items()),
        problems=tuple(f"{name}: {said}" for name, said in plan.problems.items()),
    )


def list_account_cells() -> Iterator[list[str]]:
    """All accounts as rows of the same columns, for download."""
    names = [name for name in FIELDS if name != "aliases"]
    yield [*names, "aliases"]
    accounts = Account.objects.select_related("owner", "parent").prefetch_related("aliases")
    for account in accounts.order_by("pk").iterator(chunk_size=1000):
        yield [
            *(_cell(account, name) for name in names),
            "; ".join(map(str, account.aliases.all())),
        ]


def _cell(account: Account, name: str) -> str:
    match name:
        case "phone":
            return account.phone_e164
        case "owner":
            return account.owner.slug if account.owner else ""
        case "parent":
            parent = account.parent
            return (parent.domain or parent.external_id or parent.name) if parent else ""
        case "is_named":
            return "yes" if account.is_named else "no"
    value = getattr(account, name)
    return "" if value is None else str(value)
