"""The table of channel rules and its neighbours, as marketing sees them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import BlockedSender, Campaign, ChannelRule, ReferrerSite
from leads.selectors.attribution import get_attribution_setup
from tests.factories.leads import LeadFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(db: None) -> list[ChannelRule]:
    """Tests that flush the database take the seeded lines with them."""
    ChannelRule.objects.all().delete()
    return [
        ChannelRule.objects.create(position=10, key="a", channel_group="A", sources=["goo*"]),
        ChannelRule.objects.create(position=20, key="b", channel_group="B", media=["organic"]),
    ]


def sign_in(role: str) -> Client:
    client = Client()
    client.force_login(UserFactory(groups=[role], is_staff=role != "rep"))
    return client


def test_marketing_sees_the_rules_in_their_order_with_what_they_ask(rules: Any) -> None:
    page = sign_in("marketing").get(reverse("admin:leads_channelrule_changelist"))
    text = page.content.decode()
    assert page.status_code == 200
    assert text.index("the source is goo*") < text.index("the medium is organic")


def test_the_page_to_try_an_address_names_the_rule_and_the_reason(rules: Any) -> None:
    query = {"landing_url": "https://x.example/", "referrer": "https://www.google.de/",
             "channel": "WEB_FORM", "source_kind": "WEBSITE"}  # fmt: skip
    client = sign_in("marketing")
    text = client.get(reverse("admin:leads_channelrule_try"), query).content.decode()
    assert "Rule <strong>a</strong> decided: the source is goo*." in text
    assert "the visitor came from google.de (google.*)" in text
    ChannelRule.objects.filter(key="a").update(is_active=False)
    text = client.get(reverse("admin:leads_channelrule_try"), query).content.decode()
    assert "Rule <strong>b</strong> decided" in text


def test_a_rule_is_moved_and_the_new_order_holds(rules: Any) -> None:
    url = reverse("admin:leads_channelrule_up", args=[rules[1].pk])
    assert sign_in("marketing").post(url).status_code == 302
    assert [rule.key for rule in get_attribution_setup().rules] == ["b", "a"]


def test_a_wrong_click_id_is_refused_with_a_sentence_and_nothing_is_written(rules: Any) -> None:
    data = {"key": "c", "channel_group": "C", "position": "5", "is_active": "on",
            "click_ids": "gclid, nonsense"}  # fmt: skip
    page = sign_in("manager").post(reverse("admin:leads_channelrule_add"), data)
    assert "“nonsense” is none of" in page.content.decode()
    assert ChannelRule.objects.count() == 2
    data["click_ids"] = "GCLID"
    assert sign_in("manager").post(reverse("admin:leads_channelrule_add"), data).status_code == 302
    assert ChannelRule.objects.get(key="c").click_ids == ["gclid"]


def test_a_rep_sees_none_of_it(rules: Any) -> None:
    client = sign_in("rep")
    for name in ("channelrule_changelist", "channelrule_try", "campaign_changelist"):
        assert client.get(reverse(f"admin:leads_{name}")).status_code in (302, 403)


def test_a_campaign_shows_what_a_lead_cost() -> None:
    campaign = Campaign.objects.create(name="Spring", cost_amount="100.00", cost_currency="EUR")
    LeadFactory.create_batch(4, marketing_campaign=campaign)
    text = sign_in("marketing").get(reverse("admin:leads_campaign_changelist")).content.decode()
    assert "25.00 EUR" in text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"cost_amount": "5", "cost_currency": "euro"}, "at most 3 characters"),
        ({"cost_amount": "5", "cost_currency": ""}, "A cost needs a currency"),
        ({"starts_on": "2026-03-01", "ends_on": "2026-02-01"}, "must not lie before the first"),
    ],
)
def test_a_campaign_that_makes_no_sense_is_refused(data: dict[str, str], sentence: str) -> None:
    page = sign_in("marketing").post(reverse("admin:leads_campaign_add"), {"name": "X", **data})
    assert sentence in page.content.decode()
    assert not Campaign.objects.exists()


def test_a_site_is_stored_as_a_host_and_a_path() -> None:
    data = {"name": "Capterra", "category": "OTHER", "address": "https://www.capterra.com/ads/"}
    sign_in("marketing").post(reverse("admin:leads_referrersite_add"), data)
    site = ReferrerSite.objects.get()
    assert (site.name, site.address) == ("capterra", "capterra.com/ads")


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("EMAIL", "Ada@Example.com", "ada@example.com"), ("DOMAIN", "@Spam.example", "spam.example"),
        ("NETWORK", "203.0.113.9/24", "203.0.113.0/24"), ("PHONE", "+49 900", "+49900"),
        ("EMAIL", "nobody", None), ("DOMAIN", "com", None), ("NETWORK", "0.0.0.0/0", None),
        ("PHONE", "0900", None), ("NETWORK", "x", None),
    ],
)  # fmt: skip
def test_who_is_blocked_is_brought_to_normal_form_or_refused(
    kind: str, value: str, stored: str | None
) -> None:
    data = {"kind": kind, "value": value, "is_active": "on"}
    sign_in("manager").post(reverse("admin:leads_blockedsender_add"), data)
    assert [row.value for row in BlockedSender.objects.all()] == ([stored] if stored else [])


def test_leads_are_found_by_the_channel_group_of_their_first_visit(rules: Any) -> None:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    LeadFactory(full_name="Ada One", first_channel_group="A", received_at=now)
    LeadFactory(full_name="Bob Two", first_channel_group="B", received_at=now)
    page = sign_in("manager").get(reverse("admin:leads_lead_changelist"), {"channel_group": "A"})
    text = page.content.decode()
    assert "Ada One" in text
    assert "Bob Two" not in text
