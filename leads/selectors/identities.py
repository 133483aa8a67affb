"""Who is already known."""

from collections.abc import Iterable

from leadrouter.common.rows import fetch_models, fetch_rows
from leads.models import Account, Lead

# The kind leads the index, so both are named: the value alone would mean reading all of it.
_IDENTITIES = """
SELECT kind, value, lead_id FROM leads_leadidentity
WHERE kind IN ('EMAIL', 'PHONE') AND value AMONG (%s)
"""


def find_leads_by_identity(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Returns {(kind, value): lead id} for the keys that are known. Queries: 1."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = fetch_rows(_IDENTITIES, sorted({value for _, value in wanted}))
    return {(kind, value): lead_id for kind, value, lead_id in rows if (kind, value) in wanted}


def lock_leads(lead_ids: Iterable[int]) -> dict[int, Lead]:
    """Returns the leads by id, row-locked in id order (the first locks of every transaction)."""
    ids = sorted(set(lead_ids))
    if not ids:
        return {}
    rows = Lead.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    return {lead.pk: lead for lead in rows}


def find_accounts_by_domain(domains: Iterable[str]) -> dict[str, Account]:
    """Returns {domain: account} for the registrable domains that are known. Queries: 1."""
    wanted = {domain for domain in domains if domain}
    if not wanted:
        return {}
    # The index holds no empty domains; only saying so in its own words lets SQLite use it.
    rows = fetch_models(Account, "domain AMONG (%s) AND NOT (domain = '')", sorted(wanted))
    return {account.domain: account for account in rows}
