"""Who is blocked waits in quarantine, whichever way they came in, and is released in bulk."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from leadrouter.common.errors import InvalidInput
from leads.channels.web_form.captcha import Verdict, check_captcha
from leads.channels.web_form.rendering import sign_filled_rendering
from leads.models import BlockedSender, IntakeItem, IntakeState, Lead
from leads.services.dead_letters import discard_items, release_items
from leads.services.ingesting import ingest_items
from tests.factories.leads import EndpointFactory, IntakeItemFactory
from tests.factories.users import UserFactory, make_manager, make_marketing

NOW = timezone.now()
pytestmark = pytest.mark.django_db


def ingest(*items: IntakeItem) -> None:
    ids = [item.pk for item in items]
    rows = IntakeItem.objects.select_related("endpoint__source").filter(pk__in=ids)
    ingest_items(items=list(rows.order_by("pk")), now=NOW)


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("EMAIL", "spam@bad.example", "The address spam@bad.example is blocked: test."),
        ("DOMAIN", "bad.example", "The domain bad.example is blocked: test."),
        ("PHONE", "+49900", "The phone prefix +49900 is blocked: test."),
        ("NETWORK", "203.0.113.0/24", "The network 203.0.113.0/24 is blocked: test."),
    ],
)
def test_a_blocked_sender_waits_with_a_reason_and_others_pass(
    kind: str, value: str, sentence: str
) -> None:
    BlockedSender.objects.create(kind=kind, value=value, reason="test")
    bad = IntakeItemFactory(
        fields={"email": "Spam@bad.example", "phone": "+499001234567"}, client_ip="203.0.113.9"
    )
    good = IntakeItemFactory(fields={"email": "ada@good.example"}, client_ip="198.51.100.1")
    ingest(bad, good)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.last_error) == (IntakeState.QUARANTINED, sentence)
    assert good.state == IntakeState.LINKED
    assert Lead.objects.count() == 1


def test_what_was_released_is_not_held_again() -> None:
    BlockedSender.objects.create(kind="DOMAIN", value="bad.example")
    items = IntakeItemFactory.create_batch(2, fields={"email": "x@sub.bad.example"})
    ingest(*items)
    settled = release_items(ids=[items[0].pk, items[0].pk + 999], user=UserFactory(), now=NOW)
    assert (settled.done, settled.skipped) == (1, 1)
    ingest(items[0])
    items[0].refresh_from_db()
    items[1].refresh_from_db()
    assert (items[0].state, items[1].state) == (IntakeState.LINKED, IntakeState.QUARANTINED)


def test_throw_away_addresses_wait_when_the_setting_says_so(settings: Any) -> None:
    item = IntakeItemFactory(fields={"email": "x@mailinator.com"})
    ingest(item)
    item.refresh_from_db()
    assert item.state == IntakeState.LINKED
    settings.QUARANTINE_DISPOSABLE_MAIL = True
    second = IntakeItemFactory(fields={"email": "y@mailinator.com"})
    ingest(second)
    second.refresh_from_db()
    assert second.last_error == "mailinator.com gives out throw-away addresses."


def test_discarding_needs_a_reason() -> None:
    item = IntakeItemFactory(state=IntakeState.QUARANTINED)
    with pytest.raises(InvalidInput):
        discard_items(ids=[item.pk], user=UserFactory(), reason=" ", now=NOW)
    item.refresh_from_db()
    assert item.state == IntakeState.QUARANTINED


def test_the_quarantine_page_settles_several_at_once() -> None:
    reason = "It was sent less than 2 seconds after the form was opened."
    items = IntakeItemFactory.create_batch(3, state=IntakeState.QUARANTINED, last_error=reason)
    client, url = Client(), reverse("admin:leads_intakeitem_quarantine")
    client.force_login(make_manager())
    assert client.get(url).content.decode().count(reason) == 3
    client.post(url, {"verb": "release", "item": [items[0].pk, items[1].pk]})
    client.post(url, {"verb": "discard", "item": [items[2].pk], "reason": "Spam"})
    states = list(IntakeItem.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["RECEIVED", "RECEIVED", "DISCARDED"]


def test_marketing_sees_the_quarantine_and_settles_nothing() -> None:
    item = IntakeItemFactory(state=IntakeState.QUARANTINED)
    client, url = Client(), reverse("admin:leads_intakeitem_quarantine")
    client.force_login(make_marketing())
    assert client.get(url).status_code == 200
    assert client.post(url, {"verb": "release", "item": [item.pk]}).status_code == 403
    item.refresh_from_db()
    assert item.state == IntakeState.QUARANTINED


class Service(BaseHTTPRequestHandler):
    """A CAPTCHA service: the answer “right” is right."""

    seen: list[dict[str, list[str]]] = []

    def do_POST(self) -> None:
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.seen.append(asked)
        body = json.dumps({"success": asked["response"] == ["right"]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def service(settings: Any) -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.CAPTCHA_CHECK = "leads.channels.web_form.captcha.verify_by_url"
    settings.CAPTCHA_VERIFY_URL = f"http://127.0.0.1:{server.server_port}/verify"
    settings.CAPTCHA_SECRET = "s3cret"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def send_form(**fields: str) -> IntakeItem:
    endpoint = EndpointFactory(channel="WEB_FORM")
    token = sign_filled_rendering(endpoint.public_id, now=timezone.now())
    data = {"email": "ada@example.com", "rendering": token, **fields}
    Client().post(reverse("public-form", args=[endpoint.public_id]), data)
    item: IntakeItem = IntakeItem.objects.order_by("-pk")[0]
    return item


def test_a_captcha_that_is_not_solved_quarantines_with_its_reason(service: HTTPServer) -> None:
    assert send_form(**{"captcha-response": "right"}).state == IntakeState.RECEIVED
    assert Service.seen[-1]["secret"] == ["s3cret"]
    assert send_form(**{"captcha-response": "wrong"}).last_error == "The CAPTCHA was not solved."
    assert send_form().state == IntakeState.QUARANTINED


def test_a_captcha_service_that_is_down_loses_no_lead(service: HTTPServer, settings: Any) -> None:
    settings.CAPTCHA_VERIFY_URL = "http://127.0.0.1:9/verify"
    item = send_form(**{"captcha-response": "right"})
    assert item.state == IntakeState.RECEIVED
    assert "captcha_unknown" in {one["code"] for one in item.warnings}


def test_without_a_check_nothing_is_asked() -> None:
    assert check_captcha(RequestFactory().post("/"), now=NOW) is Verdict.SOLVED
