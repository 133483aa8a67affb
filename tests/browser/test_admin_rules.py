"""A manager at work in the browser: a territory, a rule with its condition, publishing, trying a lead."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from routing.models import RoutingRule, RuleSetVersion, Territory, VersionState
from tests.factories import PoolFactory, SourceFactory, TerritoryFactory
from tests.routing.admin.organisation import make_rules

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(manager: Any) -> RuleSetVersion:
    SourceFactory(name="Website", slug="website")
    PoolFactory(name="US desk")
    return make_rules(manager).versions.get(state=VersionState.DRAFT)


def test_a_manager_adds_a_territory_and_a_rule_and_publishes(
    open_page: Callable[..., Page], manager: Any, draft: RuleSetVersion
) -> None:
    page = open_page("/admin/routing/territory/add/", user=manager)
    page.get_by_label("Name", exact=False).first.fill("Rockies")
    page.locator("[name=countries]").fill("Atlantis")
    page.locator("[name=_save]").click()
    expect(page.get_by_text("“Atlantis” is not a country code.", exact=True)).to_be_visible()
    page.locator("[name=countries]").fill("US")
    page.locator("[name=_save]").click()
    expect(page).to_have_url(re.compile("/admin/routing/territory/$"))

    page.goto("/admin/")
    page.locator("a[href$='rulesetversion/current/']").click()
    page.get_by_role("link", name="Add rule").click()
    page.locator("[name=name]").fill("Big Americans")
    page.get_by_role("button", name="Add test").click()
    page.get_by_label("Comparison").select_option("IN")
    tags = page.get_by_label("Add to: Value of country")
    tags.fill("United States (US)")
    tags.press("Enter")
    page.get_by_role("button", name="Add test").click()
    page.get_by_label("What is asked").nth(1).select_option("employees")
    page.get_by_label("Comparison").nth(1).select_option("AT_LEAST")
    page.get_by_label("Value of employees").fill("200")
    expect(
        page.get_by_text("In words: country is one of US and employees at least 200.")
    ).to_be_visible()
    page.locator("[name=choices-0-kind]").select_option("POOL")
    expect(page.locator("[name=choices-0-reason]")).to_be_hidden()
    page.locator("[name=choices-0-pool]").select_option(label="US desk")
    page.locator("[name=_save]").click()
    expect(page.get_by_text("goes to the pool “US desk”").first).to_be_visible()
    names = list(draft.rules.order_by("position").values_list("name", flat=True))
    assert names == ["German-speaking", "Big Americans", "Everything else"]

    page.get_by_role("link", name="Publish").click()
    expect(page.get_by_text("Must be fixed")).to_have_count(0)
    page.get_by_label("What changed and why").fill("Americans have a desk of their own")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("is published: new leads follow it")).to_be_visible()
    draft.refresh_from_db()
    assert draft.state == VersionState.PUBLISHED
    assert Territory.objects.get().countries == ["US"]


def test_rules_are_moved_with_the_keyboard_and_by_dragging(
    open_page: Callable[..., Page], manager: Any, draft: RuleSetVersion
) -> None:
    page = open_page(f"/admin/routing/rulesetversion/{draft.pk}/change/", user=manager)
    page.get_by_role("button", name="Move “German-speaking” down").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".lr-rule h3").first).to_contain_text("Everything else")
    # The keyboard stays where it was: the next press moves the same rule.
    expect(page.get_by_role("button", name="Move “German-speaking” up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".lr-rule h3").first).to_contain_text("German-speaking")

    handle = page.locator("[data-handle]").nth(1).bounding_box()
    target = page.locator(".lr-rule").first.bounding_box()
    assert handle is not None
    assert target is not None
    page.mouse.move(handle["x"] + 8, handle["y"] + 8)
    page.mouse.down()
    page.mouse.move(target["x"] + 300, target["y"] + 20, steps=6)
    page.mouse.move(target["x"] + 300, target["y"] + 4, steps=3)
    page.mouse.up()
    expect(page.locator(".lr-rule h3").first).to_contain_text("Everything else")
    assert draft.rules.order_by("position").values_list("name", flat=True)[0] == "Everything else"


def test_the_editor_writes_the_json_it_read(
    open_page: Callable[..., Page], manager: Any, draft: RuleSetVersion
) -> None:
    """Groups, opposites, ranges and lists survive being opened and touched."""

    def test(attribute: str, operator: str, value: Any = None) -> dict[str, Any]:
        inner = {"attribute": attribute, "operator": operator}
        return {"test": inner if value is None else inner | {"value": value}}

    condition = {
        "all": [
            test("employees", "BETWEEN", [10, 200]),
            {"not": test("email_domain", "MATCHES_DOMAIN", ["gmail.com", "gmx.de"])},
            {"not": {"any": [test("is_free_mail", "EQUALS", True), test("city", "IS_UNKNOWN")]}},
            test("postal_code", "WITHIN_POSTAL_RANGE", ["10000", "19999"]),
            test("arrival_weekday", "IN", ["MON", "TUE"]),
        ]
    }
    rule = draft.rules.get(name="German-speaking")
    RoutingRule.objects.filter(pk=rule.pk).update(condition=condition)
    page = open_page(f"/admin/routing/routingrule/{rule.pk}/change/", user=manager)
    expect(page.get_by_text("In words: employees between 10 and 200")).to_be_visible()
    page.get_by_label("Value of employees, to").fill("250")
    page.locator("[name=_save]").click()
    expect(page.get_by_text("is saved").first).to_be_visible()
    rule.refresh_from_db()
    condition["all"][0] = test("employees", "BETWEEN", [10, 250])
    assert rule.condition == condition


def test_a_wrong_test_is_marked_at_its_row(
    open_page: Callable[..., Page], manager: Any, draft: RuleSetVersion
) -> None:
    rule = draft.rules.get(name="German-speaking")
    page = open_page(f"/admin/routing/routingrule/{rule.pk}/change/", user=manager)
    page.get_by_role("button", name="Add test").click()
    page.get_by_label("What is asked").nth(1).select_option("subdivision")
    page.get_by_label("Value of state or province").fill("Texas")
    row = page.get_by_role("group", name="Test").nth(1)
    expect(row.get_by_role("alert")).to_contain_text("“Texas” is not a valid state or province")
    page.locator("[name=_save]").click()
    row = page.get_by_role("group", name="Test").nth(1)
    expect(row.get_by_role("alert")).to_contain_text("“Texas” is not a valid state or province")
    expect(page.get_by_role("group", name="Test").nth(0).get_by_role("alert")).to_be_hidden()


def test_what_the_rows_cannot_show_stays_text(
    open_page: Callable[..., Page], manager: Any, draft: RuleSetVersion
) -> None:
    leaf = {"test": {"attribute": "city", "operator": "EQUALS", "value": "Rome"}}
    deep = {"all": [{"any": [{"all": [leaf]}]}]}
    rule = draft.rules.get(name="German-speaking")
    RoutingRule.objects.filter(pk=rule.pk).update(condition=deep)
    page = open_page(f"/admin/routing/routingrule/{rule.pk}/change/", user=manager)
    expect(page.get_by_text("nested more deeply than the rows can show")).to_be_visible()
    page.locator("[name=name]").fill("Romans")
    page.locator("[name=_save]").click()
    expect(page.get_by_text("is saved").first).to_be_visible()
    rule.refresh_from_db()
    assert (rule.name, rule.condition) == ("Romans", deep)


def test_without_scripts_the_condition_is_a_text_box_and_buttons_still_move_rules(
    open_page: Callable[..., Page], manager: Any, draft: RuleSetVersion
) -> None:
    rule = draft.rules.get(name="German-speaking")
    page = open_page(
        f"/admin/routing/rulesetversion/{draft.pk}/change/", user=manager, scripts=False
    )
    source = page.content()
    assert f'value="{rule.pk}:down"' in source
    page = open_page(f"/admin/routing/routingrule/{rule.pk}/change/", user=manager, scripts=False)
    text = page.locator("textarea[name=condition]").input_value()
    assert json.loads(text) == rule.condition


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_pages_of_a_manager_are_accessible_and_fit(
    open_page: Callable[..., Page], manager: Any, draft: RuleSetVersion, size: str
) -> None:
    TerritoryFactory()
    rule = draft.rules.first()
    assert rule is not None
    for path in (
        "/admin/",
        f"/admin/routing/rulesetversion/{draft.pk}/change/",
        f"/admin/routing/rulesetversion/{draft.pk}/publish/",
        "/admin/routing/rulesetversion/tester/",
        f"/admin/routing/routingrule/{rule.pk}/change/",
    ):
        page = open_page(path, user=manager, size=size)
        page.wait_for_load_state("networkidle")
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, f"{path} is {width} px too wide"
        # What the theme draws around the content is its own affair.
        found = Axe().run(page, context="#content").response["violations"]
        grave = [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found
            if rule["impact"] in {"critical", "serious"}
            for node in rule["nodes"]
        ]
        assert not grave, f"{path}\n" + "\n".join(grave)
