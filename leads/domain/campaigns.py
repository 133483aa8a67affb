"""Which campaign a touch belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from leads.domain.channel_rules import Attribution, matches_any


@dataclass(frozen=True, slots=True)
class CampaignMatch:
    """By what a campaign is known. Both days are within; None is open. Newest first in a list."""

    id: int
    utm_campaigns: tuple[str, ...]
    utm_sources: tuple[str, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None


def find_campaign(found: Attribution, on: date, campaigns: Iterable[CampaignMatch]) -> int | None:
    """The id of the first campaign a touch of that day belongs to. No utm_campaign, no campaign."""
    name = found.campaign.strip().lower()
    if not name:
        return None
    return next((one.id for one in campaigns if _matches(one, name, found.source, on)), None)


def _matches(one: CampaignMatch, name: str, source: str, on: date) -> bool:
    return (
        (one.starts_on is None or one.starts_on <= on)
        and (one.ends_on is None or on <= one.ends_on)
        and matches_any(name, one.utm_campaigns)
        and (not one.utm_sources or matches_any(source, one.utm_sources))
    )
