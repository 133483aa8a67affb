"""Two leads that may be one, reviewed by keyboard and by finger, merged and undone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from leads.models import DuplicatePair, Lead, LeadMerge
from tests.routing.services.conftest import Desk, desk

__all__ = ["desk"]  # a fixture

pytestmark = pytest.mark.django_db(transaction=True)


def _pair(desk: Desk, first: str) -> None:
    desk.route(full_name=f"{first} Grünbaum", email=f"{first.lower()}@acme.example", company="Acme")
    desk.route(full_name=f"{first} Gruenbaum", email=f"{first.lower()}77@gmail.com", company="Acme",
               phone="+49 228 555010", job_title="Head of very long-winded job titles")  # fmt: skip


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_a_manager_reviews_merges_and_undoes(
    open_page: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
    manager: Any,
    desk: Desk,
    size: str,
) -> None:
    _pair(desk, "Eva")
    page = open_page("/admin/leads/duplicatepair/", user=manager, size=size)
    page.get_by_role("link", name="Eva Grünbaum · Eva Gruenbaum").click()
    expect(page.get_by_role("region", name="Evidence")).to_contain_text("The company is the same")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_label("eva77@gmail.com").check()
    page.get_by_label("Reason").fill("Met her at the fair")
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_text("is now part of")).to_be_visible()
    merge = LeadMerge.objects.get()
    assert (merge.reason, Lead.objects.current().get().email) == (
        "Met her at the fair", "eva77@gmail.com",
    )  # fmt: skip

    page.goto(f"/admin/leads/leadmerge/{merge.pk}/change/")
    page.get_by_role("link", name="Undo the merge…").click()
    page.get_by_label("Reason").fill("Two Evas after all")
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_text("is a lead of its own again")).to_be_visible()
    assert Lead.objects.current().count() == 2
    assert_accessible(page)


def test_the_queue_is_worked_off_by_keyboard(
    open_page: Callable[..., Page], manager: Any, desk: Desk
) -> None:
    _pair(desk, "Eva")
    _pair(desk, "Hildegard")
    first = DuplicatePair.objects.order_by("-points", "id")[0]
    page = open_page(f"/admin/leads/duplicatepair/{first.pk}/review/", user=manager)
    page.get_by_label("Reason").press("a")  # a letter typed is no answer
    assert DuplicatePair.objects.filter(state="OPEN").count() == 2
    page.get_by_role("heading", name="One person or two?").click()
    page.keyboard.press("l")
    expect(page.get_by_text("at the end of the queue")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("stay apart")).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_text("is now part of")).to_be_visible()
    assert sorted(DuplicatePair.objects.values_list("state", flat=True)) == ["APART", "MERGED"]
