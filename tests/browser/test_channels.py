"""An administrator sets a channel up, tries a body, and reads a delivery again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from leads.models import Endpoint, IntakeItem, IntakeState
from tests.factories import SourceFactory

pytestmark = pytest.mark.django_db(transaction=True)


def _fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_a_channel_is_opened_set_up_tried_and_mended(
    open_page: Callable[..., Page], administrator: Any, size: str
) -> None:
    source = SourceFactory(name="Fair in Berlin")
    page = open_page("/admin/leads/endpoint/add/", user=administrator, size=size)
    page.locator("[name=source]").evaluate(
        "(one, id) => { one.append(new Option('Fair in Berlin', id, true, true)) }", str(source.pk)
    )
    page.locator("[name=channel]").select_option("GENERIC_WEBHOOK")
    page.locator("[name=name]").fill("Booth app")
    page.locator("[name=_save]").click()
    endpoint = Endpoint.objects.get()
    expect(page.locator("code", has_text=f"/in/{endpoint.public_id}/")).to_be_visible()
    expect(page.get_by_text("None is set.")).to_be_visible()
    _fits(page)

    page.get_by_role("link", name="Set or replace the secret").click()
    page.locator("[name=secret]").fill("a-long-secret-of-the-sender")
    page.get_by_role("button", name="Save the secret").click()
    expect(page.get_by_text("…nder")).to_be_visible()

    body = json.dumps({"visitor": {"mail": "ada@example.com"}, "hall": 7})
    address = f"/in/{endpoint.public_id}/"
    assert Client().post(address, body, content_type="application/json").status_code == 200
    page.reload()
    expect(page.get_by_text("1 set aside")).to_be_visible()
    page.locator("[name='option_field.email']").fill("visitor.mail")
    page.locator("[name=_continue], [name=_save]").first.click()

    page.goto(f"/admin/leads/endpoint/{endpoint.pk}/try/")
    page.locator("[name=body]").fill(body)
    page.get_by_role("button", name="Show what it becomes").click()
    expect(page.get_by_role("row", name="E-mail ada@example.com").first).to_be_visible()
    _fits(page)

    page.goto(f"/admin/leads/endpoint/{endpoint.pk}/change/")
    page.get_by_role("link", name="Redeliver", exact=True).click()
    page.get_by_role("button", name="Redeliver").click()
    expect(page.get_by_text("The delivery was read again")).to_be_visible()
    assert IntakeItem.objects.get().state == IntakeState.RECEIVED
    page.goto(f"/admin/leads/endpoint/{endpoint.pk}/change/")
    if folder := __import__("os").environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"channel-{size}.png", full_page=True)
    _fits(page)
    page.goto("/admin/leads/endpoint/")
    if folder:
        page.screenshot(path=Path(folder) / f"channels-{size}.png", full_page=True)
    _fits(page)
