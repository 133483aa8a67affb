"""What is proved and what would have been different, as a manager sees it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routing.models import Decision, RuleSetVersion, VersionState
from tests.factories import RoutingRuleFactory, RuleChoiceFactory, make_rep
from tests.routing.admin.organisation import make_rules
from tests.routing.services.conftest import Desk, desk

__all__ = ["desk"]  # a fixture

pytestmark = pytest.mark.django_db(transaction=True)

GERMANY = {"test": {"attribute": "country", "operator": "EQUALS", "value": "DE"}}
SIZES = ("wide", "phone")


@pytest.fixture
def draft(manager: Any) -> RuleSetVersion:
    version = make_rules(manager).versions.get(state=VersionState.DRAFT)
    last = version.rules.order_by("position").last()
    hidden = RoutingRuleFactory(
        version=version, name="Germany, too late", condition=GERMANY, position=last.position
    )
    RuleChoiceFactory(rule=hidden)
    version.rules.filter(pk=last.pk).update(position=last.position + 1)
    return version


@pytest.mark.parametrize("size", SIZES)
def test_the_check_says_what_is_proved(
    open_page: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
    manager: Any,
    draft: RuleSetVersion,
    size: str,
) -> None:
    page = open_page(
        f"/admin/routing/rulesetversion/{draft.pk}/check/", user=manager, size=size, scheme="light"
    )
    proved = page.get_by_role("region", name="Proved about the rules")
    expect(proved).to_contain_text("“Germany, too late” is never reached")
    expect(page.get_by_role("region", name="What comes as far as the last rule")).to_be_visible()
    assert_accessible(page)
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
    proved.get_by_role("link", name="Open the rule").first.click()
    expect(page.locator("[name=name]")).to_have_value("Germany, too late")


@pytest.mark.parametrize("size", SIZES)
def test_a_manager_asks_what_would_have_sent_a_lead_elsewhere(
    open_page: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
    manager: Any,
    desk: Desk,
    size: str,
) -> None:
    lead = desk.route(country="US", employees="40")
    decision = Decision.objects.get(lead=lead)
    other = desk.version.rules.exclude(pk=decision.rule_id).order_by("position").first()
    make_rep(name="Newcomer Nell")
    page = open_page(f"/admin/routing/decision/{decision.pk}/change/", user=manager, size=size)
    page.get_by_role("link", name="What would have sent it elsewhere?").click()
    page.get_by_label("Another rule").select_option(label=other.name)
    page.get_by_role("button", name="Find out").click()
    answer = page.get_by_role("region", name="The answer")
    expect(answer).to_contain_text(f"“{other.name}”")
    expect(answer).to_contain_text("country were")
    assert_accessible(page)
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0
    page.get_by_label("Another rule").select_option("")
    page.get_by_label("or a rep").select_option(label="Newcomer Nell")
    page.get_by_role("button", name="Find out").click()
    expect(answer).to_contain_text("No way was found for Newcomer Nell")
