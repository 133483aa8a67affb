"""The accounts of a batch: found by evidence, or made for a company domain that nothing fits."""

from collections.abc import Mapping, Sequence

from leadrouter.common.sql import insert_all
from leads.domain.draft import Draft
from leads.models import Account
from leads.selectors.accounts import KnownAccounts, choose_account
from leads.selectors.identities import find_accounts_by_domain
from leads.services.deliveries import Delivery


def find_accounts(
    deliveries: Sequence[Delivery], by_domain: dict[str, Account], known: KnownAccounts
) -> None:
    """Gives each delivery its account; a company domain that nothing fits makes one."""
    strange: dict[str, Draft] = {}
    for delivery in deliveries:
        found = choose_account(delivery.draft, by_domain, known)
        delivery.account, delivery.account_match = found
        if delivery.account is None and delivery.draft.company_domain:
            strange[delivery.draft.company_domain] = delivery.draft
    by_domain |= _new_accounts(dict(sorted(strange.items())))
    for delivery in deliveries:
        if delivery.account is None:
            found = choose_account(delivery.draft, by_domain, known)
            delivery.account, delivery.account_match = found


def _new_accounts(drafts: Mapping[str, Draft]) -> dict[str, Account]:
    """Makes an account for each domain, or finds the one that somebody else just made."""
    if not drafts:
        return {}
    insert_all([_new_account(*pair) for pair in drafts.items()], ignores_conflicts=True)
    return find_accounts_by_domain(drafts)


def _new_account(domain: str, draft: Draft) -> Account:
    return Account(
        name=draft.company_name or domain,
        name_key=draft.company_key,
        domain=domain,
        country=draft.country,
        industry=draft.industry,
        employees=draft.employees,
    )
