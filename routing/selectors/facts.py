"""What the rules may ask about a lead, read off its rows."""

from datetime import tzinfo
from typing import Any

from leads.domain.custom_fields import FieldType
from leads.models import Lead
from leads.selectors.custom_fields import Definitions
from routing.engine.facts import Facts, FactValue, arrival_facts


def lead_facts(lead: Lead, zone: tzinfo, definitions: Definitions = ()) -> Facts:
    """Returns the facts of a lead with `source`, `account__owner` and the parent's owner loaded.

    Unknown values are left out. `definitions` are the organisation's own fields.
    """
    account = lead.account
    parent = account.parent if account else None
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
        "channel_group": lead.last_channel_group,
        "first_channel_group": lead.first_channel_group,
        "touch_source": lead.last_touch.get("source", ""),
        "touch_medium": lead.last_touch.get("medium", ""),
        "first_touch_source": lead.first_touch.get("source", ""),
        "first_touch_medium": lead.first_touch.get("medium", ""),
        "seniority": lead.seniority,
        "job_function": lead.job_function,
        "quality": lead.quality,
        "email_domain": lead.email_domain,
        "language": lead.language,
        "job_title": lead.job_title,
        "company": lead.company_name or (account.name if account else ""),
        "company_domain": lead.company_domain,
        "is_named_account": bool(account and account.is_named),
        "account_owner": account.owner.slug if account and account.owner else "",
        "parent_account_owner": parent.owner.slug if parent and parent.owner else "",
        "account_segment": account.segment if account else "",
        "open_deals": account.open_deals if account else None,
        "score": lead.score,
        "grade": lead.grade,
        "stage": lead.stage,
        "message": lead.message,
        "phone_country": lead.phone_country,
        "interactions": lead.interaction_count,
        **arrival_facts(lead.last_received_at, zone),
    }
    if lead.email_domain:
        facts["is_free_mail"] = lead.is_free_mail
    if lead.custom:
        for field in definitions:
            facts[field.attribute] = _read_custom(field.type, lead.custom.get(field.key))
    return {name: value for name, value in facts.items() if value not in ("", None, frozenset())}


def _read_custom(kind: FieldType, value: Any) -> FactValue:
    """A stored value of an own field; what could not be brought to its type is unknown."""
    match kind:
        case FieldType.SET:
            members = value if isinstance(value, list) else []
            return frozenset(one for one in members if isinstance(one, str))
        case FieldType.NUMBER:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return value if is_number else None
        case FieldType.BOOLEAN:
            return value if isinstance(value, bool) else None
        case _:
            return value if isinstance(value, str) else None
