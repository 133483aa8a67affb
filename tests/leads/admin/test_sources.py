"""Sources and their ways in; keys are shown once."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.models import ApiKey, Endpoint, Source
from leads.services.api_keys import hash_api_key
from tests.factories import AccountFactory, ApiKeyFactory, EndpointFactory, SourceFactory

pytestmark = pytest.mark.django_db

NO_ENDPOINTS = {
    "endpoints-TOTAL_FORMS": "0",
    "endpoints-INITIAL_FORMS": "0",
    "endpoints-MIN_NUM_FORMS": "0",
    "endpoints-MAX_NUM_FORMS": "4",
}


def test_a_manager_makes_a_source_with_a_hosted_form_in_one_go(manager_client: Client) -> None:
    response = manager_client.post(
        reverse("admin:leads_source_add"),
        {
            "name": "Hannover Messe",
            "slug": "hannover-messe",
            "kind": "EVENT",
            "default_country": "DE",
            "is_active": "on",
            **NO_ENDPOINTS,
            "endpoints-TOTAL_FORMS": "1",
            "endpoints-0-channel": "WEB_FORM",
            "endpoints-0-is_active": "on",
            "endpoints-0-title": "Talk to us",
        },
    )
    assert response.status_code == 302, response.content.decode()[:500]
    source = Source.objects.get(slug="hannover-messe")
    assert source.default_country == "DE"
    assert source.endpoints.get().title == "Talk to us"


def test_an_api_key_is_shown_once_and_only_its_hash_is_kept(manager_client: Client) -> None:
    endpoint = EndpointFactory(channel=Endpoint.Channel.API)
    url = reverse("admin:leads_endpoint_create_key", args=[endpoint.pk])
    response = manager_client.post(url, {"name": "website backend"})
    text = response.content.decode()
    key = ApiKey.objects.get()
    plain = text.split("<code>")[1].split("</code>")[0]
    assert hash_api_key(plain) == key.key_hash
    assert "no-store" in response["Cache-Control"]
    page = manager_client.get(reverse("admin:leads_endpoint_change", args=[endpoint.pk]))
    assert plain not in page.content.decode()
    assert plain not in str(dict(manager_client.session))


def test_a_form_has_no_keys_to_create(manager_client: Client) -> None:
    endpoint = EndpointFactory(channel=Endpoint.Channel.WEB_FORM)
    url = reverse("admin:leads_endpoint_create_key", args=[endpoint.pk])
    assert manager_client.post(url, {"name": "x"}).status_code == 302
    assert not ApiKey.objects.exists()


def test_a_revoked_key_stays_revoked_since_the_first_time(manager_client: Client) -> None:
    key = ApiKeyFactory()
    url = reverse("admin:leads_apikey_revoke", args=[key.pk])
    manager_client.post(url)
    first = ApiKey.objects.get().revoked_at
    assert first is not None
    assert first <= timezone.now()
    manager_client.post(url)
    assert ApiKey.objects.get().revoked_at == first


def test_marketing_makes_no_keys(marketing_client: Client) -> None:
    endpoint = EndpointFactory(channel=Endpoint.Channel.API)
    url = reverse("admin:leads_endpoint_create_key", args=[endpoint.pk])
    assert marketing_client.post(url, {"name": "x"}).status_code == 403
    assert not ApiKey.objects.exists()


def test_the_address_of_a_form_can_be_copied(manager_client: Client) -> None:
    source = SourceFactory()
    endpoint = EndpointFactory(source=source, channel=Endpoint.Channel.WEB_FORM)
    text = manager_client.get(
        reverse("admin:leads_source_change", args=[source.pk])
    ).content.decode()
    assert f'data-copy="http://testserver/forms/{endpoint.public_id}/"' in text


def test_the_domain_of_an_account_is_unique_and_said_so(manager_client: Client) -> None:
    AccountFactory(name="Acme", domain="acme.example")
    url = reverse("admin:leads_account_add")
    response = manager_client.post(url, {"name": "Acme Two", "domain": "ACME.example"})
    assert "Acme already has the domain acme.example." in response.content.decode()


def test_the_ways_in_show_addresses_and_lead_to_keys(manager_client: Client) -> None:
    form = EndpointFactory(channel=Endpoint.Channel.WEB_FORM)
    api = EndpointFactory(channel=Endpoint.Channel.API)
    ApiKeyFactory(endpoint=api)
    ApiKeyFactory(endpoint=api, revoked_at=timezone.now())
    ways_in = reverse("admin:leads_endpoint_changelist")
    assert f'href="{ways_in}"' in manager_client.get(reverse("admin:index")).content.decode()
    text = manager_client.get(ways_in).content.decode()
    assert f'data-copy="http://testserver/forms/{form.public_id}/"' in text
    address = reverse("admin:leads_endpoint_change", args=[api.pk])
    assert f'1 in use. <a class="text-primary-600" href="{address}">' in text
    source = reverse("admin:leads_source_change", args=[form.source_id])
    shown = manager_client.get(source).content.decode()
    assert f"/forms/{form.public_id}/" in shown
    assert "openRow" not in shown


def test_the_empty_list_of_keys_says_where_keys_are_made(manager_client: Client) -> None:
    text = manager_client.get(reverse("admin:leads_apikey_changelist")).content.decode()
    assert reverse("admin:leads_endpoint_changelist") + "?channel__exact=API" in text
    assert "Nothing here yet." in text
    assert "Create a new item" not in text
    filtered = manager_client.get(reverse("admin:leads_endpoint_changelist") + "?q=nobody")
    assert "Nothing fits this search" in filtered.content.decode()
