"""The pages about sources and data quality, as a manager opens them."""

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from leads.models import IntakeState, Lead
from leads.services.suggesting import find_suggestions
from tests.factories.leads import IntakeItemFactory, LeadFactory
from tests.factories.users import make_manager

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_manager_corrects_names_in_bulk_and_the_pages_are_accessible(
    open_page: Callable[..., Page], assert_accessible: Callable[[Page], None]
) -> None:
    now = timezone.now()
    LeadFactory.create_batch(2, first_name="ADA", quality=40, received_at=now, country="GB")
    IntakeItemFactory(state=IntakeState.QUARANTINED, last_error="The CAPTCHA was not solved.")
    find_suggestions()
    manager = make_manager()
    page = open_page("/admin/leads/suggestion/quality/", user=manager)
    expect(page.get_by_role("heading", name="Worst sources")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Look at suggestions").click()
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("accept")
    page.locator("button[name=index]").click()
    expect(page.get_by_text("2 suggestions were accepted.")).to_be_visible()
    assert set(Lead.objects.values_list("first_name", flat=True)) == {"Ada"}

    page.goto("/admin/leads/channelrule/try/?landing_url=&referrer=https://www.google.com/"
              "&channel=WEB_FORM&source_kind=WEBSITE")  # fmt: skip
    expect(page.get_by_role("heading", name="Organic Search")).to_be_visible()
    assert_accessible(page)
    page.goto("/admin/leads/intakeitem/quarantine/")
    page.get_by_role("checkbox").first.check()
    assert_accessible(page)
    page.get_by_role("button", name="Release: no spam").click()
    expect(page.get_by_text("1 delivery was released.")).to_be_visible()
