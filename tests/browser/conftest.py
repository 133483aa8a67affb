"""Headless Chromium on the live server: personas already signed in, and a watch on what it complains of."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
SIZES = {"wide": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
GATING = {"critical", "serious"}
# A click calls off the board's question that is on its way (hx-sync), and htmx logs that as an
# error. A connection that fails is logged as htmx:sendError, which is heard.
CALLED_OFF = ("htmx:sendAbort", "htmx:afterRequest")
FIND_SMALL_CONTROLS = """() =>
  [...document.querySelectorAll("button, summary, .btn, nav a, input:not([type=hidden]), select")]
    .filter((one) => one.checkVisibility({opacityProperty: true, visibilityProperty: true}))
    .filter((one) => !one.closest(".visually-hidden, .choice-row"))
    .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
    .filter(([, box]) => box.height > 0 && box.height < 43.5)
    .map(([html, box]) => `${Math.round(box.height)} px: ${html}`)
"""
# Playwright's synchronous interface runs an event loop of its own in the test's thread; the ORM
# of the test is used between its calls, never inside them.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    if not Path(CHROMIUM).exists():
        pytest.skip(
            "No Chromium here: install Debian's package chromium, or set CHROMIUM to its path."
        )
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    chromium = playwright.chromium.launch(
        executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
    )
    yield chromium
    chromium.close()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """Console errors, uncaught exceptions and policy violations; a test ends well with none.

    A test that provokes one on purpose removes it from the list.
    """
    found: list[str] = []
    yield found
    assert not found, "The browser complained:\n" + "\n".join(found)


@pytest.fixture
def open_page(
    browser: Browser, live_server: Any, complaints: list[str]
) -> Iterator[Callable[..., Page]]:
    """Opens a path in a new context: `open_page("/my/", user=rep.user, size="phone", scheme="dark")`."""
    contexts = []

    def open_one(
        path: str,
        *,
        user: Any = None,
        size: str = "wide",
        scheme: str = "light",
        scripts: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=SIZES[size],  # type: ignore[arg-type]
            has_touch=size == "phone",
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies([_session_cookie(user, live_server.url)])  # type: ignore[list-item]
        page = context.new_page()
        _watch(page, complaints)
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()


def _session_cookie(user: Any, url: str) -> dict[str, str]:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


def _watch(page: Page, complaints: list[str]) -> None:
    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(CALLED_OFF):
            complaints.append(f"{message.text} ({page.url})")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(f"{error} ({page.url})"))


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Fails for every critical or serious finding of axe on the page as it stands."""

    def check(page: Page) -> None:
        found = Axe().run(page).response["violations"]
        grave = [
            f"{rule['id']} ({rule['impact']}): {node['target']} {node.get('failureSummary', '')}"
            for rule in found
            if rule["impact"] in GATING
            for node in rule["nodes"]
        ]
        assert not grave, f"{page.url}:\n" + "\n".join(grave)

    return check


@pytest.fixture
def assert_fits() -> Callable[[Page], None]:
    """Fails when the page scrolls sideways or a control is too small for a finger (44 px)."""

    def check(page: Page) -> None:
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{page.url} is {overflow} px too wide"
        small = page.evaluate(FIND_SMALL_CONTROLS)
        assert not small, f"{page.url}:\n" + "\n".join(small)

    return check
