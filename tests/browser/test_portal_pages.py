"""Every page of the portal is accessible, in light and dark, and fits a phone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from leads.models import Lead
from reps.models import Rep
from routing.models import SlaKind
from tests.factories import (
    AssignmentFactory,
    HoldingQueueFactory,
    InteractionFactory,
    LeadFactory,
    SlaTimerFactory,
    make_manager,
    make_rep,
)

Open = Callable[..., Page]
Check = Callable[[Page], None]


@pytest.fixture
def rep(transactional_db: None) -> Rep:
    return make_rep(name="Maria Weber")


@pytest.fixture
def lead(rep: Rep) -> Lead:
    """A lead with everything a page can show, among others in every state of the clock."""
    lead = LeadFactory(
        first_name="Anna-Katharina",
        last_name="von Hohenstein-Lichtenberg",
        job_title="Vice President of Global Procurement",
        company_name="Donaudampfschifffahrtsgesellschaft mbH & Co. KG",
        phone_e164="+4915112345678",
        message="We are looking for a replacement of our lead routing before the fair in March.",
        products=["Router", "Analytics"],
        first_touch={
            "utm": {"utm_source": "newsletter"},
            "landing_url": "https://x.example/" + "a" * 90,
        },
    )
    now = timezone.now()
    for minutes, one in ((-2, lead), (3, LeadFactory()), (90, LeadFactory())):
        row = AssignmentFactory(rep=rep, lead=one)
        SlaTimerFactory(assignment=row, due_at=now + timedelta(minutes=minutes))
        SlaTimerFactory(
            assignment=row, kind=SlaKind.ACCEPTANCE, due_at=now + timedelta(minutes=minutes + 1)
        )
    AssignmentFactory(rep=rep, accepted=True, first_touched_at=now)
    InteractionFactory(lead=lead, body="Filled in the form on the pricing page.")
    InteractionFactory(lead=lead, kind="CALL", summary="Call: no answer", actor=rep.user)
    InteractionFactory(
        lead=lead,
        kind="CALL",
        summary="Call from +49 151 12345678",
        data={
            "touchpoint": {
                "duration_seconds": 185,
                "recording_url": "https://calls.example/1.mp3",
                "transcript": [["Anna-Katharina", "W" * 120], ["Maria", "Gladly."]],
            },
            "answers": [{"label": "When would you like to start?", "value": "In March"}],
        },
    )
    queue = HoldingQueueFactory(name="Overflow Europe", teams=[rep.team])
    LeadFactory.create_batch(3, offered=True, queue=queue, message="Please call me back")
    return lead  # type: ignore[no-any-return]


def _paths(lead: Lead) -> dict[str, str]:
    page = f"/leads/{lead.public_id}/"
    return {
        "day": "/my/",
        "add": "/leads/add/",
        "lead": page,
        "list": "/leads/?stage=NEW",
        "touch": f"{page}touch/",
        "decline": f"{page}decline/",
        "close": f"{page}close/",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["day", "add", "lead", "list", "touch", "decline", "close"])
def test_pages_have_no_grave_accessibility_finding(
    name: str, scheme: str, lead: Lead, rep: Rep, open_page: Open, assert_accessible: Check
) -> None:
    page = open_page(_paths(lead)[name], user=rep.user, scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for summary in page.locator("details.more > summary").all():
        summary.click()
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_dialog_has_no_grave_accessibility_finding(
    scheme: str, lead: Lead, rep: Rep, open_page: Open, assert_accessible: Check
) -> None:
    page = open_page("/my/", user=rep.user, scheme=scheme)
    page.locator(f"#touch-{lead.pk}").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/login/", "/nowhere/"])
def test_pages_for_strangers_have_no_grave_accessibility_finding(
    path: str,
    scheme: str,
    transactional_db: None,
    open_page: Open,
    assert_accessible: Check,
    complaints: list[str],
) -> None:
    page = open_page(path, scheme=scheme)
    assert_accessible(page)
    complaints[:] = [one for one in complaints if "404" not in one]


@pytest.mark.parametrize("name", ["day", "add", "lead", "list", "touch", "decline", "close"])
def test_pages_fit_a_phone_and_a_thumb(
    name: str, lead: Lead, rep: Rep, open_page: Open, assert_fits: Check
) -> None:
    page = open_page(_paths(lead)[name], user=rep.user, size="phone")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_fits(page)


def test_the_sign_in_page_fits_a_phone(
    transactional_db: None, open_page: Open, assert_fits: Check
) -> None:
    assert_fits(open_page("/login/", size="phone"))


def test_signing_in_and_out_with_the_hands_of_a_person(
    transactional_db: None, open_page: Open
) -> None:
    from tests.factories import PASSWORD

    make_rep(name="Sam Carter")
    page = open_page("/")
    page.get_by_label("Username").fill("sam-carter")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="My day")).to_be_visible()
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_light_and_dark_follow_the_system_until_the_visitor_chooses(
    transactional_db: None, open_page: Open
) -> None:
    page = open_page("/login/", scheme="dark")
    root: Any = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.get_by_label("Switch between light and dark colours").click()
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "light")


def test_the_timeline_grows_by_what_is_logged_on_the_lead_page(
    lead: Lead, rep: Rep, open_page: Open
) -> None:
    page = open_page(f"/leads/{lead.public_id}/", user=rep.user)
    page.get_by_text("Meeting", exact=True).click()
    page.get_by_label("How did it go?").select_option("agreed on a next step")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".timeline")).to_contain_text("Meeting: agreed on a next step")


def test_a_lead_is_won_from_its_page(lead: Lead, rep: Rep, open_page: Open) -> None:
    page = open_page(f"/leads/{lead.public_id}/", user=rep.user)
    page.get_by_role("link", name="Won").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Value of the deal").fill("12000")
    dialog.get_by_label("Currency").select_option("EUR")
    dialog.get_by_role("button", name="Close lead").click()
    expect(page.locator("#messages")).to_contain_text("is closed.")
    lead.refresh_from_db()
    assert lead.stage == "WON"


def test_a_manager_finds_a_lead_by_the_start_of_its_name(
    lead: Lead, transactional_db: None, open_page: Open
) -> None:
    page = open_page("/leads/", user=make_manager())
    page.get_by_text("Search and filter").click()
    page.get_by_label("E-mail, last name, company").fill("von Hohen")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("Anna-Katharina")
