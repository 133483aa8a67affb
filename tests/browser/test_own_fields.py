"""A manager defines a field, asks about it in a rule, and is told when somebody else published first."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from routing.models import RuleSetVersion, VersionState
from routing.services.publishing import publish_version
from tests.factories import CustomFieldFactory, IncidentFactory
from tests.routing.admin.organisation import make_rules

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(manager: Any) -> RuleSetVersion:
    return make_rules(manager).versions.get(state=VersionState.DRAFT)


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_a_field_is_defined_and_asked_about(
    open_page: Callable[..., Page], manager: Any, draft: RuleSetVersion, size: str
) -> None:
    page = open_page("/admin/leads/customfield/add/", user=manager, size=size)
    page.locator("[name=label]").fill("size of plan")
    page.locator("[name=slug]").fill("plan")
    page.locator("[name=type]").select_option("CHOICE")
    page.locator("[name=_save]").click()
    expect(page.get_by_text("List the choices, one per line.", exact=True)).to_be_visible()
    page.locator("[name=choices]").fill("Basic\nPro")
    page.locator("[name=_save]").click()
    expect(page.get_by_role("link", name="size of plan").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    rule = draft.rules.get(name="German-speaking")
    page.goto(f"/admin/routing/routingrule/{rule.pk}/change/")
    page.get_by_role("button", name="Add test").click()
    page.get_by_label("What is asked").nth(1).select_option(label="size of plan")
    page.get_by_label("Value of size of plan").select_option("Pro")
    said = "In words: country is one of DE, AT and size of plan is Pro."
    expect(page.get_by_text(said)).to_be_visible()
    page.locator("[name=_save]").click()
    expect(page.get_by_text("is saved").first).to_be_visible()
    rule.refresh_from_db()
    test = {"attribute": "custom.plan", "operator": "EQUALS", "value": "Pro"}
    assert rule.condition["all"][1] == {"test": test}


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_who_comes_second_sees_the_difference(
    open_page: Callable[..., Page],
    manager: Any,
    draft: RuleSetVersion,
    size: str,
    complaints: list[str],
) -> None:
    draft.rules.filter(name="German-speaking").update(name="Germans", weekdays=[5, 6])
    page = open_page(f"/admin/routing/rulesetversion/{draft.pk}/publish/", user=manager, size=size)
    publish_version(version=draft, user=manager, now=timezone.now())
    page.get_by_label("What changed and why").fill("Weekends")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("alert")).to_contain_text("published version 2 while you were looking.")
    expect(page.get_by_text("Germans was changed.")).to_be_visible()
    expect(page.get_by_text("Your note, to copy")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    _assert_accessible(page)
    # The browser notes a refusal as a failed request.
    assert [one for one in complaints if "409" not in one] == []
    complaints.clear()
    page.get_by_role("link", name="Go to the rules").click()
    expect(page.get_by_role("link", name="Germans")).to_be_visible()


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_the_lists_of_fields_and_incidents_are_accessible_and_fit(
    open_page: Callable[..., Page], manager: Any, size: str
) -> None:
    field, incident = CustomFieldFactory(slug="budget"), IncidentFactory()
    for path in (
        "/admin/leads/customfield/",
        f"/admin/leads/customfield/{field.pk}/change/",
        "/admin/routing/incident/?state=open",
        f"/admin/routing/incident/{incident.pk}/change/",
        f"/admin/routing/incident/{incident.pk}/resolve/",
    ):
        page = open_page(path, user=manager, size=size)
        page.wait_for_load_state("networkidle")
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, f"{path} is {width} px too wide"
        _assert_accessible(page)


def _assert_accessible(page: Page) -> None:
    found = Axe().run(page, context="#content").response["violations"]
    grave = [
        f"{rule['id']}: {node['target']} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in {"critical", "serious"}
        for node in rule["nodes"]
    ]
    assert not grave, f"{page.url}\n" + "\n".join(grave)
