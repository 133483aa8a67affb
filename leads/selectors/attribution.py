"""The organisation's rules, sites and campaigns, kept by each process until one changes."""

from dataclasses import dataclass

from django.conf import settings

from leadrouter.common.organisation import Changes, Remembered, Stamps, get_stamps
from leads.domain.campaigns import CampaignMatch
from leads.domain.channel_defaults import DEFAULT_RULES
from leads.domain.channel_rules import ChannelRule as Rule
from leads.domain.referrers import Directory, host_of, make_directory
from leads.models import Campaign, ChannelRule, Endpoint, ReferrerSite


@dataclass(frozen=True, slots=True)
class AttributionSetup:
    """All that naming the origin of a touch needs. `campaigns` are newest first."""

    rules: tuple[Rule, ...]
    directory: Directory
    own_hosts: frozenset[str]
    campaigns: tuple[CampaignMatch, ...]


def get_attribution_setup(stamps: Stamps | None = None) -> AttributionSetup:
    """Returns the organisation's setup. Queries: 4 after a change, else none; 1 more without
    `stamps`."""
    now = get_stamps() if stamps is None else stamps
    return _setup.at((settings.SITE_URL, now.get(Changes.SOURCES)))


def _read() -> AttributionSetup:
    # An empty table means that nobody changed anything, not that nothing has an origin.
    stored = list(ChannelRule.objects.all())
    rules = tuple(row.rule for row in stored if row.is_active) if stored else DEFAULT_RULES
    sites = ReferrerSite.objects.values_list("name", "category", "address")
    return AttributionSetup(
        rules=rules,
        directory=make_directory(sites),
        own_hosts=_read_own_hosts(),
        campaigns=tuple(_match(row) for row in Campaign.objects.filter(is_active=True)),
    )


def _read_own_hosts() -> frozenset[str]:
    """Our own address, and the sites that show our forms."""
    listed = Endpoint.objects.exclude(allowed_origins=[]).values_list("allowed_origins", flat=True)
    urls = [settings.SITE_URL, *(origin for origins in listed for origin in origins)]
    return frozenset(host for url in urls if (host := host_of(url)))


def _match(row: Campaign) -> CampaignMatch:
    return CampaignMatch(
        id=row.pk,
        utm_campaigns=tuple(row.utm_campaigns or [row.name]),
        utm_sources=tuple(row.utm_sources),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


_setup = Remembered(_read)
