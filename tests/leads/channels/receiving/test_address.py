"""The address itself: who gets which answer, whatever the channel."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, RequestFactory, override_settings
from django.utils import timezone

from leads.channels.receiving import views
from leads.channels.receiving.requests import BodyTooLarge, read_delivery
from leads.channels.registry import ADAPTERS
from leads.models import Endpoint, EndpointHealth, IntakeItem, IntakeState
from tests.factories import EndpointFactory
from tests.leads.channels.contract.setups import address_of, open_endpoint, sample
from tests.leads.channels.contract.setups import post as send

pytestmark = pytest.mark.django_db
LEAD = {"id": "e1", "email": "ada@example.com", "name": "Ada"}


@pytest.fixture
def endpoint() -> Endpoint:
    return EndpointFactory(channel="GENERIC_WEBHOOK")


def post(client: Client, endpoint: Endpoint, body: Any = LEAD, **headers: Any) -> Any:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    address = f"/in/{endpoint.public_id}/"
    return client.post(address, text, content_type="application/json", **headers)


def test_both_spellings_of_the_address_are_served_without_a_redirect(
    client: Client, endpoint: Endpoint
) -> None:
    for number, slash in enumerate(("/", "")):
        body = json.dumps({**LEAD, "id": number})
        address = f"/in/{endpoint.public_id}{slash}"
        answer = client.post(address, body, content_type="application/json")
        assert (answer.status_code, answer.json()) == (200, {"accepted": 1})
    assert IntakeItem.objects.count() == 2


@override_settings(SECURE_SSL_REDIRECT=True)
def test_not_even_plain_http_is_redirected(endpoint: Endpoint) -> None:
    # Middleware reads its settings when it is made: a client of its own makes it anew.
    assert post(Client(), endpoint).status_code == 200
    assert Client().get("/login/").status_code == 301


def test_no_token_and_no_cookie_is_asked_for_and_nothing_is_cached(endpoint: Endpoint) -> None:
    answer = post(Client(enforce_csrf_checks=True), endpoint)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_an_unknown_address_and_a_door_that_is_no_webhook_are_not_found(client: Client) -> None:
    form = EndpointFactory(channel="WEB_FORM")
    assert post(client, Endpoint(public_id="nobody")).status_code == 404
    assert post(client, form).status_code == 404
    assert not IntakeItem.objects.exists()


@pytest.mark.parametrize("what", ["endpoint", "source"])
def test_what_comes_while_it_is_switched_off_is_kept_aside_and_acknowledged(
    client: Client, endpoint: Endpoint, what: str
) -> None:
    row = endpoint if what == "endpoint" else endpoint.source
    row.is_active = False
    row.save()
    assert post(client, endpoint).status_code == 200
    item = IntakeItem.objects.get()
    assert item.state == IntakeState.QUARANTINED
    assert "switched off" in item.last_error


def test_a_repeated_delivery_is_told_so(client: Client, endpoint: Endpoint) -> None:
    post(client, endpoint)
    again = post(client, endpoint, {**LEAD, "attempt": 2})
    assert again.json() == {"accepted": 0, "duplicate": True}
    assert "attempt" not in IntakeItem.objects.get().payload["extra"]


def test_the_same_event_at_another_endpoint_is_another_delivery(
    client: Client, endpoint: Endpoint
) -> None:
    other = EndpointFactory(channel="GENERIC_WEBHOOK", source=endpoint.source, name="Berlin")
    assert [post(client, one).json() for one in (endpoint, other)] == [{"accepted": 1}] * 2


def test_more_than_a_megabyte_is_refused_before_it_is_read(
    client: Client, endpoint: Endpoint
) -> None:
    assert post(client, endpoint, b" " * (1024 * 1024 + 1)).status_code == 413
    assert not IntakeItem.objects.exists()


def test_a_body_in_chunks_is_read_as_far_as_it_may_go() -> None:
    request = RequestFactory().post("/in/x/", HTTP_TRANSFER_ENCODING="chunked")
    request.META["CONTENT_LENGTH"] = ""
    request.META["wsgi.input"] = BytesIO(b"12345")
    assert read_delivery(request, limit=5, now=timezone.now()).body == b"12345"
    request.META["wsgi.input"] = BytesIO(b"123456")
    with pytest.raises(BodyTooLarge):
        read_delivery(request, limit=5, now=timezone.now())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"{", "not JSON"),
        (b"[" * 100_000, "nested"),
        (b"\xff{}", "UTF-8"),
        (b"{}", "no lead"),
        (b'{"colour": "red"}', "None of the fields"),
    ],
)
def test_what_cannot_be_read_is_kept_aside_with_the_reason_and_acknowledged(
    client: Client, endpoint: Endpoint, body: bytes, reason: str
) -> None:
    assert post(client, endpoint, body).status_code == 200
    item = IntakeItem.objects.get()
    assert (item.state, bytes(item.raw)) == (IntakeState.QUARANTINED, body)
    assert reason in item.last_error


def test_text_that_no_database_keeps_is_repaired_on_its_way_in(
    client: Client, endpoint: Endpoint
) -> None:
    body = b'{"id": "e1", "email": "ada@example.com", "name": "A\\u0000da \\ud800", "n": 1e400}'
    assert post(client, endpoint, body).status_code == 200
    item = IntakeItem.objects.get()
    assert item.payload["fields"]["full_name"] == "Ada \ufffd"
    assert item.state == IntakeState.RECEIVED


def test_a_browser_is_told_that_deliveries_are_posted(client: Client, endpoint: Endpoint) -> None:
    assert client.get(f"/in/{endpoint.public_id}/").status_code == 405
    assert client.head(f"/in/{endpoint.public_id}/").status_code == 200
    assert client.put(f"/in/{endpoint.public_id}/").status_code == 405
    assert not IntakeItem.objects.exists()


def test_the_proofs_of_a_webhook_are_each_demanded(client: Client) -> None:
    now = timezone.now()
    given = {
        "header": {"HTTP_X_WEBHOOK_SECRET": "lab-secret-1"},
        "basic": {"HTTP_AUTHORIZATION": "Basic dXNlcjpsYWItc2VjcmV0LTE="},
    }
    for proof, headers in given.items():
        endpoint = open_endpoint("GENERIC_WEBHOOK", now=now)
        Endpoint.objects.filter(pk=endpoint.pk).update(options={"proof": proof})
        assert post(client, endpoint).status_code == 401
        assert post(client, endpoint, **headers).status_code == 200
        wrong = {name: value[:-2] for name, value in headers.items()}
        assert post(client, endpoint, **wrong).status_code == 401
        assert EndpointHealth.objects.get(endpoint=endpoint).rejected_count == 2
        item = IntakeItem.objects.get(endpoint=endpoint)
        assert item.payload["request"]["proof"]["secret"]
        assert "lab-secret-1" not in json.dumps(item.payload)


def test_several_leads_of_one_delivery_land_together_and_keep_its_bytes_once(
    client: Client, endpoint: Endpoint
) -> None:
    body = [{"id": n, "email": f"ada{n}@example.com"} for n in range(3)] + ["poison"]
    assert post(client, endpoint, body).json() == {"accepted": 4}
    items = list(IntakeItem.objects.order_by("id"))
    assert [item.state for item in items] == [IntakeState.RECEIVED] * 3 + [IntakeState.QUARANTINED]
    assert [bool(item.raw) for item in items] == [True, False, False, False]
    assert {item.payload.get("raw_of") for item in items[1:]} == {str(items[0].public_id)}


def test_the_address_of_the_site_is_told_to_the_channel_whatever_host_says(
    endpoint: Endpoint,
) -> None:
    request = RequestFactory().post("/in/x/?b=2&a=%20", b"", "text/plain", HTTP_HOST="evil.example")
    found = read_delivery(request, limit=10, now=timezone.now())
    assert found.url == f"{settings.SITE_URL}/in/x/?b=2&a=%20"
    assert found.query == {"b": "2", "a": " "}


@override_settings(UNSIGNED_RATE_PER_MINUTE=3)
def test_one_network_sends_no_more_than_the_limit_by_an_address_alone(
    client: Client, endpoint: Endpoint
) -> None:
    answers = [post(client, endpoint, {**LEAD, "id": str(number)}) for number in range(5)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert IntakeItem.objects.count() == 3
    elsewhere = post(client, endpoint, {**LEAD, "id": "x"}, REMOTE_ADDR="203.0.113.9")
    assert elsewhere.status_code == 200


@override_settings(UNSIGNED_RATE_PER_MINUTE=1)
def test_forgers_are_slowed_down_and_the_sender_beside_them_never_is(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "UNPROVEN_PER_MINUTE", 2)
    now = timezone.now()
    door, adapter = open_endpoint("GENERIC_WEBHOOK", now=now), ADAPTERS["GENERIC_WEBHOOK"]
    forged = [post(client, door).status_code for _ in range(4)]
    assert forged == [401, 401, 429, 429]
    assert EndpointHealth.objects.get(endpoint=door).rejected_count == 2
    signed = [sample(adapter, number, at=now, url=address_of(door)) for number in range(3)]
    assert [send(client, door, one).status_code for one in signed] == [200, 200, 200]
    assert IntakeItem.objects.count() == 3
