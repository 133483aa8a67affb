"""Where leads come from, on real rows: two touches, campaigns, rules that change."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.domain.attribution import touch_from_url
from leads.models import Campaign, ChannelRule, Consent, IntakeItem, Lead, ReferrerSite, Source
from leads.services.consenting import AlreadyWithdrawn, version_of, withdraw_consent
from leads.services.ingesting import ingest_items
from routing.selectors.facts import lead_facts
from tests.factories.leads import EndpointFactory, IntakeItemFactory
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def touch(query: str = "", referrer: str = "") -> dict[str, Any]:
    found = touch_from_url(f"https://example.com/?{query}", referrer)
    return {
        "landing_url": found.landing_url,
        "referrer": found.referrer,
        "utm": found.utm,
        "click_ids": found.click_ids,
    }


def deliver(email: str = "ada@example.com", *, endpoint: Any = None, **more: Any) -> IntakeItem:
    fields = {"email": email, **more.pop("fields", {})}
    at = more.pop("received_at", NOW)
    payload = {"fields": fields, "touch": {}, "extra": {}, **more}
    endpoint = endpoint or EndpointFactory(channel="WEB_FORM")
    item: IntakeItem = IntakeItemFactory(endpoint=endpoint, payload=payload, received_at=at)
    return item


def ingest(*items: IntakeItem) -> Lead:
    rows = IntakeItem.objects.select_related("endpoint__source").filter(
        pk__in=[item.pk for item in items]
    )
    found = ingest_items(items=list(rows.order_by("pk")), now=NOW)
    return Lead.objects.get(pk=found.lead_ids[-1])


def test_both_touches_of_a_first_delivery_are_named() -> None:
    lead = ingest(
        deliver(touch=touch("", "https://www.google.com/"), first_touch=touch("fbclid=x"))
    )
    assert lead.first_channel_group == lead.first_touch["channel_group"] == "Organic Social"
    assert lead.last_channel_group == "Organic Search"
    assert (lead.last_touch["source"], lead.last_touch["medium"]) == ("google", "organic")
    assert lead.last_touch["rule"] == "ga4:12a"
    assert lead.first_touch["click_ids"] == {"fbclid": "x"}


def test_the_first_touch_is_never_overwritten_and_the_last_one_follows() -> None:
    ingest(deliver(touch=touch("utm_source=google&utm_medium=cpc")))
    lead = ingest(
        deliver(touch=touch("utm_source=x&utm_medium=email"), first_touch=touch("gclid=y"),
                received_at=NOW + timedelta(days=1))
    )  # fmt: skip
    assert (lead.first_channel_group, lead.last_channel_group) == ("Paid Search", "Email")
    assert lead.first_touch["utm"] == {"source": "google", "medium": "cpc"}


def test_a_delivery_that_knows_of_no_visit_leaves_the_last_touch() -> None:
    """A program that posts what it knows does not say that the person came anew."""
    ingest(deliver(touch=touch("utm_source=google&utm_medium=cpc")))
    lead = ingest(
        deliver(endpoint=EndpointFactory(channel="API"), received_at=NOW + timedelta(days=1))
    )
    assert lead.interaction_count == 2
    assert (lead.last_channel_group, lead.last_touch["source"]) == ("Paid Search", "google")


def test_a_call_becomes_the_last_touch_although_it_is_no_visit() -> None:
    ingest(deliver(touch=touch("utm_source=google&utm_medium=cpc")))
    lead = ingest(
        deliver(
            endpoint=EndpointFactory(channel="PHONE_TWILIO"), received_at=NOW + timedelta(days=1)
        )
    )
    assert (lead.first_channel_group, lead.last_channel_group) == ("Paid Search", "Phone")


def test_an_earlier_delivery_that_is_late_does_not_become_the_last_touch() -> None:
    ingest(deliver(touch=touch("utm_source=x&utm_medium=email")))
    lead = ingest(deliver(touch=touch("gclid=y"), received_at=NOW - timedelta(days=1)))
    assert lead.last_channel_group == "Email"


def test_a_rule_and_a_site_of_ones_own_hold_from_the_next_lead_on() -> None:
    ReferrerSite.objects.create(name="capterra", category="OTHER", address="capterra.com")
    rule = ChannelRule.objects.create(
        position=1, key="own:reviews", channel_group="Review sites", sources=["capterra"]
    )
    lead = ingest(deliver(touch=touch("", "https://www.capterra.com/p/1")))
    assert (lead.last_channel_group, lead.last_touch["rule"]) == ("Review sites", "own:reviews")
    ChannelRule.objects.filter(pk=rule.pk).update(is_active=False)
    assert ingest(deliver("bob@example.com", touch=touch("", "https://capterra.com/"))).\
        last_channel_group == "Referral"  # fmt: skip


def test_sites_that_show_our_forms_are_our_own() -> None:
    endpoint = EndpointFactory(channel="WEB_FORM", allowed_origins=["https://www.acme.example"])
    lead = ingest(deliver(endpoint=endpoint, touch=touch("", "https://www.acme.example/contact")))
    assert lead.last_channel_group == "Direct"


def test_a_partners_lead_is_a_partners_whatever_the_link_says() -> None:
    endpoint = EndpointFactory(channel="API", source__kind=Source.Kind.PARTNER)
    lead = ingest(deliver(endpoint=endpoint, touch=touch("utm_source=google&utm_medium=cpc")))
    assert lead.first_channel_group == "Partner"


def test_a_campaign_is_linked_within_its_days_and_stays_linked() -> None:
    def make(name: str, first: int, last: int) -> Campaign:
        return Campaign.objects.create(
            name=name, utm_campaigns=["spring*"], cost_amount=Decimal("1200.00"),
            cost_currency="EUR", starts_on=(NOW + timedelta(days=first)).date(),
            ends_on=(NOW + timedelta(days=last)).date(),
        )  # fmt: skip

    make("Last year", -400, -300)
    current = make("This year", -10, 10)
    lead = ingest(deliver(touch=touch("utm_source=x&utm_medium=cpc&utm_campaign=Spring-Sale")))
    assert lead.marketing_campaign == current
    Campaign.objects.create(name="Other", utm_campaigns=["other"])
    lead = ingest(deliver(touch=touch("utm_source=x&utm_campaign=other")))
    assert lead.marketing_campaign == current


def test_rules_can_ask_for_channel_group_seniority_and_quality() -> None:
    lead = ingest(
        deliver(touch=touch("gclid=x"), fields={"job_title": "VP Sales", "full_name": "Ada King"})
    )
    facts = lead_facts(Lead.objects.select_related("source", "account__owner").get(), NOW.tzinfo)  # type: ignore[arg-type]
    assert (facts["channel_group"], facts["touch_source"]) == ("Paid Search", "google")
    assert (facts["seniority"], facts["job_function"]) == ("VICE_PRESIDENT", "SALES")
    assert facts["quality"] == lead.quality
    assert lead.quality is not None
    assert lead.quality > 30


def test_a_batch_takes_as_many_statements_as_one_lead() -> None:
    endpoint = EndpointFactory(channel="WEB_FORM")

    def count(first: int, number: int) -> int:
        consent = {"text": "Yes.", "given": True}
        items = [
            deliver(f"p{first + n}@c{first + n}.example", endpoint=endpoint, consent=consent)
            for n in range(number)
        ]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            ingest(*items)
        return len(seen)

    count(0, 1)
    assert count(10, 1) == count(100, 12)


def test_consent_is_kept_in_the_words_that_were_shown() -> None:
    ingest(deliver(consent={"text": "You may write to me.", "given": True}))
    row = Consent.objects.get()
    assert (row.is_given, row.text) == (True, "You may write to me.")
    assert row.version == version_of("You may write to me.")
    assert row.given_at == NOW


def test_nothing_asked_is_no_consent_and_a_column_of_a_file_is_one_answer() -> None:
    ingest(deliver())
    assert not Consent.objects.exists()
    ingest(deliver("bob@example.com", fields={"consent": "no"}))
    assert [(row.is_given, row.version) for row in Consent.objects.all()] == [(False, "not told")]


def test_withdrawing_is_noted_once_and_on_the_timeline() -> None:
    lead = ingest(deliver(consent={"text": "Yes.", "given": True, "version": "v3"},
                          fields={"consent": "yes"}))  # fmt: skip
    user = UserFactory()
    row = withdraw_consent(consent=Consent.objects.get(), user=user, now=NOW)
    assert row.withdrawn_at == NOW
    lead.refresh_from_db()
    assert lead.consent is False
    assert lead.interactions.filter(summary="Consent to version v3 withdrawn").count() == 1
    with pytest.raises(AlreadyWithdrawn):
        withdraw_consent(consent=row, user=user, now=NOW)
    assert lead.interactions.filter(summary__startswith="Consent").count() == 1
