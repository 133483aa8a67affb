"""A trade-show file from the marketer's desk to the reps, and back as a list of rows to fix."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from leads.models import ImportBatch, IntakeItem, Lead, Place
from leads.services.importing import run_waiting_batches
from routing.services.draining import drain
from routing.services.undoing_imports import undo_waiting_imports
from tests.factories import SourceFactory, make_marketing
from tests.routing.services.conftest import make_desk

Open = Callable[..., Page]
Check = Callable[[Page], None]
MESSY = Path(__file__).parents[2] / "docs" / "samples" / "trade_show_messy.csv"
FAIR = "Hannover Industry Show 2026"


@pytest.fixture
def marketer(transactional_db: None) -> Any:
    make_desk()
    SourceFactory(name=FAIR, slug="hannover-2026", kind="EVENT", default_country="DE")
    return make_marketing(username="mia", first_name="Mia", last_name="Lang")


def send_file(page: Page, file: Any, event: str = FAIR) -> None:
    """Uploads by the form; waits for the mapping."""
    page.goto("/imports/new/")
    page.get_by_label("Event or source").select_option(label=event)
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload and map columns").click()
    expect(page.get_by_role("heading", name="Which column is what?")).to_be_visible()


def run_import(page: Page) -> None:
    """Presses “Import” and does what the workers do meanwhile; the page follows by itself."""
    page.get_by_role("button", name="Import ").click()
    expect(page.get_by_text("rows read")).to_be_visible()
    run_waiting_batches(clock=timezone.now)
    drain(clock=timezone.now)
    expect(page.get_by_text("What became of them")).to_be_visible()


def tile(page: Page, name: str) -> Any:
    return page.locator(".tile").filter(has_text=name).locator("dd")


def test_a_messy_file_is_mapped_imported_fixed_and_never_counted_twice(
    marketer: Any, open_page: Open
) -> None:
    page = open_page("/imports/", user=marketer)
    page.get_by_role("link", name="Upload a file").click()
    send_file(page, MESSY)
    expect(page.get_by_text("it was read as Western European")).to_be_visible()
    expect(page.get_by_label("Field for “Work Email”")).to_have_value("email")
    expect(page.get_by_text("16 would be imported")).to_be_visible()

    page.get_by_label("Field for “Work Email”").select_option("")
    page.get_by_label("Field for “Mobile”").select_option("")
    expect(page.get_by_text("Choose the column with the e-mail address")).to_be_visible()
    page.get_by_label("Field for “Mobile”").select_option("phone")
    page.get_by_label("Field for “Work Email”").select_option("email")
    expect(page.get_by_text("16 would be imported")).to_be_visible()
    run_import(page)

    expect(tile(page, "Rows read")).to_have_text("60")
    expect(tile(page, "New")).to_have_text("54")
    expect(tile(page, "Need fixing")).to_have_text("5")
    expect(page.get_by_text("With Maria Weber")).to_be_visible()
    expect(page.get_by_text("“ben.carter.cartertools.example” is not an address")).to_be_visible()
    leads = Lead.objects.count()
    assert not Lead.objects.filter(place=Place.WAITING).exists()

    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download rows to fix").click()
    assert waiting.value.suggested_filename == "trade_show_messy-to-fix.csv"
    refused = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(refused)))
    assert [row["Row"] for row in rows] == ["9", "11", "17", "60", "62"]
    assert all(row["What is wrong"] for row in rows)

    page.get_by_role("link", name="Upload the corrected file").click()
    expect(page.get_by_label("Event or source").locator("option:checked")).to_have_text(FAIR)
    fixed = refused.replace("ben.carter.cartertools.example", "ben.carter@cartertools.example")
    corrected = {"name": "fixed.csv", "mimeType": "text/csv", "buffer": fixed.encode()}
    send_file(page, corrected)
    expect(page.get_by_text("Filled in as you confirmed them")).to_be_visible()
    run_import(page)
    assert Lead.objects.filter(email="ben.carter@cartertools.example", place=Place.OWNED).exists()
    assert Lead.objects.count() > leads

    counted = (Lead.objects.count(), IntakeItem.objects.count())
    send_file(page, MESSY)
    expect(page.get_by_text("This very file was imported on")).to_be_visible()
    run_import(page)
    expect(tile(page, "New")).to_have_text("0")
    expect(tile(page, "Seen before")).to_have_text("55")
    assert (Lead.objects.count(), IntakeItem.objects.count()) == counted
    page.get_by_role("link", name="Leads of this file").click()
    page.get_by_role("link", name="Anna Schröder").first.click()
    expect(page.get_by_role("heading", level=1, name="Anna Schröder")).to_be_visible()


def test_a_row_is_fixed_in_place_and_the_import_taken_back(marketer: Any, open_page: Open) -> None:
    page = open_page("/imports/new/", user=marketer)
    send_file(page, MESSY)
    run_import(page)
    page.get_by_role("link", name="Fix row 9").click()
    page.get_by_label("E-mail").fill("tom@acme.example; jerry@acme.example")
    page.get_by_role("button", name="Save and import this row").click()
    expect(page.get_by_text("holds two people’s addresses")).to_be_visible()
    page.get_by_label("E-mail").fill("tom.miller@acme-industrial.example")
    page.get_by_role("button", name="Save and import this row").click()
    expect(page.get_by_text("Row 9 is corrected and is imported.")).to_be_visible()
    drain(clock=timezone.now)
    tom = Lead.objects.get(email="tom.miller@acme-industrial.example")
    assert tom.place == Place.OWNED

    page.get_by_role("link", name="Undo").click()
    expect(page.get_by_role("heading", name="Undo this import?")).to_be_visible()
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("is being undone")).to_be_visible()
    undo_waiting_imports(clock=timezone.now)
    expect(page.get_by_text("55 rows taken back.")).to_be_visible()
    assert not Lead.objects.filter(place=Place.OWNED).exists()


def test_the_whole_way_works_without_scripts(marketer: Any, open_page: Open) -> None:
    page = open_page("/imports/new/", user=marketer, scripts=False)
    page.get_by_label("Or a new event").fill("Autumn Fair")
    page.locator("input[type=file]").set_input_files(MESSY)
    page.get_by_role("button", name="Upload and map columns").click()
    page.get_by_label("Field for “Work Email”").select_option("")
    page.get_by_role("button", name="Show the preview again").click()
    expect(page.get_by_label("Field for “Work Email”")).to_have_value("")
    page.get_by_label("Field for “Work Email”").select_option("email")
    page.get_by_role("button", name="Import 60 rows").click()
    expect(page.get_by_text("0 of 60 rows read")).to_be_visible()
    run_waiting_batches(clock=timezone.now)
    page.get_by_role("link", name="Look again").click()
    expect(tile(page, "Rows read")).to_have_text("60")
    assert ImportBatch.objects.get().endpoint.source.name == "Autumn Fair"


def test_a_file_can_be_dropped_on_the_page(marketer: Any, open_page: Open) -> None:
    page = open_page("/imports/new/", user=marketer)
    transfer = page.evaluate_handle(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["E-mail\\nann@lee.example\\n"], "dropped.csv"));
          return data;
        }"""
    )
    page.dispatch_event("[data-dropzone]", "drop", {"dataTransfer": transfer})
    page.get_by_label("Event or source").select_option(label=FAIR)
    page.get_by_role("button", name="Upload and map columns").click()
    expect(page.get_by_text("dropped.csv, 1 row, for")).to_be_visible()


