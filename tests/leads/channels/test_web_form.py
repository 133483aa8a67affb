"""The hosted form, from the visitor's side."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.channels.web_form.forms import HONEYPOT
from leads.channels.web_form.limiting import POSTS
from leads.channels.web_form.rendering import read_rendering, sign_rendering
from leads.models import Endpoint, IntakeItem, IntakeState, Source
from tests.factories import EndpointFactory, SourceFactory

ADA = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "country": "GB"}


@pytest.fixture(autouse=True)
def _no_counters(db: None) -> None:
    cache.clear()


@pytest.fixture
def form() -> Endpoint:
    endpoint: Endpoint = EndpointFactory(
        channel=Endpoint.Channel.WEB_FORM, title="Talk to sales", thanks="We call you <today>.",
        consent_text="You may write to me.",
    )  # fmt: skip
    return endpoint


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def url(form: Endpoint) -> str:
    return f"/forms/{form.public_id}/"


def hidden(page: Any) -> dict[str, str]:
    """The hidden fields of a rendered form, as the browser would send them back."""
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
    return {name: unescape(value) for name, value in found}


def open_form(form: Endpoint, clock: Any, query: str = "", **headers: str) -> dict[str, str]:
    page = Client().get(url(form) + query, headers=headers)
    assert page.status_code == 200
    clock.shift(timedelta(seconds=20))
    return hidden(page)


def send(form: Endpoint, fields: dict[str, str]) -> Any:
    """Sends as a visitor without any cookie."""
    return Client(enforce_csrf_checks=True).post(url(form), fields)


def test_a_sent_form_is_an_intake_item_and_leads_to_the_thanks(form: Endpoint, clock: Any) -> None:
    page = open_form(form, clock, "?utm_source=news&gclid=G1", Referer="https://search.example/q")
    response = send(form, page | ADA | {"consent": "on", "message": "Hi\r\nthere"})
    assert (response.status_code, response["Location"]) == (302, f"{url(form)}thanks/")
    item = IntakeItem.objects.get()
    assert (item.endpoint, item.state) == (form, IntakeState.RECEIVED)
    assert item.payload["fields"] == ADA | {"consent": "yes", "message": "Hi\r\nthere"}
    assert item.payload["consent"] == {"text": "You may write to me.", "given": True}
    touch = item.payload["touch"]
    assert touch["landing_url"] == f"http://testserver{url(form)}?utm_source=news&gclid=G1"
    assert touch["referrer"] == "https://search.example/q"
    assert (touch["utm"], touch["click_ids"]) == ({"source": "news"}, {"gclid": "G1"})
    thanks = Client().get(response["Location"])
    assert b"We call you &lt;today&gt;." in thanks.content


def test_an_unticked_box_is_no_consent(form: Endpoint, clock: Any) -> None:
    send(form, open_form(form, clock) | ADA)
    assert IntakeItem.objects.get().payload["consent"]["given"] is False


def test_a_form_without_a_consent_text_asks_for_none(form: Endpoint, clock: Any) -> None:
    Endpoint.objects.filter(pk=form.pk).update(consent_text="")
    send(form, open_form(form, clock) | ADA | {"consent": "on"})
    payload = IntakeItem.objects.get().payload
    assert "consent" not in payload
    assert "consent" not in payload["fields"]


def test_sending_the_same_page_twice_is_one_item(form: Endpoint, clock: Any) -> None:
    page = open_form(form, clock)
    assert [send(form, page | ADA).status_code for _ in range(2)] == [302, 302]
    assert IntakeItem.objects.count() == 1


def test_two_visitors_with_one_page_from_a_cache_are_two_items(form: Endpoint, clock: Any) -> None:
    page = open_form(form, clock)
    send(form, page | ADA)
    send(form, page | ADA | {"email": "grace@example.com"})
    assert IntakeItem.objects.count() == 2


@pytest.mark.parametrize(("fields", "seconds"), [({HONEYPOT: "1"}, 20), ({}, 1)])
def test_a_bot_is_thanked_and_quarantined(
    form: Endpoint, clock: Any, fields: dict[str, str], seconds: int
) -> None:
    page = hidden(Client().get(url(form)))
    clock.shift(timedelta(seconds=seconds))
    response = send(form, page | ADA | fields)
    assert (response.status_code, response["Location"]) == (302, f"{url(form)}thanks/")
    assert IntakeItem.objects.get().state == IntakeState.QUARANTINED


@pytest.mark.parametrize("token", ["", "forged", "a:b:c"])
def test_a_page_without_a_good_token_is_shown_again_with_what_was_typed(
    form: Endpoint, clock: Any, token: str
) -> None:
    page = open_form(form, clock, "?utm_source=news")
    again = send(form, page | ADA | {"rendering": token})
    assert again.status_code == 422
    assert b"Nothing is lost" in again.content
    assert b'value="Lovelace"' in again.content
    assert not IntakeItem.objects.exists()
    assert send(form, hidden(again) | ADA).status_code == 302
    item = IntakeItem.objects.get()
    assert (item.state, item.payload["touch"]["utm"]) == ("RECEIVED", {"source": "news"})


def test_tokens_are_of_one_form_and_one_day() -> None:
    now = timezone.now()
    token = sign_rendering("a", now=now)
    later = timedelta(seconds=5)
    found = read_rendering(token, "a", now=now + later)
    assert found is not None
    assert found.age_seconds == 5
    assert read_rendering(token, "b", now=now + later) is None
    assert read_rendering(token, "a", now=now + timedelta(days=1)) is None
    assert read_rendering(token, "a", now=now - timedelta(minutes=1)) is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "email"),
        ({"email": "nonsense"}, "email"),
        ({"email": "a@example.com", "country": "ZZ"}, "country"),
        ({"email": "a@example.com", "first_name": "x" * 201}, "first_name"),
        ({"email": "a@example.com", "message": "a\x00b"}, "message"),
    ],
)
def test_a_mistake_is_named_linked_and_described(
    form: Endpoint, clock: Any, fields: dict[str, str], field: str
) -> None:
    response = send(form, open_form(form, clock) | fields)
    assert response.status_code == 422
    page = response.content.decode()
    assert "<title>Error: Talk to sales" in page
    assert f'<a href="#id_{field}">' in page
    control = next(tag for tag in re.findall(r"<[^>]+>", page) if f'id="id_{field}"' in tag)
    assert 'aria-invalid="true"' in control
    assert f"id_{field}_error" in control
    assert not IntakeItem.objects.exists()


def test_a_corrected_form_is_taken_at_once(form: Endpoint, clock: Any) -> None:
    wrong = send(form, open_form(form, clock) | ADA | {"email": "ada"})
    assert send(form, hidden(wrong) | ADA).status_code == 302
    assert IntakeItem.objects.get().state == IntakeState.RECEIVED


def test_a_closed_form_says_so_and_keeps_nothing(form: Endpoint, clock: Any) -> None:
    page = open_form(form, clock)
    Endpoint.objects.filter(pk=form.pk).update(is_active=False)
    for response in (Client().get(url(form)), send(form, page | ADA)):
        assert response.status_code == 404
        assert b"This form is closed" in response.content
    assert not IntakeItem.objects.exists()


def test_only_forms_are_forms(form: Endpoint) -> None:
    api = EndpointFactory(channel=Endpoint.Channel.API)
    for public_id in (api.public_id, "nothing", "x" * 500):
        assert Client().get(f"/forms/{public_id}/").status_code == 404
        assert Client().post(f"/forms/{public_id}/", ADA).status_code == 404
    assert not IntakeItem.objects.exists()


def test_nobody_sets_what_is_ours_to_decide(form: Endpoint, clock: Any) -> None:
    send(form, open_form(form, clock) | ADA | {"owner": "eve", "state": "LINKED", "is_test": "1"})
    item = IntakeItem.objects.get()
    assert (item.state, item.lead_id) == (IntakeState.RECEIVED, None)
    assert set(item.payload["fields"]) == {*ADA, "consent"}
    assert set(item.payload["extra"]) == {"owner", "state", "is_test"}
    assert {warning["field"] for warning in item.warnings} == {"owner", "state", "is_test"}


def test_markup_comes_back_inert(form: Endpoint, clock: Any) -> None:
    evil = '"><script>alert(1)</script>'
    response = send(form, open_form(form, clock) | {"first_name": evil, "email": evil})
    assert response.status_code == 422
    assert b"<script>alert" not in response.content
    page = Client().get(url(form) + "?x=%22%3E%3Cscript%3Ealert(1)", headers={"Referer": evil})
    assert b"<script>alert" not in page.content


def test_a_network_that_sends_too_much_is_asked_to_wait(form: Endpoint, clock: Any) -> None:
    page = open_form(form, clock)
    for number in range(POSTS):
        assert send(form, page | ADA | {"message": str(number)}).status_code == 302
    response = send(form, page | ADA | {"message": "once more"})
    assert response.status_code == 429
    assert b"once more" in response.content
    assert int(response["Retry-After"]) > 0
    assert IntakeItem.objects.count() == POSTS
    other = Client(REMOTE_ADDR="203.0.113.9").post(url(form), page | ADA | {"message": "mine"})
    assert other.status_code == 302


def test_a_huge_form_is_refused(form: Endpoint, clock: Any) -> None:
    response = send(form, open_form(form, clock) | ADA | {"message": "x" * 300_000})
    assert response.status_code == 413
    assert not IntakeItem.objects.exists()


def test_a_visitor_without_cookies_gets_none_and_costs_one_query(form: Endpoint) -> None:
    client = Client()
    with CaptureQueriesContext(connection) as queries:
        page = client.get(url(form))
    assert len(queries) == 1
    assert not client.cookies
    assert "no-store" in page["Cache-Control"]
    assert "csrfmiddlewaretoken" not in page.content.decode()


def test_a_phone_that_cannot_be_read_is_asked_for_again_even_beside_a_good_address(
    form: Endpoint, clock: Any
) -> None:
    sent = open_form(form, clock) | ADA | {"phone": "12", "consent": "on"}
    response = Client().post(url(form), sent)
    assert response.status_code == 422
    assert "phone" in response.context["form"].errors
    assert not IntakeItem.objects.exists()


@pytest.mark.parametrize("code", ["acme", "ACME", "nobody", "web", "", "x" * 5000])
def test_a_partners_code_in_the_address_makes_the_partner_the_source(
    code: str, form: Endpoint, clock: Any
) -> None:
    partner = SourceFactory(slug="acme", kind=Source.Kind.PARTNER)
    SourceFactory(slug="web", kind=Source.Kind.WEBSITE)
    page = open_form(form, clock, f"?partner={code}&utm_source=news")
    assert send(form, page | ADA).status_code == 302
    endpoint = IntakeItem.objects.get().endpoint
    if code.lower() == "acme":
        assert (endpoint.channel, endpoint.source) == (Endpoint.Channel.REFERRAL, partner)
    else:
        assert endpoint == form
