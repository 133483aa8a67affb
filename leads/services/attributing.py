"""Says where each delivery's touches came from, and what that makes of its lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from leads.domain.attribution import Touch
from leads.domain.campaigns import find_campaign
from leads.domain.channel_rules import UNASSIGNED, Attribution, attribute
from leads.domain.mail_domains import is_disposable_domain
from leads.domain.quality import quality_score
from leads.domain.titles import read_title
from leads.domain.visits import NOT_SET, Setting
from leads.models import IntakeItem, Lead
from leads.selectors.attribution import AttributionSetup

DERIVED = ("seniority", "job_function", "quality")
_SCORED = (
    "email", "email_domain", "is_free_mail", "phone", "phone_e164", "first_name", "last_name",
    "full_name", "company_name", "company_domain", "job_title", "seniority", "job_function",
    "country", "subdivision", "postal_code", "city", "products", "message",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """First and last touch of one delivery, as leads keep them: {"landing_url", "referrer", "utm",
    "click_ids", "source", "medium", "campaign", "channel_group", "rule"}."""

    first: dict[str, Any]
    last: dict[str, Any]
    campaign_id: int | None

    @property
    def is_telling(self) -> bool:
        """Whether anything is known of how the person came this time."""
        return self.last["source"] != NOT_SET or self.last["channel_group"] != UNASSIGNED


def find_origin(item: IntakeItem, setup: AttributionSetup, at: datetime) -> Origin:
    """The origin of a delivery with `endpoint.source` loaded. What a sender says of the first touch
    is believed only for a lead that has none yet; the caller sees to that."""
    payload = item.payload
    told = payload.get("touch") or {}
    told_first = payload.get("first_touch") or {}
    setting = Setting(
        channel=item.endpoint.channel,
        source_kind=item.endpoint.source.kind,
        own_hosts=setup.own_hosts,
        directory=setup.directory,
    )
    last = attribute(_touch(told), setup.rules, setting)
    first = attribute(_touch(told_first), setup.rules, setting) if told_first else last
    campaign = find_campaign(first, at.date(), setup.campaigns)
    if campaign is None and first is not last:
        campaign = find_campaign(last, at.date(), setup.campaigns)
    return Origin(
        first=_keep(told_first, first) if told_first else _keep(told, last),
        last=_keep(told, last),
        campaign_id=campaign,
    )


def refresh_derived(lead: Lead) -> None:
    """Sets, in memory, what follows from the lead's other columns: `DERIVED`."""
    lead.seniority, lead.job_function = read_title(lead.job_title)
    lead.quality = quality_score(quality_values(lead))


def quality_values(lead: Lead) -> dict[str, Any]:
    """What `leads.domain.quality` asks about."""
    values = {name: getattr(lead, name) for name in _SCORED}
    values["is_disposable"] = is_disposable_domain(lead.email_domain)
    return values


def _touch(told: Mapping[str, Any]) -> Touch:
    return Touch(
        landing_url=told.get("landing_url") or "",
        referrer=told.get("referrer") or "",
        utm=told.get("utm") or {},
        click_ids=told.get("click_ids") or {},
    )


def _keep(told: Mapping[str, Any], found: Attribution) -> dict[str, Any]:
    return {
        **told,
        "source": found.source,
        "medium": found.medium,
        "campaign": found.campaign,
        "channel_group": found.group,
        "rule": found.rule,
    }
