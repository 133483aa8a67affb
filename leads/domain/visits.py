"""Which source and medium a touch had, and what says so.

The order is Google Analytics': what the marketer wrote, else the click id, else the referrer, else
nothing. Source: GA4 campaign and traffic-source dimensions; click ids by their senders' pages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from leads.domain.attribution import Touch
from leads.domain.referrers import (
    Directory,
    built_in_directory,
    find_site,
    find_source,
    host_of,
    is_own_host,
)

NOT_SET = "(not set)"
DIRECT = "(direct)"
NONE = "(none)"
# What each click id proves. "cpc" and "paid_social" only where it comes from advertisements alone.
CLICKS: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("gclid", "gbraid", "wbraid", "gad_source", "gad_campaignid"), ("google", "cpc")),
    "dclid": ("google", "display"),
    "msclkid": ("bing", "cpc"),
    "yclid": ("yandex", "cpc"),
    "ctwa_clid": ("whatsapp", "paid_social"),
    "li_fat_id": ("linkedin", "paid_social"),
    "ttclid": ("tiktok", "paid_social"),
    "twclid": ("twitter", "paid_social"),
    "rdt_cid": ("reddit", "paid_social"),
    "ScCid": ("snapchat", "paid_social"),
    "fbclid": ("facebook", "social"),
    "epik": ("pinterest", "social"),
    "mc_eid": ("mailchimp", "email"),
    "mc_cid": ("mailchimp", "email"),
    "_hsenc": ("hubspot", "email"),
    "_hsmi": ("hubspot", "email"),
    "vero_id": ("vero", "email"),
    "_kx": ("klaviyo", "email"),
    "srsltid": ("google", "organic"),
    "irclickid": ("impact", "affiliate"),
    "awc": ("awin", "affiliate"),
}  # fmt: skip
_MEDIA = {"SEARCH": "organic", "MAIL": "email"}


@dataclass(frozen=True, slots=True)
class Setting:
    """Around a touch: how the lead came, what kind of source its door has, which sites are known
    and which hosts are our own, so that coming from there says nothing."""

    channel: str = "WEB_FORM"
    source_kind: str = "WEBSITE"
    own_hosts: frozenset[str] = frozenset()
    directory: Directory = field(default_factory=built_in_directory)


@dataclass(frozen=True, slots=True)
class Visit:
    """What rules look at; all in lower case. `category` is of the source; `because` is a sentence."""

    source: str
    medium: str
    campaign: str
    category: str
    click_ids: frozenset[str]
    channel: str
    source_kind: str
    # Two visits that differ in this alone are equal: rules do not ask for it.
    because: str = field(compare=False)


def read_visit(touch: Touch, setting: Setting) -> Visit:
    """The visit a touch was."""
    source, medium, because = _read_source(touch, setting)
    site = find_source(source, setting.directory)
    return Visit(
        source=source,
        medium=medium,
        campaign=touch.utm.get("campaign", "").strip().lower(),
        category=site.category if site else "",
        click_ids=frozenset(touch.click_ids),
        channel=setting.channel,
        source_kind=setting.source_kind,
        because=because,
    )


def _read_source(touch: Touch, setting: Setting) -> tuple[str, str, str]:
    source = touch.utm.get("source", "").strip().lower()
    medium = touch.utm.get("medium", "").strip().lower()
    click = next((key for key in CLICKS if key in touch.click_ids), "")
    if source:
        paid = CLICKS[click][1] if click else ""
        if not medium and paid in ("cpc", "paid_social", "display"):
            return source, paid, f"utm_source says the source, {click} that it was paid"
        return source, medium or NOT_SET, "utm_source and utm_medium say so"
    if click:
        found, meant = CLICKS[click]
        if click == "fbclid" and host_of(touch.referrer).endswith("instagram.com"):
            found = "instagram"
        return found, medium or meant, f"the click id {click} says so"
    return _read_referrer(touch, setting, medium)


def _read_referrer(touch: Touch, setting: Setting, medium: str) -> tuple[str, str, str]:
    host = host_of(touch.referrer)
    own = {*setting.own_hosts, host_of(touch.landing_url)}
    if host and not is_own_host(host, own):
        site = find_site(touch.referrer, setting.directory)
        if site is None:
            return host, medium or "referral", f"the visitor came from {host}, which we do not know"
        meant = _MEDIA.get(site.category, "referral")
        return site.name, medium or meant, f"the visitor came from {host} ({site.address})"
    was_visit = setting.channel == "WEB_FORM" or bool(touch.landing_url)
    if medium or not was_visit:
        said = "nothing names a source" if was_visit else "no visit is known"
        return NOT_SET, medium or NOT_SET, said
    said = f"the referrer {host} is our own" if host else "no parameter and no referrer"
    return DIRECT, NONE, said


def known_click_ids(keys: Iterable[str]) -> list[str]:
    """Those that mean something here."""
    return [key for key in keys if key in CLICKS]
