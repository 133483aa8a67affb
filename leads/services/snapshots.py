"""What a lead was before a merge, so that the merge can be undone."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from leads.models import Lead

# What a merge may change about the lead that is kept. Where it stands is routing's and never changes.
FIELDS = (
    "first_name", "last_name", "full_name", "email", "email_domain", "is_free_mail", "phone",
    "phone_e164", "phone_country", "job_title", "seniority", "job_function", "language",
    "account_id", "account_match", "company_name", "company_domain", "website", "industry",
    "employees",
    "country", "subdivision", "city",
    "postal_code", "street", "products", "message", "custom", "source_id", "channel", "campaign",
    "first_touch", "last_touch", "first_channel_group", "last_channel_group",
    "marketing_campaign_id", "quality", "consent", "score", "grade", "received_at", "last_received_at",
    "first_touched_at", "deal_value", "deal_currency",
)  # fmt: skip
Snapshot = dict[str, Any]


def take_snapshot(lead: Lead, fields: tuple[str, ...] = FIELDS) -> Snapshot:
    """{field: value as JSON keeps it}."""
    return {name: _plain(getattr(lead, name)) for name in fields}


def find_changes(before: Snapshot, lead: Lead) -> dict[str, list[Any]]:
    """{field: [before, now]} of what differs by now."""
    now = take_snapshot(lead, tuple(before))
    return {name: [old, now[name]] for name, old in before.items() if old != now[name]}


def put_back(lead: Lead, changes: dict[str, list[Any]]) -> tuple[list[str], list[str]]:
    """Gives fields their earlier values, in memory, unless they changed again since.

    Returns the fields that were put back and those that were left.
    """
    now = take_snapshot(lead, tuple(changes))
    done = [name for name, (_, after) in changes.items() if now[name] == after]
    for name in done:
        set_plain(lead, name, changes[name][0])
    return done, [name for name in changes if name not in done]


def set_plain(lead: Lead, name: str, value: Any) -> None:
    """Sets a field from what JSON kept of it."""
    field = next(one for one in Lead._meta.concrete_fields if one.attname == name)
    is_json = isinstance(value, (dict, list))
    setattr(lead, name, value if is_json or field.is_relation else field.to_python(value))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