def test_the_mapping_can_be_done_by_keyboard_alone(marketer: Any, open_page: Open) -> None:
    page = open_page("/imports/new/", user=marketer)
    send_file(
        page, {"name": "a.csv", "mimeType": "text/csv", "buffer": b"E-mail\nann@lee.example\n"}
    )
    page.get_by_label("Field for “E-mail”").focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("Choose the column with the e-mail address")).to_be_visible()
    page.keyboard.type("E-mail")
    expect(page.get_by_text("1 would be imported")).to_be_visible()
    for _ in range(3):  # the country, the preview, which scrolls, and the button
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("0 of 1 rows read")).to_be_visible()


def every_page(page: Page) -> Iterator[str]:
    """Walks the import, standing still on each page."""
    yield "empty list"
    page.goto("/imports/new/")
    yield "upload"
    send_file(page, MESSY)
    yield "columns"
    page.get_by_role("button", name="Import ").click()
    expect(page.get_by_text("rows read")).to_be_visible()
    yield "running"
    run_waiting_batches(clock=timezone.now)
    expect(page.get_by_text("What became of them")).to_be_visible()
    yield "result"
    page.get_by_role("link", name="Fix row 9").click()
    yield "one row"
    page.get_by_role("link", name="Leave it").click()
    page.get_by_role("link", name="Undo").click()
    yield "undo"
    page.get_by_role("link", name="Leave it as it is").click()
    page.get_by_role("link", name="Leads of this file").click()
    yield "leads"
    page.goto("/imports/?state=DONE")
    yield "list"


@pytest.mark.parametrize("size", ["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(
    size: str, scheme: str, marketer: Any, open_page: Open, assert_accessible: Check,
    assert_fits: Check,
) -> None:  # fmt: skip
    page = open_page("/imports/", user=marketer, size=size, scheme=scheme)
    for _ in every_page(page):
        assert_accessible(page)
        if size == "phone":
            assert_fits(page)
