"""Who is already known."""

from collections.abc import Iterable

from leadrouter.common.rows import (
    Read,
    Row,
    fetch,
    fetch_each,
    fetch_models,
    read_models,
    read_rows,
)
from leads.models import Account, Lead

# The kind leads the index, so both are named: the value alone would mean reading all of it.
_IDENTITIES = """
SELECT kind, value, lead_id FROM leads_leadidentity
WHERE kind IN ('EMAIL', 'PHONE', 'THREAD') AND value AMONG (%s)
"""


def find_leads_by_identity(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Returns {(kind, value): lead id} for the keys that are known. Queries: 1."""
    wanted = set(keys)
    if not wanted:
        return {}
    return _known(wanted, fetch(_identities_read(wanted)))


def lock_leads(lead_ids: Iterable[int]) -> dict[int, Lead]:
    """Returns the leads by id, row-locked in id order (the first locks of every transaction)."""
    ids = sorted(set(lead_ids))
    if not ids:
        return {}
    rows = fetch_models(Lead, "id AMONG (%s) ORDER BY id FOR UPDATE", ids)
    return {lead.pk: lead for lead in rows}


def find_accounts_by_domain(domains: Iterable[str]) -> dict[str, Account]:
    """Returns {domain: account} for the registrable domains that are known. Queries: 1."""
    wanted = {domain for domain in domains if domain}
    if not wanted:
        return {}
    return {account.domain: account for account in fetch(_accounts_read(wanted))}


def find_known(
    keys: Iterable[tuple[str, str]], domains: Iterable[str]
) -> tuple[dict[tuple[str, str], int], dict[str, Account]]:
    """Both `find_leads_by_identity` and `find_accounts_by_domain`. Queries: 2 in one round trip."""
    wanted, sites = set(keys), {domain for domain in domains if domain}
    identities, accounts = fetch_each(_identities_read(wanted), _accounts_read(sites))
    return _known(wanted, identities), {account.domain: account for account in accounts}


def _identities_read(wanted: set[tuple[str, str]]) -> Read[Row]:
    return read_rows(_IDENTITIES, sorted({value for _, value in wanted}))


def _known(wanted: set[tuple[str, str]], rows: list[Row]) -> dict[tuple[str, str], int]:
    return {(kind, value): lead_id for kind, value, lead_id in rows if (kind, value) in wanted}


def _accounts_read(domains: set[str]) -> Read[Account]:
    # The index holds no empty domains; only saying so in its own words lets SQLite use it.
    return read_models(Account, "domain AMONG (%s) AND NOT (domain = '')", sorted(domains))
