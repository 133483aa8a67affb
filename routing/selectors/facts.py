"""What the rules may ask about a lead, read off its rows."""

from datetime import tzinfo

from leads.models import Lead
from routing.engine.facts import Facts, FactValue, arrival_facts


def lead_facts(lead: Lead, zone: tzinfo) -> Facts:
    """Returns the facts of a lead with `source` and `account__owner` loaded; unknown values are left out."""
    account = lead.account
    facts: dict[str, FactValue] = {
        "country": lead.country,
        "subdivision": lead.subdivision,
        "postal_code": lead.postal_code,
        "city": lead.city,
        "industry": lead.industry or (account.industry if account else ""),
        "employees": lead.employees or (account.employees if account else None),
        "products": frozenset(lead.products),
        "source": lead.source.slug,
        "source_kind": lead.source.kind,
        "campaign": lead.campaign,
        "channel": lead.channel,
        "email_domain": lead.email_domain,
        "language": lead.language,
        "job_title": lead.job_title,
        "company": lead.company_name or (account.name if account else ""),
        "company_domain": lead.company_domain,
        "is_named_account": bool(account and account.is_named),
        "account_owner": account.owner.slug if account and account.owner else "",
        "score": lead.score,
        "stage": lead.stage,
        "message": lead.message,
        "phone_country": lead.phone_country,
        "interactions": lead.interaction_count,
        **arrival_facts(lead.last_received_at, zone),
    }
    if lead.email_domain:
        facts["is_free_mail"] = lead.is_free_mail
    return {name: value for name, value in facts.items() if value not in ("", None, frozenset())}
