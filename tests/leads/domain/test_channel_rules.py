"""One case for each row of the default channel group, each of our additions and each trap."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.attribution import Touch, touch_from_url
from leads.domain.channel_defaults import DEFAULT_RULES
from leads.domain.channel_rules import (
    UNASSIGNED,
    Attribution,
    ChannelRule,
    attribute,
    matches_any,
    say_rule,
)
from leads.domain.referrers import find_site, make_directory
from leads.domain.visits import Setting

PAGE = "https://shop.example.com/landing"
GOOGLE = "https://www.google.com/"


def of(query: str = "", referrer: str = "", **around: str) -> Attribution:
    setting = Setting(own_hosts=frozenset({"example.org"}), **around)  # type: ignore[arg-type]
    return attribute(touch_from_url(f"{PAGE}?{query}", referrer), DEFAULT_RULES, setting)


ROWS = [
    # query, referrer, group, rule
    ("", "", "Direct", "ga4:1"),
    ("utm_source=(direct)&utm_medium=(none)", "", "Direct", "ga4:1"),
    ("utm_source=(direct)&utm_medium=(not set)", GOOGLE, "Direct", "ga4:1"),
    (
        "utm_source=google&utm_medium=cpc&utm_campaign=x Cross-network y",
        "",
        "Cross-network",
        "ga4:2",
    ),
    ("utm_source=amazon&utm_medium=cpc", "", "Paid Shopping", "ga4:3a"),
    ("utm_source=foo&utm_medium=cpc&utm_campaign=summer-shop", "", "Paid Shopping", "ga4:3b"),
    ("utm_source=google&utm_medium=cpc&utm_campaign=Shopping DE", "", "Paid Shopping", "ga4:3b"),
    ("utm_source=google&utm_medium=cpc", "", "Paid Search", "ga4:4"),
    ("utm_source=Bing&utm_medium=PPC", "", "Paid Search", "ga4:4"),
    ("utm_source=facebook&utm_medium=paid_social", "", "Paid Social", "ga4:5"),
    ("utm_source=fb&utm_medium=paid", "", "Paid Social", "ga4:5"),
    ("utm_source=linkedin.com&utm_medium=retargeting", "", "Paid Social", "ga4:5"),
    ("utm_source=youtube&utm_medium=cpv", "", "Paid Video", "ga4:6"),
    ("utm_source=youtube&utm_medium=paidvideo", "", "Paid Video", "ga4:6"),
    ("utm_source=vimeo.com&utm_medium=cpc", "", "Paid Video", "ga4:6"),
    ("utm_source=news&utm_medium=display", "", "Display", "ga4:7"),
    ("utm_source=news&utm_medium=banner", "", "Display", "ga4:7"),
    ("utm_source=news&utm_medium=interstitial", "", "Display", "ga4:7"),
    ("utm_source=news&utm_medium=cpa", "", "Paid Other", "ga4:8"),
    ("utm_source=youtube&utm_medium=referral", "", "Organic Video", "ga4:11a"),
    ("utm_source=news&utm_medium=cpc", "", "Paid Other", "ga4:8"),
    ("utm_source=etsy&utm_medium=referral", "", "Organic Shopping", "ga4:9a"),
    ("utm_source=foo&utm_medium=bar&utm_campaign=eshop", "", "Organic Shopping", "ga4:9b"),
    ("utm_source=instagram", "", "Organic Social", "ga4:10a"),
    ("utm_source=foo&utm_medium=social-network", "", "Organic Social", "ga4:10b"),
    ("utm_source=foo&utm_medium=sm", "", "Organic Social", "ga4:10b"),
    ("", "https://www.youtube.com/watch?v=1", "Organic Video", "ga4:11a"),
    ("utm_source=foo&utm_medium=in-video-link", "", "Organic Video", "ga4:11b"),
    ("", GOOGLE, "Organic Search", "ga4:12a"),
    ("utm_source=foo&utm_medium=organic", "", "Organic Search", "ga4:12b"),
    ("", "https://blog.partner.example/post", "Referral", "ga4:13"),
    ("utm_source=foo&utm_medium=link", "", "Referral", "ga4:13"),
    ("utm_source=e-mail&utm_medium=foo", "", "Email", "ga4:14a"),
    ("utm_source=crm&utm_medium=e_mail", "", "Email", "ga4:14b"),
    ("", "https://mail.google.com/mail/u/0/", "Email", "ga4:14b"),
    ("utm_source=foo&utm_medium=affiliate", "", "Affiliates", "ga4:15"),
    ("utm_source=foo&utm_medium=audio", "", "Audio", "ga4:16"),
    ("utm_source=sms&utm_medium=foo", "", "SMS", "ga4:17a"),
    ("utm_source=foo&utm_medium=sms", "", "SMS", "ga4:17b"),
    ("utm_source=foo&utm_medium=webpush", "", "Mobile Push", "ga4:18a"),
    ("utm_source=foo&utm_medium=mobile-app", "", "Mobile Push", "ga4:18a"),
    ("utm_source=foo&utm_medium=notification", "", "Mobile Push", "ga4:18a"),
    ("utm_source=firebase&utm_medium=foo", "", "Mobile Push", "ga4:18b"),
    ("utm_source=foo&utm_medium=bar", "", UNASSIGNED, ""),
    ("utm_source=foo", "", UNASSIGNED, ""),
]
TRAPS = [
    # `cpm` is paid by its letters: what it means depends on the source.
    ("utm_source=google&utm_medium=cpm", "", "Paid Search", "ga4:4"),
    ("utm_source=facebook&utm_medium=cpm", "", "Paid Social", "ga4:5"),
    ("utm_source=news&utm_medium=cpm", "", "Display", "ga4:7"),
    ("utm_source=foo&utm_medium=paidsocial", "", "Paid Other", "ga4:8"),
    # "shop" only as a word of its own or after e, -, a digit…
    ("utm_source=foo&utm_medium=cpc&utm_campaign=workshop", "", "Paid Other", "ga4:8"),
    ("utm_source=foo&utm_medium=cpc&utm_campaign=bishop", "", "Paid Other", "ga4:8"),
    # Click ids.
    ("gclid=x", "", "Paid Search", "click:google"),
    ("gbraid=x", GOOGLE, "Paid Search", "click:google"),
    ("gclid=x&utm_source=youtube&utm_medium=cpc", "", "Paid Video", "ga4:6"),
    ("gclid=x&utm_source=brand&utm_medium=search", "", "Paid Search", "click:google-other"),
    ("dclid=x", "", "Display", "click:display"),
    ("msclkid=x", "", "Paid Search", "click:bing"),
    ("msclkid=x&utm_source=foo&utm_medium=referral", "", "Referral", "ga4:13"),
    ("yclid=x", "", "Paid Search", "click:yandex"),
    ("li_fat_id=x", "", "Paid Social", "click:social"),
    ("ttclid=x", "", "Paid Social", "click:social"),
    ("twclid=x", "", "Paid Social", "click:social"),
    ("rdt_cid=x", "", "Paid Social", "click:social"),
    ("sccid=x", "", "Paid Social", "click:social"),
    # On organic and paid links alike: proves the network, not the payment.
    ("fbclid=x", "", "Organic Social", "ga4:10a"),
    ("fbclid=x&utm_source=facebook&utm_medium=cpc", "", "Paid Social", "ga4:5"),
    ("epik=x", "", "Organic Social", "ga4:10a"),
    ("mc_cid=x", "", "Email", "click:mail"),
    ("_hsenc=x", "", "Email", "click:mail"),
    ("_kx=x", "", "Email", "click:mail"),
    ("srsltid=x", GOOGLE, "Organic Shopping", "click:shopping"),
    ("irclickid=x", "", "Affiliates", "click:affiliate"),
    ("awc=x", "", "Affiliates", "click:affiliate"),
    # Additions.
    ("utm_source=weekly-newsletter&utm_medium=foo", "", "Email", "own:newsletter-source"),
    ("utm_source=acme&utm_medium=newsletter", "", "Email", "own:newsletter"),
    ("utm_source=newsletter&utm_medium=cpc", "", "Paid Other", "ga4:8"),
    ("utm_source=chatgpt.com", "", "AI assistant", "own:assistant"),
    ("", "https://chatgpt.com/", "AI assistant", "own:assistant"),
    ("", "https://www.perplexity.ai/search", "AI assistant", "own:assistant"),
    ("", "https://gemini.google.com/app", "AI assistant", "own:assistant"),
    # Hosts and paths.
    ("", "https://www.google.co.uk/", "Organic Search", "ga4:12a"),
    ("", "https://www.google.de/maps/place/x", "Referral", "ga4:13"),
    ("", "https://www.google.com/shopping/product/1", "Organic Shopping", "ga4:9a"),
    ("", "https://docs.google.com/d/1", "Referral", "ga4:13"),
    ("", "https://www.bing.com/chat", "AI assistant", "own:assistant"),
    ("", "https://www.bing.com/chatter", "Organic Search", "ga4:12a"),
    ("", "https://notgoogle.example/", "Referral", "ga4:13"),
    ("", "https://google.com.evil.example/", "Referral", "ga4:13"),
    ("", "https://l.facebook.com/l.php", "Organic Social", "ga4:10a"),
    ("", "https://t.co/abc", "Organic Social", "ga4:10a"),
    # Our own pages, apps, and what is no address say nothing.
    ("", "https://example.org/home", "Direct", "ga4:1"),
    ("", "https://www.example.org/home", "Direct", "ga4:1"),
    ("", "https://shop.example.com/start", "Direct", "ga4:1"),
    ("", "android-app://com.google.android.gm/", "Direct", "ga4:1"),
    ("", "javascript:alert(1)", "Direct", "ga4:1"),
    ("", "https://[broken", "Direct", "ga4:1"),
    # A campaign without a source proves no source.
    ("utm_campaign=spring", "", "Direct", "ga4:1"),
    ("utm_medium=email", "", "Email", "ga4:14b"),
    ("utm_medium=email", "https://blog.partner.example/", "Email", "ga4:14b"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "referrer", "group", "rule"), ROWS + TRAPS)
def test_the_default_rules_decide_as_they_are_published(
    query: str, referrer: str, group: str, rule: str
) -> None:
    found = of(query, referrer)
    assert (found.group, found.rule) == (group, rule), found


@pytest.mark.parametrize(
    ("channel", "kind", "group"),
    [
        ("PHONE_TWILIO", "WEBSITE", "Phone"), ("PHONE_CALLRAIL", "CAMPAIGN", "Phone"),
        ("CHAT_CRISP", "WEBSITE", "Chat"), ("WHATSAPP", "WEBSITE", "Chat"),
        ("EMAIL_POSTMARK", "WEBSITE", "Inbound e-mail"), ("IMPORT", "EVENT", "Event"),
        ("IMPORT", "OTHER", "List upload"), ("MANUAL", "WEBSITE", "Entered by hand"),
        ("REFERRAL", "REFERRAL", "Partner"), ("API", "PARTNER", "Partner"),
        ("WEB_FORM", "PARTNER", "Partner"),
    ],
)  # fmt: skip
def test_what_is_no_visit_is_told_by_its_channel_whatever_the_parameters_say(
    channel: str, kind: str, group: str
) -> None:
    found = of("utm_source=google&utm_medium=cpc", channel=channel, source_kind=kind)
    assert found.group == group


def test_a_chat_that_an_advertisement_opened_is_paid_social() -> None:
    assert of("ctwa_clid=x", channel="WHATSAPP").rule == "own:chat-ad"


def test_a_program_that_says_nothing_of_a_visit_is_not_direct() -> None:
    found = attribute(Touch(), DEFAULT_RULES, Setting(channel="API"))
    assert (found.source, found.medium, found.group) == ("(not set)", "(not set)", UNASSIGNED)


def test_source_and_medium_are_told_with_the_reason() -> None:
    assert of("gclid=x").because == "the click id gclid says so"
    found = of("", "https://www.google.de/maps")
    assert (found.source, found.medium) == ("google-maps", "referral")
    assert found.because == "the visitor came from google.de (google.*/maps)"
    assert of("fbclid=x", "https://l.instagram.com/").source == "instagram"


def test_an_organisation_adds_sites_which_win_over_the_built_in_ones() -> None:
    directory = make_directory([("reviews", "SOCIAL", "google.com/reviews")])
    site = find_site("https://www.google.com/reviews/1", directory)
    assert site is not None
    assert (site.name, site.category) == ("reviews", "SOCIAL")


def test_the_first_of_several_rules_decides() -> None:
    first = ChannelRule("a", "Mine", sources=("goo*",))
    found = attribute(touch_from_url(PAGE, GOOGLE), (first, *DEFAULT_RULES), Setting())
    assert (found.group, found.rule) == ("Mine", "a")
    assert say_rule(first) == "the source is goo*"


def test_keys_of_the_default_rules_differ() -> None:
    assert len({rule.key for rule in DEFAULT_RULES}) == len(DEFAULT_RULES)


def test_no_pattern_takes_long() -> None:
    started = time.perf_counter()
    assert not matches_any("a" * 512, ("*a*a*a*a*a*a*a*a*a*a*b",))
    assert time.perf_counter() - started < 0.2


@given(st.text(max_size=80), st.text(max_size=80))
def test_every_touch_has_a_group(query: str, referrer: str) -> None:
    assert of(query, f"https://{referrer}").group
