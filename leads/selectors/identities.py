"""Who is already known."""

from collections.abc import Iterable

from leads.models import Account, Lead, LeadIdentity


def find_leads_by_identity(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Returns {(kind, value): lead id} for the keys that are known. Queries: 1."""
    wanted = set(keys)
    if not wanted:
        return {}
    rows = LeadIdentity.objects.filter(value__in={value for _, value in wanted}).values_list(
        "kind", "value", "lead_id"
    )
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
    return {account.domain: account for account in Account.objects.filter(domain__in=wanted)}
