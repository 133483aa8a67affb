"""Writes companies: one by one, many from a file, and two that are one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from leadrouter.common.errors import InvalidInput
from leads.domain.companies import company_key, read_website
from leads.domain.countries import find_country
from leads.domain.mail_domains import is_free_mail_domain
from leads.domain.notes import Notes
from leads.domain.phones import read_phone
from leads.models import Account, AccountAlias, Lead
from leads.selectors.accounts import list_ancestor_ids
from reps.models import Rep

TEXTS = ("name", "external_id", "industry", "segment", "street", "postal_code", "city")
FIELDS = (
    *TEXTS, "domain", "country", "phone", "employees", "open_deals", "is_named", "owner", "parent",
    "aliases",
)  # fmt: skip
_YES, _NO = {"yes", "true", "1", "y", "x", "ja"}, {"no", "false", "0", "n", "", "nein"}


@dataclass(slots=True)
class AccountPlan:
    """What a wish would do. `account` is unsaved when it is new; `changes` are {field: (from, to)}."""

    account: Account
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    aliases: tuple[tuple[str, str], ...] = ()
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """NEW, CHANGED, SAME or WRONG."""
        if self.problems:
            return "WRONG"
        if self.account.pk is None:
            return "NEW"
        return "CHANGED" if self.changes else "SAME"


def plan_account(values: Mapping[str, Any], *, account: Account | None = None) -> AccountPlan:
    """What the values (raw, by FIELDS; absent ones stay) would make of the account they name.

    The account is the given one, else that of the external id, else that of the domain, else a new one.
    Queries: 1 to 5.
    """
    problems: dict[str, str] = {}
    read = {name: _read(name, raw, problems) for name, raw in values.items() if name in FIELDS}
    for name in set(values) - set(FIELDS):
        problems[name] = f"There is no field “{name}”."
    found = account or _find(read) or Account()
    plan = AccountPlan(found, problems=problems)
    names = read.pop("aliases", None)
    if names is not None:
        plan.aliases = _new_aliases(found, names, plan)
    for name, value in read.items():
        column = {"phone": "phone_e164"}.get(name, name)
        before = getattr(found, column)
        if name not in problems and before != value:
            plan.changes[name] = (_say(before), _say(value))
            setattr(found, column, value)
    _check(found, plan)
    return plan


def _read(name: str, raw: Any, problems: dict[str, str]) -> Any:
    try:
        return _READERS.get(name, _read_text)(raw)
    except ValidationError as error:
        problems[name] = " ".join(error.messages)
        return None


def _read_text(raw: Any) -> str:
    text = " ".join(str(raw or "").replace("\x00", "").split())
    if len(text) > 200:
        raise ValidationError("This is longer than 200 characters.")
    return text


def _read_domain(raw: Any) -> str:
    text = _read_text(raw).lower()
    if not text:
        return ""
    _, domain = read_website(text, Notes())
    if not domain:
        raise ValidationError(f"“{text}” is not a web domain such as example.com.")
    if is_free_mail_domain(domain):
        raise ValidationError(f"{domain} is a free mail provider: nobody is recognised by it.")
    return domain


def _read_country(raw: Any) -> str:
    text = _read_text(raw)
    code = find_country(text) if text else ""
    if text and not code:
        raise ValidationError(f"“{text}” is no country we know.")
    return code or ""


def _read_phone(raw: Any) -> str:
    text = _read_text(raw)
    reading = read_phone(text, "", Notes())
    if text and not reading.e164:
        raise ValidationError(f"“{text}” is not a phone number with country code (+49 30 1234).")
    return reading.e164


def _read_count(raw: Any) -> int | None:
    text = _read_text(raw if raw is not None else "").replace(",", "").replace(" ", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ValidationError(f"“{text}” is not a whole number.")
    return int(text)


def _read_flag(raw: Any) -> bool:
    text = str(raw if raw is not None else "").strip().lower()
    if text not in _YES | _NO:
        raise ValidationError(f"“{text}” is neither yes nor no.")
    return text in _YES


def _read_owner(raw: Any) -> Rep | None:
    text = _read_text(raw)
    rep = Rep.objects.filter(Q(slug=text) | Q(user__email__iexact=text)).first() if text else None
    if text and rep is None:
        raise ValidationError(f"No rep is called “{text}”; use the user name or e-mail address.")
    return rep


def _read_parent(raw: Any) -> Account | None:
    """By domain, external id or, where only one has it, name."""
    text = _read_text(raw)
    if not text:
        return None
    exact = Account.objects.filter(Q(domain=text.lower()) | Q(external_id=text))[:2]
    found = list(exact) or list(Account.objects.filter(name_key=company_key(text))[:2])
    if len(found) != 1:
        raise ValidationError(
            f"{'Several accounts are' if found else 'No account is'} called “{text}”."
        )
    return found[0]


def _read_aliases(raw: Any) -> tuple[str, ...]:
    parts = raw if isinstance(raw, (list, tuple)) else str(raw or "").split(";")
    return tuple(text for part in parts if (text := _read_text(part)))


_READERS: dict[str, Any] = {
    "domain": _read_domain, "country": _read_country, "phone": _read_phone,
    "employees": _read_count, "open_deals": _read_count, "is_named": _read_flag,
    "owner": _read_owner, "parent": _read_parent, "aliases": _read_aliases,
}  # fmt: skip


def _find(read: Mapping[str, Any]) -> Account | None:
    for name in ("external_id", "domain"):
        if read.get(name) and (found := Account.objects.filter(**{name: read[name]}).first()):
            return found
    return None


def _new_aliases(
    account: Account, names: Iterable[str], plan: AccountPlan
) -> tuple[tuple[str, str], ...]:
    """(kind, value) of the aliases to add: what looks like a domain is one."""
    wanted = []
    for text in names:
        is_domain = "." in text and " " not in text
        kind = AccountAlias.Kind.DOMAIN if is_domain else AccountAlias.Kind.NAME
        wanted.append((kind, text.lower() if is_domain else company_key(text)))
    known = {
        (alias.kind, alias.value): alias.account_id
        for alias in AccountAlias.objects.filter(value__in=[value for _, value in wanted])
    }
    for pair in wanted:
        if known.get(pair, account.pk) != account.pk:
            plan.problems["aliases"] = f"“{pair[1]}” is an alias of another account."
    added = tuple(pair for pair in dict.fromkeys(wanted) if pair not in known)
    if added:
        plan.changes["aliases"] = ("", ", ".join(value for _, value in added))
    return added


def _check(account: Account, plan: AccountPlan) -> None:
    if not account.name:
        account.name = account.domain
    if not account.name:
        plan.problems.setdefault("name", "An account needs a name or a domain.")
    account.name_key = company_key(account.name) if account.name else ""
    others = Account.objects.exclude(pk=account.pk)
    for name in ("domain", "external_id"):
        value = getattr(account, name)
        if value and (other := others.filter(**{name: value}).first()):
            plan.problems.setdefault(name, f"{other.name} already has “{value}”.")
    is_moved = account.pk is not None and "parent" in plan.changes
    if is_moved and account.pk in set(list_ancestor_ids(account)):
        plan.problems["parent"] = f"{account.parent} belongs to {account.name} itself."


def _say(value: Any) -> str:
    return {True: "yes", False: "no", None: ""}.get(value, str(value)) if not value else str(value)


@transaction.atomic
def save_account(
    *, values: Mapping[str, Any], account: Account | None = None, now: datetime
) -> tuple[Account, str]:
    """Creates or updates one account; returns it and NEW, CHANGED or SAME.

    Raises: InvalidInput with a sentence for each field.
    """
    plan = plan_account(values, account=account)
    kind = plan.kind
    if kind == "WRONG":
        raise InvalidInput(next(iter(plan.problems.values())), fields=plan.problems)
    if kind != "SAME":
        apply_plan(plan)
    return plan.account, kind


def apply_plan(plan: AccountPlan) -> None:
    """Writes a plan without problems."""
    plan.account.save()
    AccountAlias.objects.bulk_create(
        AccountAlias(account=plan.account, kind=kind, value=value) for kind, value in plan.aliases
    )


@transaction.atomic
def merge_accounts(*, kept: Account, merged: Account, now: datetime) -> Account:
    """Makes two accounts one: leads, subsidiaries and aliases move, blanks are filled, the other's name and
    domain become aliases. The other row is gone afterwards.

    Raises: InvalidInput for an account and itself.
    """
    if kept.pk == merged.pk:
        raise InvalidInput("An account cannot be merged with itself.", fields={"other": "the same"})
    for column in _FILLED:
        if not getattr(kept, column):
            setattr(kept, column, getattr(merged, column))
    if kept.parent_id in (kept.pk, merged.pk):
        kept.parent_id = merged.parent_id if merged.parent_id != kept.pk else None
    Lead.objects.filter(account=merged).update(account=kept)
    Account.objects.filter(parent=merged).exclude(pk=kept.pk).update(parent=kept)
    merged.aliases.update(account=kept)
    extra = [(AccountAlias.Kind.NAME, merged.name_key), (AccountAlias.Kind.DOMAIN, merged.domain)]
    own = {kept.name_key, kept.domain}
    merged.delete()
    kept.updated_at = now
    kept.save()
    AccountAlias.objects.bulk_create(
        [
            AccountAlias(account=kept, kind=kind, value=value)
            for kind, value in extra
            if value and value not in own
        ],
        ignore_conflicts=True,
    )
    return kept


_FILLED = (
    "industry", "employees", "segment", "open_deals", "owner_id", "is_named", "country", "city",
    "postal_code", "street", "phone_e164",
)  # fmt: skip
