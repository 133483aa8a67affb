"""The form on a customer's own site: another server, another origin, its own pages."""

import functools
import threading
import time
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from leads.models import Endpoint, IntakeItem, IntakeState
from tests.factories import EndpointFactory

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Acme</title>
<link rel="icon" href="data:,"><script src="{ours}/static/leads/embed/form.js" defer></script>
</head><body><h1>Acme</h1><a href="contact.html">Contact</a>{body}</body></html>"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The customer's site, with its pages in `tmp_path`."""
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def form(site: str) -> Endpoint:
    cache.clear()
    endpoint: Endpoint = EndpointFactory(
        channel=Endpoint.Channel.WEB_FORM, title="Talk to sales", thanks="We call you.",
        allowed_origins=[site],
    )  # fmt: skip
    return endpoint


@pytest.fixture
def visitor(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context()
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    context.close()


def write(folder: Path, name: str, ours: str, body: str = "") -> None:
    (folder / name).write_text(PAGE.format(ours=ours, body=body))


def test_a_visitor_of_the_customers_site_becomes_a_lead_with_both_touches(
    visitor: Page,
    complaints: list[str],
    live_server: Any,
    site: str,
    form: Endpoint,
    tmp_path: Path,
) -> None:
    place = f'<div data-leadrouter-form="{live_server.url}/forms/{form.public_id}/"></div>'
    write(tmp_path, "index.html", live_server.url)
    write(tmp_path, "contact.html", live_server.url, place)
    visitor.goto(f"{site}/index.html?gclid=first")
    visitor.goto(f"{site}/index.html?utm_source=newsletter&utm_medium=email")
    visitor.get_by_role("link", name="Contact").click()
    expect(visitor.get_by_role("heading", name="Talk to sales")).to_be_visible()
    time.sleep(2.2)  # faster than a person can type counts as a machine

    visitor.get_by_label("First name").fill("Grace")
    visitor.get_by_label("E-mail").fill("grace@nowhere")
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_role("alert")).to_contain_text("E-mail")
    assert not IntakeItem.objects.exists()
    assert any("422" in said for said in complaints)
    complaints.clear()

    visitor.get_by_label("E-mail").fill("grace@navy.example")
    visitor.get_by_role("button", name="Send").dblclick()
    expect(visitor.get_by_role("status")).to_have_text("We call you.")
    item = IntakeItem.objects.get()
    assert item.state == IntakeState.RECEIVED
    assert item.payload["fields"]["email"] == "grace@navy.example"
    assert item.payload["first_touch"]["click_ids"] == {"gclid": "first"}
    assert item.payload["touch"]["utm"] == {"source": "newsletter", "medium": "email"}
    assert visitor.context.cookies() == []


def test_a_form_of_the_pages_own_is_sent_without_storing_anything(
    visitor: Page, live_server: Any, site: str, form: Endpoint, tmp_path: Path
) -> None:
    own = (
        f'<form data-leadrouter-form="{live_server.url}/forms/{form.public_id}/">'
        '<label>Mail <input name="email"></label><button>Go</button></form>'
    )
    write(tmp_path, "contact.html", live_server.url, own)
    page = (tmp_path / "contact.html").read_text()
    (tmp_path / "contact.html").write_text(page.replace("defer", 'defer data-storage="none"'))
    with visitor.expect_response(lambda response: response.url.endswith("/embed/")):
        visitor.goto(f"{site}/contact.html?utm_source=fair")
    time.sleep(2.2)
    visitor.get_by_label("Mail").fill("ada@example.com")
    visitor.get_by_role("button", name="Go").click()
    expect(visitor.get_by_role("status")).to_have_text("We call you.")
    assert IntakeItem.objects.get().payload["touch"]["utm"] == {"source": "fair"}
    assert visitor.evaluate("localStorage.length + sessionStorage.length") == 0


def test_what_a_captcha_puts_into_the_place_is_sent_with_the_form(
    visitor: Page, live_server: Any, site: str, form: Endpoint, tmp_path: Path
) -> None:
    widget = '<div><input type="hidden" name="captcha-response" value="right"></div>'
    address = f"{live_server.url}/forms/{form.public_id}/"
    place = f'<div data-leadrouter-form="{address}">{widget}</div>'
    write(tmp_path, "contact.html", live_server.url, place)
    visitor.goto(f"{site}/contact.html")
    visitor.get_by_label("E-mail").fill("ada@example.com")
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_role("status")).to_have_text("We call you.")
    assert b"captcha-response=right" in bytes(IntakeItem.objects.get().raw)


def test_a_site_that_is_not_named_gets_a_link_to_the_hosted_form(
    visitor: Page,
    complaints: list[str],
    live_server: Any,
    site: str,
    form: Endpoint,
    tmp_path: Path,
) -> None:
    Endpoint.objects.update(allowed_origins=["https://www.acme.example"])
    hosted = f"{live_server.url}/forms/{form.public_id}/"
    write(tmp_path, "contact.html", live_server.url, f'<div data-leadrouter-form="{hosted}"></div>')
    visitor.goto(f"{site}/contact.html")
    expect(visitor.get_by_role("link", name="Open the form")).to_have_attribute("href", hosted)
    complaints.clear()  # the browser tells that the answer may not be read
