"""The form on the organisation's own site, as the script there asks and posts."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as site_settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from leads.channels.web_form.forms import HONEYPOT
from leads.channels.web_form.limiting import POSTS
from leads.channels.web_form.rendering import sign_rendering
from leads.domain.attribution import CLICK_ID_KEYS
from leads.domain.origins import origin_of
from leads.models import Endpoint, IntakeItem, IntakeState
from tests.factories import EndpointFactory

SITE = "https://www.acme.example"
ADA = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"}


@pytest.fixture(autouse=True)
def _no_counters(db: None) -> None:
    cache.clear()


@pytest.fixture
def form() -> Endpoint:
    endpoint: Endpoint = EndpointFactory(
        channel=Endpoint.Channel.WEB_FORM, title="Talk to sales", thanks="We call you.",
        consent_text="You may write to me.", allowed_origins=[SITE],
    )  # fmt: skip
    return endpoint


def ask(form: Endpoint, origin: str = SITE) -> Any:
    return Client().get(f"/forms/{form.public_id}/embed/", headers={"Origin": origin})


def send(form: Endpoint, data: dict[str, str], origin: str = SITE) -> Any:
    headers = {"Origin": origin} if origin else {}
    return Client(enforce_csrf_checks=True).post(
        f"/forms/{form.public_id}/embed/", data, headers=headers
    )


def filled(form: Endpoint, **more: str) -> dict[str, str]:
    """A form that was opened twenty seconds ago."""
    token = sign_rendering(form.public_id, now=timezone.now() - timedelta(seconds=20))
    return {**ADA, "rendering": token, **more}


def test_a_named_site_learns_what_the_form_asks_and_gets_a_token(form: Endpoint) -> None:
    response = ask(form)
    said = response.json()
    assert response.headers["Access-Control-Allow-Origin"] == SITE
    assert "Origin" in response.headers["Vary"]
    assert "no-store" in response.headers["Cache-Control"]
    assert (said["title"], said["trap"]) == ("Talk to sales", HONEYPOT)
    by_name = {field["name"]: field for field in said["fields"]}
    assert by_name["email"]["kind"] == "email"
    assert by_name["consent"]["label"] == "You may write to me."
    assert ["DE", "Germany"] in by_name["country"]["choices"]
    assert not {"landing_url", "rendering"} & set(by_name)


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", f"{SITE}.evil.example", "http://www.acme.example"],
)
def test_another_site_is_refused_and_nothing_is_kept(form: Endpoint, origin: str) -> None:
    asked, sent = ask(form, origin), send(form, filled(form), origin)
    assert (asked.status_code, sent.status_code) == (403, 403)
    assert "Access-Control-Allow-Origin" not in asked.headers
    assert "Access-Control-Allow-Origin" not in sent.headers
    assert not IntakeItem.objects.exists()


def test_a_sent_form_keeps_first_and_last_visit(form: Endpoint) -> None:
    response = send(
        form,
        filled(
            form,
            landing_url=f"{SITE}/pricing?utm_source=newsletter&utm_medium=email",
            referrer="https://mail.example/",
            first_landing_url=f"{SITE}/?gclid=abc",
            first_referrer="https://www.google.com/",
            consent="on",
        ),
    )
    assert (response.status_code, response.json()) == (201, {"thanks": "We call you."})
    item = IntakeItem.objects.get()
    assert item.state == IntakeState.RECEIVED
    assert item.payload["touch"]["utm"] == {"source": "newsletter", "medium": "email"}
    assert item.payload["first_touch"]["click_ids"] == {"gclid": "abc"}
    assert item.payload["first_touch"]["referrer"] == "https://www.google.com/"
    assert item.payload["consent"]["given"] is True
    assert not item.payload["extra"]


def test_the_answer_to_a_captcha_is_not_kept_with_the_person(form: Endpoint, settings: Any) -> None:
    settings.CAPTCHA_FIELD = "cf-turnstile-response"
    send(form, filled(form, **{"cf-turnstile-response": "once", "budget": "10"}))
    item = IntakeItem.objects.get()
    assert item.payload["extra"] == {"budget": "10"}
    assert [one["field"] for one in item.warnings] == ["budget"]


def test_the_same_form_sent_again_is_one_delivery(form: Endpoint) -> None:
    data = filled(form)
    assert [send(form, data).status_code for _ in range(3)] == [201, 201, 201]
    assert IntakeItem.objects.count() == 1


def test_a_stale_token_is_answered_with_a_fresh_one_that_works(form: Endpoint) -> None:
    old = sign_rendering(form.public_id, now=timezone.now() - timedelta(days=2))
    response = send(form, {**ADA, "rendering": old})
    assert response.status_code == 409
    assert not IntakeItem.objects.exists()
    again = send(form, {**ADA, "rendering": response.json()["token"]})
    assert again.status_code == 201
    assert IntakeItem.objects.get().state == IntakeState.RECEIVED


def test_a_wrong_address_is_named_and_nothing_is_kept(form: Endpoint) -> None:
    response = send(form, filled(form, email="ada@nowhere"))
    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["email"]
    assert not IntakeItem.objects.exists()


def test_who_fills_the_trap_or_is_too_fast_is_set_aside(form: Endpoint) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        hasty = {**ADA, "rendering": ask(form).json()["token"]}
        assert send(form, hasty).status_code == 201
    assert send(form, filled(form, **{HONEYPOT: "1"})).status_code == 201
    states = set(IntakeItem.objects.values_list("state", flat=True))
    assert states == {IntakeState.QUARANTINED}
    assert IntakeItem.objects.count() == 2


def test_one_network_cannot_send_without_end(form: Endpoint) -> None:
    for number in range(POSTS):
        send(form, filled(form, message=str(number)))
    response = send(form, filled(form))
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert response.headers["Access-Control-Allow-Origin"] == SITE
    assert IntakeItem.objects.count() == POSTS


def test_a_closed_form_says_so(form: Endpoint) -> None:
    Endpoint.objects.update(is_active=False)
    response = send(form, filled(form))
    assert (response.status_code, response.json()["message"]) == (404, "This form is closed.")
    assert not IntakeItem.objects.exists()


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://www.Example.com/page?x=1", "https://www.example.com"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("https://example.com:443", "https://example.com"),
        ("https://user:secret@example.com", "https://example.com"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:80/", "http://[::1]"),
        ("example.com", ""),
        ("ftp://example.com", ""),
        ("https://example.com:99999", ""),
        ("null", ""),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(written: str, origin: str) -> None:
    assert origin_of(written) == origin


def test_the_script_takes_every_known_click_id_for_a_new_visit() -> None:
    script = (Path(site_settings.BASE_DIR) / "static/leads/embed/form.js").read_text().lower()
    marks = script.split("const marks = /[?&](")[1].split(")=/i")[0].split("|")
    assert {key.lower() for key in CLICK_ID_KEYS} <= set(marks)


def test_the_page_of_the_endpoint_has_the_lines_to_copy(admin_client: Client) -> None:
    endpoint = EndpointFactory(channel=Endpoint.Channel.WEB_FORM)
    page = f"/admin/leads/endpoint/{endpoint.pk}/change/"
    assert "Name the sites first" in admin_client.get(page).content.decode()
    data = {
        "source": endpoint.source_id, "name": "", "is_active": "on", "title": "", "intro": "",
        "thanks": "", "consent_text": "", "allowed_origins": "nowhere",
    }  # fmt: skip
    refused = admin_client.post(page, data)
    assert "“nowhere” is no address" in refused.content.decode()
    saved = admin_client.post(page, {**data, "allowed_origins": f"{SITE}/contact, {SITE}"})
    assert saved.status_code == 302, saved.content.decode()[:3000]
    endpoint.refresh_from_db()
    assert endpoint.allowed_origins == [SITE]
    text = admin_client.get(page).content.decode()
    assert (
        f"data-leadrouter-form=&quot;{site_settings.SITE_URL}/forms/{endpoint.public_id}/&quot;"
        in text
    )
    assert "lr-copy" in text
