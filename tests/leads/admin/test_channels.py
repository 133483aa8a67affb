"""Setting a channel up, seeing how it is, and reading deliveries again."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from leads.channels.registry import ADAPTERS
from leads.models import Endpoint, EndpointSecret, IntakeItem, IntakeState, Lead
from leads.services.endpoint_health import count_rejection
from routing.services.draining import drain
from tests.factories import EndpointFactory, SourceFactory
from tests.leads.channels.contract.setups import open_endpoint

pytestmark = pytest.mark.django_db
SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"


def page_of(endpoint: Endpoint) -> str:
    return reverse("admin:leads_endpoint_change", args=[endpoint.pk])


def step_of(endpoint: Endpoint, step: str) -> str:
    return reverse(f"admin:leads_endpoint_{step}", args=[endpoint.pk])


def deliver(client: Client, endpoint: Endpoint, body: Any) -> IntakeItem:
    text = json.dumps(body)
    answer = client.post(f"/in/{endpoint.public_id}/", text, content_type="application/json")
    assert answer.status_code == 200
    return IntakeItem.objects.order_by("-id")[0]


def test_a_new_channel_leads_to_its_page_with_address_and_steps(
    administrator_client: Client,
) -> None:
    source = SourceFactory()
    answer = administrator_client.post(
        reverse("admin:leads_endpoint_add"),
        {"source": source.pk, "channel": "GENERIC_WEBHOOK", "name": "Berlin", "is_active": "on"},
    )
    endpoint = Endpoint.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page_of(endpoint))
    text = administrator_client.get(page_of(endpoint)).content.decode()
    assert f"http://testserver/in/{endpoint.public_id}/" in text
    assert "Copy the address and give it to the sender" in text
    assert "Nothing has arrived yet." in text


def test_options_are_saved_and_what_equals_its_default_is_left_out(
    administrator_client: Client,
) -> None:
    endpoint = EndpointFactory(channel="GENERIC_WEBHOOK")
    answer = administrator_client.post(
        page_of(endpoint),
        {
            "source": endpoint.source.pk,
            "name": "",
            "is_active": "on",
            "option_proof": "hmac",
            "option_header": "",
            "option_field.email": "contact.mail",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    endpoint.refresh_from_db()
    assert endpoint.options == {"proof": "hmac", "field.email": "contact.mail"}
    text = administrator_client.get(page_of(endpoint)).content.decode()
    assert 'value="contact.mail"' in text


def test_a_secret_is_stored_encrypted_never_shown_and_replaced_without_a_gap(
    administrator_client: Client,
) -> None:
    endpoint = EndpointFactory(channel="STANDARD_WEBHOOKS")
    for secret in (SECRET, f"{SECRET[:-2]}Zz"):
        answer = administrator_client.post(
            step_of(endpoint, "set_secret"), {"secret": secret, "overlap": "60"}
        )
        assert answer.status_code == 302
    rows = list(EndpointSecret.objects.all())
    assert [row.hint for row in rows] == ["NTZz", "NTY3"]
    assert rows[0].valid_until is None
    assert rows[1].valid_until
    assert rows[1].valid_until > timezone.now() + timedelta(minutes=59)
    page = administrator_client.get(page_of(endpoint)).content.decode()
    assert SECRET not in f"{page} {rows[0].sealed} {rows[1].sealed}"
    assert "…NTY3" in page
    administrator_client.post(step_of(endpoint, "end_old_secrets"))
    page = administrator_client.get(page_of(endpoint)).content.decode()
    assert "…NTY3" not in page


@pytest.mark.parametrize("step", ["set_secret", "try", "redeliver_stuck"])
def test_only_administrators_set_channels_up(manager_client: Client, step: str) -> None:
    endpoint = open_endpoint("STANDARD_WEBHOOKS", now=timezone.now())
    assert manager_client.post(step_of(endpoint, step), {"secret": "x" * 20}).status_code == 403
    text = manager_client.get(page_of(endpoint)).content.decode()
    assert f"/in/{endpoint.public_id}/" not in text
    assert "option_types" not in text
    assert EndpointSecret.objects.count() == 1


def test_a_manager_who_saves_the_page_changes_no_option(manager_client: Client) -> None:
    endpoint = EndpointFactory(channel="GENERIC_WEBHOOK", options={"proof": "hmac"})
    data = {"source": endpoint.source.pk, "name": "x", "is_active": "on", "option_proof": "address"}
    assert manager_client.post(page_of(endpoint), data).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.options) == ("x", {"proof": "hmac"})


def test_the_test_box_shows_what_a_body_becomes_and_stores_nothing(
    administrator_client: Client,
) -> None:
    endpoint = EndpointFactory(channel="GENERIC_WEBHOOK")
    url = step_of(endpoint, "try")
    assert "Ada Example 1" in administrator_client.get(url).content.decode()
    body = '{"email": "ADA@Example.COM", "budget": 5, "name": "<b>Ada</b>"}'
    answer = administrator_client.post(url, {"content_type": "application/json", "body": body})
    text = answer.content.decode()
    assert "A lead" in text
    assert "ADA@example.com" in text
    assert "budget" in text
    assert "<b>Ada</b>" not in text
    broken = {"content_type": "application/json", "body": "{"}
    assert (
        "Kept aside: The body is not JSON"
        in administrator_client.post(url, broken).content.decode()
    )
    assert not IntakeItem.objects.exists()


def test_the_list_shows_how_each_channel_is_in_a_constant_number_of_queries(
    administrator_client: Client, client: Client, django_assert_max_num_queries: Any
) -> None:
    endpoint = EndpointFactory(channel="GENERIC_WEBHOOK")
    deliver(client, endpoint, {"colour": "red"})
    count_rejection(endpoint=endpoint, reason="wrong", now=timezone.now())
    url = reverse("admin:leads_endpoint_changelist")
    text = administrator_client.get(url).content.decode()
    assert "1 set aside" in text
    EndpointFactory.create_batch(15, channel="GENERIC_WEBHOOK")
    with django_assert_max_num_queries(17):
        administrator_client.get(url)


def test_a_delivery_that_was_set_aside_is_read_again_once_the_channel_is_mended(
    administrator_client: Client, client: Client, administrator: Any
) -> None:
    endpoint = EndpointFactory(channel="GENERIC_WEBHOOK")
    item = deliver(client, endpoint, {"contact": {"how": "ada@example.com"}, "n": 1})
    assert item.state == IntakeState.QUARANTINED
    Endpoint.objects.update(options={"field.email": "contact.how"})
    page = administrator_client.get(page_of(endpoint)).content.decode()
    url = reverse("admin:leads_intakeitem_redeliver", args=[item.pk])
    assert url in page
    administrator_client.post(url)
    item.refresh_from_db()
    assert (item.state, item.last_error) == (IntakeState.RECEIVED, "")
    drain(clock=timezone.now)
    assert Lead.objects.get().email == "ada@example.com"
    again = administrator_client.post(url, follow=True)
    assert "not possible" in again.content.decode()
    assert Lead.objects.count() == 1


def test_all_that_was_set_aside_is_read_again_at_once_also_the_items_of_one_body(
    administrator_client: Client, client: Client
) -> None:
    endpoint = EndpointFactory(channel="GENERIC_WEBHOOK")
    deliver(client, endpoint, [{"id": n, "who": f"ada{n}@example.com"} for n in range(3)])
    deliver(client, endpoint, {"id": 9})
    IntakeItem.objects.update(state=IntakeState.DEAD)
    Endpoint.objects.update(options={"field.email": "who"})
    administrator_client.post(step_of(endpoint, "redeliver_stuck"))
    drain(clock=timezone.now)
    assert sorted(Lead.objects.values_list("email", flat=True)) == [
        f"ada{n}@example.com" for n in range(3)
    ]


def test_a_delivery_whose_bytes_are_gone_says_so(
    administrator_client: Client, client: Client
) -> None:
    endpoint = EndpointFactory(channel="GENERIC_WEBHOOK")
    item = deliver(client, endpoint, {"colour": "red"})
    IntakeItem.objects.update(raw=b"")
    url = reverse("admin:leads_intakeitem_redeliver", args=[item.pk])
    assert "not kept" in administrator_client.post(url).content.decode()
    item.refresh_from_db()
    assert item.state == IntakeState.QUARANTINED


def test_every_channel_has_a_page_and_a_test_box_that_shows_its_sample(
    administrator_client: Client,
) -> None:
    for channel, adapter in ADAPTERS.items():
        endpoint = EndpointFactory(channel=channel)
        text = administrator_client.get(page_of(endpoint)).content.decode()
        assert all(escape(step) in text for step in adapter.steps), channel
        for option in adapter.options:
            assert f'name="option_{option.name}"' in text, (channel, option.name)
        url = step_of(endpoint, "try")
        form = administrator_client.get(url).context["form"]
        data = {name: form.initial[name] for name in ("content_type", "body")}
        answer = administrator_client.post(url, data)
        assert answer.status_code == 200, channel
        assert answer.context["results"], channel
        assert "The channel could not read it" not in answer.content.decode(), channel
