"""Territories out to Excel and back: the manager downloads, uploads, looks at the difference, applies it."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routing.models import Territory
from tests.factories import LeadFactory, TerritoryFactory, TerritoryOwnerFactory, make_rep

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Page]
Check = Callable[[Page], None]
LIST = "/admin/routing/territory/"
UGLY = (
    "\ufeffSlug;Name;Parent;Countries;AE;AE_from\r\n"
    "dach;DACH;europe;DE, Atlantis;maria-weber;2026-01-01\r\n"
    "europe;Europe;dach;;;\r\n"
    "nord;Nörd;europe;;Nobody;soon\r\n"
)


@pytest.fixture
def tree(manager: Any) -> None:
    europe = TerritoryFactory(name="Europe", slug="europe")
    dach = TerritoryFactory(name="DACH", slug="dach", parent=europe, countries=["DE", "AT"])
    TerritoryFactory(name="France", slug="france", parent=europe, countries=["FR"])
    maria = make_rep(name="Maria Weber")
    make_rep(name="Sam Carter")
    TerritoryOwnerFactory(territory=dach, rep=maria, starts_on=date(2025, 1, 1))
    TerritoryOwnerFactory(territory=europe, rep=maria, role="MANAGER", starts_on=date(2025, 1, 1))
    for country in ("CH", "CH", "DE"):
        LeadFactory(country=country)


def choose(page: Page, text: str, encoding: str = "utf-8") -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": "patches.csv", "mimeType": "text/csv", "buffer": text.encode(encoding)}
    )
    page.get_by_role("button", name="Show what it would change").click()
    expect(page.get_by_role("heading", name="What “patches.csv” would change")).to_be_visible()


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_a_manager_changes_territories_in_a_file_and_applies_what_was_shown(
    size: str, open_page: Open, manager: Any, tree: None, assert_accessible: Check
) -> None:
    page = open_page(LIST, user=manager, size=size)
    assert_accessible(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert waiting.value.suggested_filename.startswith("territories-")

    page.get_by_role("link", name="Import from a file").click()
    assert_accessible(page)
    edited = text.replace('"DE, AT"', '"DE, AT, CH"').replace(
        "maria-weber,2025-01-01,,,,", "sam-carter,,,,,"
    )
    choose(page, edited)
    expect(page.get_by_text("DE, AT, CH")).to_be_visible()
    expect(page.get_by_text("2 would belong to another territory")).to_be_visible()
    expect(page.get_by_text("Maria Weber from 2025-01-01 until")).to_be_visible()
    assert_accessible(page)
    overflow = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0
    assert Territory.objects.get(slug="dach").countries == ["DE", "AT"]

    page.get_by_role("button", name="Apply 1 difference").click()
    expect(page).to_have_url(re.compile(f"{LIST}$"))
    expect(page.get_by_text("patches.csv is applied: 1 changed.")).to_be_visible()
    assert Territory.objects.get(slug="dach").countries == ["DE", "AT", "CH"]


@pytest.mark.parametrize("size", ["wide", "phone"])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_each_bad_row_of_an_ugly_file_says_its_column_and_why(
    size: str, encoding: str, open_page: Open, manager: Any, tree: None, assert_accessible: Check
) -> None:
    page = open_page(f"{LIST}import/", user=manager, size=size)
    choose(page, UGLY if encoding == "utf-8" else UGLY.removeprefix("\ufeff"), encoding)
    for sentence in (
        "Row 2, dach, countries: “Atlantis” is not a country code.",
        "Row 4, nord, ae: “Nobody” is not a rep",
    ):
        expect(page.get_by_role("listitem").filter(has_text=sentence)).to_be_visible()
    expect(page.get_by_role("button", name="Apply")).to_have_count(0)
    assert_accessible(page)
    page.get_by_role("link", name="Upload the corrected file").click()
    choose(page, UGLY.replace(", Atlantis", "").replace("Nobody;soon", ";"), "utf-8")
    expect(page.get_by_text("These lie inside each other in a circle").first).to_be_visible()
    assert Territory.objects.get(slug="europe").parent is None


def test_a_gap_is_found_and_the_missing_are_switched_off_on_purpose(
    open_page: Open, manager: Any, tree: None
) -> None:
    page = open_page(f"{LIST}?gap=AE", user=manager)
    names = page.locator("#result_list .lr-tree")
    expect(names).to_have_text(["Europe", "France"])
    page.goto(f"{LIST}import/")
    choose(page, "slug\ndach\neurope\n")
    expect(page.get_by_text("Nothing differs")).to_be_visible()
    page.get_by_role("link", name="Switch them off instead").click()
    expect(page.get_by_text("They would be switched off")).to_be_visible()
    page.get_by_role("button", name="Apply 1 difference").click()
    expect(page.get_by_text("1 switched off")).to_be_visible()
    assert not Territory.objects.get(slug="france").is_active


def test_an_owner_is_handed_over_by_hand_and_an_overlap_is_named(
    open_page: Open, manager: Any, tree: None
) -> None:
    dach = Territory.objects.get(slug="dach")
    page = open_page(f"{LIST}{dach.pk}/change/", user=manager)
    page.get_by_role("link", name="Add another owner").click()
    page.locator("[name=owners-1-rep]").select_option(label="Sam Carter")
    page.locator("[name=owners-1-starts_on]").fill("2026-06-01")
    page.locator("[name=_save]").click()
    expect(
        page.get_by_text("Maria Weber and Sam Carter both own it as AE on 01 Jun 2026").first
    ).to_be_visible()
    page.locator("[name=owners-0-ends_on]").fill("2026-06-01")
    page.locator("[name=_save]").click()
    expect(page).to_have_url(re.compile(f"{LIST}$"))
    assert dach.owners.count() == 2
