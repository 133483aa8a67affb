"""The whole journey on a real installation: a stranger fills the form, a rep sees the lead appear."""

import time

import pytest
from playwright.sync_api import Browser, expect

from tests.leadrouter.processes.conftest import database_url, installation  # noqa: F401 -- fixtures
from tests.leadrouter.processes.installation import Installation

pytestmark = pytest.mark.timeout(240)

ORGANISATION = """
from leads.models import Endpoint
from tests.routing.services.conftest import make_desk
desk = make_desk()
form = Endpoint.objects.create(source=desk.endpoint.source, channel="WEB_FORM", title="Talk to sales")
rep = desk.reps[0]
rep.user.set_password("correct horse battery staple")
rep.user.save()
desk.pool.members.exclude(rep=rep).delete()
print("MADE", rep.user.username, form.public_id)
"""


def test_a_form_submission_reaches_the_reps_open_page_by_itself(
    browser: Browser,
    installation: Installation,  # noqa: F811
) -> None:
    made = installation.manage("shell", "-v0", "-c", ORGANISATION)
    assert "MADE " in made.stdout, made.stderr
    username, form_id = made.stdout.split("MADE ")[1].split()
    installation.serve(EMAIL_URL="dummymail://")
    installation.wait_until_up()
    site = f"http://127.0.0.1:{installation.port}"

    desk = browser.new_page()
    desk.goto(f"{site}/login/?next=/my/")
    desk.get_by_label("User name").or_(desk.get_by_label("Username")).fill(username)
    desk.get_by_label("Password").fill("correct horse battery staple")
    desk.get_by_role("button", name="Sign in").click()
    expect(desk.get_by_role("heading", name="My day")).to_be_visible()

    form = browser.new_page()
    form.goto(f"{site}/forms/{form_id}/?utm_source=newsletter&utm_campaign=spring")
    form.get_by_label("First name").fill("Grace")
    form.get_by_label("Last name").fill("Hopper")
    form.get_by_label("E-mail").fill("grace@navy.example")
    form.get_by_role("textbox", name="Company").fill("Navy")
    time.sleep(2.2)  # faster than a person can type counts as a machine
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_role("heading")).to_contain_text("Thank")

    expect(desk.get_by_text("Grace Hopper").first).to_be_visible(timeout=10_000)
    (touch,) = installation.rows("SELECT first_touch FROM leads_lead")[0]
    assert "newsletter" in str(touch)
    assert installation.stop() == 0
    installation.assert_nothing_left()
