"""The companies that arriving leads may work for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from leadrouter.common.rows import Read, Row, fetch_each, read_returned, read_rows
from leads.domain.account_matching import Company, match_company
from leads.domain.draft import Draft
from leads.models import Account

_FITTING = """
SELECT {columns} FROM leads_account WHERE id IN (
  SELECT account_id FROM leads_accountalias WHERE value AMONG (%s)
  UNION SELECT id FROM leads_account WHERE name_key AMONG (%s)
  UNION SELECT id FROM leads_account WHERE phone_e164 AMONG (%s) AND NOT (phone_e164 = '')
  UNION SELECT id FROM leads_account WHERE postal_code AMONG (%s) AND NOT (street = '')
)
"""
_ALIASES = """
SELECT account_id, kind, value FROM leads_accountalias WHERE account_id IN (
  SELECT account_id FROM leads_accountalias WHERE value AMONG (%s)
)
"""


@dataclass(slots=True)
class KnownAccounts:
    """Accounts that some draft of a batch names in any way."""

    accounts: dict[int, Account] = field(default_factory=dict)
    companies: dict[int, Company] = field(default_factory=dict)
    by_alias_domain: dict[str, Account] = field(default_factory=dict)

    def find(self, draft: Draft) -> tuple[Account, str] | None:
        """The account of a draft by evidence, with the sentence."""
        if draft.company_domain in self.by_alias_domain:
            account = self.by_alias_domain[draft.company_domain]
            return account, f"By the domain {draft.company_domain}, another of the company’s."
        if not draft.company_key:
            return None
        found = match_company(company_of_draft(draft), self.companies.values())
        return (self.accounts[found[0]], found[1]) if found else None


def company_of_draft(draft: Draft) -> Company:
    """What a delivery says about the company. Its phone may be the person's: alone it is not enough."""
    return Company(
        names=frozenset({draft.company_key} - {""}),
        domain=draft.company_domain,
        phone=draft.phone_e164,
        country=draft.country,
        postal_code=draft.postal_code,
        street=draft.street,
    )


def fitting_reads(drafts: Sequence[Draft]) -> tuple[Read[Account], Read[Row]]:
    """Accounts by name, alias, phone or address, and their aliases; for `make_known`."""
    named = [draft for draft in drafts if draft.company_key]
    names = sorted({draft.company_key for draft in named})
    sites = {draft.company_domain for draft in drafts if draft.company_domain}
    phones = sorted({draft.phone_e164 for draft in named if draft.phone_e164})
    codes = sorted({d.postal_code for d in named if d.postal_code and d.street})
    words = sorted({*names, *sites})
    return read_returned(Account, _FITTING, words, names, phones, codes), read_rows(_ALIASES, words)


def make_known(accounts: Sequence[Account], aliases: Sequence[Row]) -> KnownAccounts:
    """Puts the answers of `fitting_reads` together."""
    known = KnownAccounts({account.pk: account for account in accounts})
    names: dict[int, set[str]] = {account.pk: {account.name_key} for account in accounts}
    for account_id, kind, value in aliases:
        if kind == "NAME":
            names.get(account_id, set()).add(value)
        elif account_id in known.accounts:
            known.by_alias_domain[value] = known.accounts[account_id]
    for account in accounts:
        known.companies[account.pk] = Company(
            account_id=account.pk,
            names=frozenset(names[account.pk] - {""}),
            domain=account.domain,
            phone=account.phone_e164,
            country=account.country,
            postal_code=account.postal_code,
            street=account.street,
        )
    return known


def find_fitting(drafts: Sequence[Draft]) -> KnownAccounts:
    """Accounts that drafts may belong to besides by their own domain. Queries: 2 in one round trip."""
    accounts, aliases = fetch_each(*fitting_reads(drafts))
    return make_known(accounts, aliases)


def choose_account(
    draft: Draft, by_domain: Mapping[str, Account], known: KnownAccounts
) -> tuple[Account | None, str]:
    """The account and why: by its own domain, else by evidence; (None, "") when nothing fits."""
    if account := by_domain.get(draft.company_domain):
        return account, f"By the domain {draft.company_domain}."
    return known.find(draft) or (None, "")


def list_ancestor_ids(account: Account) -> Iterable[int]:
    """Ids of the parent, its parent and so on; stops at a circle. Queries: one for each."""
    seen: set[int] = set()
    parent_id = account.parent_id
    while parent_id is not None and parent_id not in seen:
        seen.add(parent_id)
        yield parent_id
        parent_id = Account.objects.values_list("parent_id", flat=True).get(pk=parent_id)
