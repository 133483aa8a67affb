"""Whose clock the admin shows, and who is told that it is not theirs."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import ImportBatchFactory, LeadFactory, RuleSetFactory

pytestmark = pytest.mark.django_db


def _noon() -> datetime:
    """Today at noon in UTC; never twelve o'clock in Kolkata."""
    return timezone.now().astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)


def test_the_admin_shows_the_zone_of_the_live_rule_set(manager_client: Client) -> None:
    RuleSetFactory(is_live=True, timezone="Asia/Kolkata")
    LeadFactory(received_at=_noon())
    text = manager_client.get(reverse("admin:leads_lead_changelist")).content.decode()
    assert "17:30" in text
    assert "Times: Asia/Kolkata" in text
    assert timezone.get_current_timezone_name() == "UTC"


def test_the_import_pages_show_the_same_zone(marketing_client: Client) -> None:
    RuleSetFactory(is_live=True, timezone="Asia/Kolkata")
    ImportBatchFactory(created_at=_noon())
    text = marketing_client.get(reverse("import-list")).content.decode()
    assert "17:30" in text
    assert "Asia/Kolkata" in text
    first_day = marketing_client.get(reverse("import-list"), {"uploaded_from": "0001-01-01"})
    assert first_day.status_code == 200


def test_without_rules_times_are_in_utc_and_say_so(manager_client: Client) -> None:
    assert "Times: UTC" in manager_client.get(reverse("admin:index")).content.decode()


def test_a_rep_is_told_that_the_admin_is_for_managers(rep_client: Client) -> None:
    for name in ("admin:index", "admin:leads_lead_changelist", "admin:login"):
        response = rep_client.get(reverse(name))
        assert response.status_code == 403
        text = response.content.decode()
        assert "The admin is for managers." in text
        assert 'name="password"' not in text


def test_a_stranger_is_still_asked_to_sign_in() -> None:
    assert Client().get(reverse("admin:index")).status_code == 302
