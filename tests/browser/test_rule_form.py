"""The form of a rule in the browser: when it is in force, and its choices in order, by keyboard too."""

import re
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routing.models import RoutingRule, RuleChoice, VersionState
from tests.factories import PoolFactory
from tests.routing.admin.organisation import make_rules

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rule(manager: Any) -> RoutingRule:
    PoolFactory(name="US desk")
    draft = make_rules(manager).versions.get(state=VersionState.DRAFT)
    return draft.rules.get(name="German-speaking")


def _url(rule: RoutingRule) -> str:
    return f"/admin/routing/routingrule/{rule.pk}/change/"


def _choices(rule: RoutingRule) -> list[tuple[int, str]]:
    return list(RuleChoice.objects.filter(rule=rule).order_by("order").values_list("order", "kind"))


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_a_rule_gets_hours_and_a_third_choice_that_moves_up_by_the_keyboard(
    open_page: Callable[..., Page], manager: Any, rule: RoutingRule, size: str
) -> None:
    page = open_page(_url(rule), user=manager, size=size)
    page.get_by_text("Only for a time").click()
    for day in ("Monday", "Friday"):
        page.get_by_label(day).check()
    page.locator("[name=hours_from]").fill("09:00")
    page.locator("[name=hours_to]").fill("17:00")
    expect(page.get_by_text("On the clocks of UTC.")).to_be_visible()
    third = page.locator("[name=choices-2-kind]")
    third.select_option("PREVIOUS_OWNER")
    expect(page.locator("[name=choices-2-pool]")).to_be_hidden()
    page.locator("[name=choices-2-max_age_days]").fill("90")
    for place in ("third", "second"):
        page.get_by_role("button", name=f"Move up: {place} choice").focus()
        page.keyboard.press("Enter")
    expect(third).to_have_attribute("aria-label", "First choice: send to")
    # The keyboard stays with the choice; at the top only the way down is left.
    expect(page.get_by_role("button", name="Move down: first choice")).to_be_focused()
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
    page.locator("[name=_save]").click()
    said = "the previous owner of the last 90 days, else the pool “DACH desk”"
    expect(page.get_by_text(said).first).to_be_visible()
    expect(page.get_by_text("Mon, Fri 09:00–17:00").first).to_be_visible()
    rule.refresh_from_db()
    assert (rule.weekdays, rule.hours_from, rule.hours_to) == ([0, 4], time(9), time(17))
    assert _choices(rule) == [(1, "PREVIOUS_OWNER"), (2, "POOL"), (3, "HOLDING_QUEUE")]


def test_choices_are_added_beyond_the_third_and_removed_without_a_mouse(
    open_page: Callable[..., Page], manager: Any, rule: RoutingRule
) -> None:
    page = open_page(_url(rule), user=manager)
    page.locator("[name=choices-2-kind]").select_option("ACCOUNT_OWNER")
    page.get_by_role("link", name="Add another choice").focus()
    page.keyboard.press("Enter")
    fourth = page.locator("[name=choices-3-kind]")
    expect(fourth).to_have_attribute("aria-label", "Fourth choice: send to")
    fourth.select_option("REJECT")
    page.locator("[name=choices-3-reason]").fill("nobody wants it")
    page.get_by_role("button", name="Remove: second choice").focus()
    page.keyboard.press("Enter")
    page.locator("[name=_save]").click()
    expect(page).to_have_url(re.compile("rulesetversion"))
    assert _choices(rule) == [(1, "POOL"), (2, "ACCOUNT_OWNER"), (3, "REJECT")]
