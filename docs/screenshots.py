"""Takes the pictures of the documentation from a demo organisation made for that: `make screenshots`.

Needs Chromium (CHROMIUM=path) and the packages of tests/requirements.txt.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
PASSWORD = "screenshots-only-please"  # noqa: S105 -- of a database that is gone a minute later
WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 360, "height": 740}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Portal:
    """A demo installation on a database of its own."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.site = f"http://127.0.0.1:{port}"
        self.environment = {
            **os.environ,
            "SECRET_KEY": "screenshots-" + "".join(chr(97 + n % 26) for n in range(50)),
            "SITE_URL": self.site,
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "EMAIL_URL": "dummymail://",
        }
        self.manage("migrate", "-v0")
        self.manage("collectstatic", "--noinput", "-v0")
        self.manage("demo", "--password", PASSWORD)
        command = [sys.executable, "manage.py", "serve", "--port", str(port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment)  # noqa: S603
        self.wait()

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True)  # noqa: S603

    def wait(self) -> None:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.site}/login/", timeout=2).close()  # noqa: S310
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise SystemExit("The portal did not answer.")

    def sign_in(self, browser: Browser, username: str, size: dict[str, int] = WIDE) -> Page:
        page = browser.new_context(viewport=size, color_scheme="light").new_page()  # type: ignore[arg-type]
        page.goto(f"{self.site}/login/")
        page.locator("[name=username]").fill(username)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/login/" not in url)
        return page


def shoot(page: Page, name: str, url: str = "") -> None:
    if url:
        page.goto(url)
    page.wait_for_timeout(700)
    page.screenshot(path=IMAGES / f"{name}.png")
    sys.stdout.write(f"docs/images/{name}.png\n")


def shoot_rep(portal: Portal, browser: Browser) -> None:
    rep = portal.sign_in(browser, "maria-weber")
    shoot(rep, "my-day", f"{portal.site}/my/")
    rep.locator("a[href^='/leads/']:not([href='/leads/'])").first.click()
    shoot(rep, "lead-page")
    shoot(rep, "my-turns", f"{portal.site}/my/turns/")
    phone = portal.sign_in(browser, "maria-weber", PHONE)
    shoot(phone, "my-day-phone", f"{portal.site}/my/")


def shoot_manager(portal: Portal, browser: Browser) -> None:
    manager = portal.sign_in(browser, "morgan.manager")
    shoot(manager, "admin-home", f"{portal.site}/admin/")
    for name, link in (
        ("rules", "Rules"),
        ("territories", "Territories"),
        ("pools", "Pools"),
    ):
        manager.goto(f"{portal.site}/admin/")
        manager.get_by_text(link, exact=True).first.click()
        manager.wait_for_load_state("networkidle")
        shoot(manager, name)


def shoot_pool(portal: Portal, browser: Browser) -> None:
    """A pool that goes by past outcomes, once the sweeper has summed them up."""
    manager = portal.sign_in(browser, "morgan.manager")
    manager.goto(f"{portal.site}/admin/routing/pool/")
    manager.locator("#result_list tbody a").first.click()
    manager.locator("#id_strategy").select_option("BEST_MATCH")
    manager.locator("#id_value_weight").fill("60")
    manager.get_by_role("button", name="Save and continue editing").click()
    manager.wait_for_timeout(20_000)
    manager.reload()
    manager.get_by_text("How leads are shared").scroll_into_view_if_needed()
    shoot(manager, "pool-form")


def shoot_rules(portal: Portal, browser: Browser) -> None:
    """A rule being written, tried and checked, and why a lead went where it went."""
    manager = portal.sign_in(browser, "morgan.manager")
    rules = f"{portal.site}/admin/routing/rulesetversion/current/"
    manager.goto(rules)
    manager.get_by_role("link", name="Create draft").click()
    manager.get_by_role("button", name="Create draft").click()
    manager.locator(".lr-rule h3 a").nth(2).click()
    shoot(manager, "rule-editor")
    manager.goto(rules)
    manager.get_by_role("link", name="Check", exact=True).click()
    shoot(manager, "rule-check")
    manager.goto(f"{portal.site}/admin/routing/rulesetversion/tester/")
    manager.locator("[name=email]").fill("ada.lovelace@analytical.example")
    manager.locator("[name=country]").fill("Germany")
    manager.locator("[name=employees]").fill("250")
    manager.get_by_role("button", name="Try it").click()
    shoot(manager, "rule-tester")
    manager.goto(f"{portal.site}/admin/routing/decision/?outcome__exact=ASSIGNED")
    manager.locator("#result_list tbody a").first.click()
    shoot(manager, "explanation")


def shoot_territories(portal: Portal, browser: Browser) -> None:
    """The export with a few cells changed, and what it would do."""
    manager = portal.sign_in(browser, "morgan.manager")
    listed = f"{portal.site}/admin/routing/territory/"
    content = manager.request.get(f"{listed}export/territories.csv").text()
    changed = content.replace("austria,Austria,dach,0,AT", 'austria,Austria,dach,0,"AT, LI"')
    changed += 'munich,Munich,dach,0,DE,,"80, 81",,,,,,yes,,,,maria-weber,,,,,\r\n'
    manager.goto(f"{listed}import/")
    file = {"name": "territories.csv", "mimeType": "text/csv", "buffer": changed.encode()}
    manager.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    manager.get_by_role("button", name="Show what it would change").click()
    manager.wait_for_load_state("networkidle")
    shoot(manager, "territory-difference")


def shoot_marketing(portal: Portal, browser: Browser) -> None:
    marketing = portal.sign_in(browser, "kim.marketing")
    shoot(marketing, "imports", f"{portal.site}/imports/")
    marketing.goto(f"{portal.site}/imports/new/")
    marketing.locator("input[type=file]").set_input_files(
        ROOT / "docs" / "samples" / "trade_show_messy.csv"
    )
    marketing.locator("select[name=source]").select_option(index=1)
    marketing.locator("#submit-upload").click()
    marketing.wait_for_load_state("networkidle")
    shoot(marketing, "import-columns")


def main() -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        raise SystemExit("No Chromium here; set CHROMIUM to its path.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        portal = Portal(Path(folder))
        try:
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for shots in (
                shoot_rep,
                shoot_manager,
                shoot_pool,
                shoot_rules,
                shoot_territories,
                shoot_marketing,
            ):
                shots(portal, browser)
            browser.close()
        finally:
            portal.process.terminate()
            portal.process.wait(timeout=20)


if __name__ == "__main__":
    main()
