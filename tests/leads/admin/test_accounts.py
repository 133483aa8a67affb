"""Accounts by file, by API and by hand."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from leads.models import Account
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db
FILE = b"name,domain,segment\nAcme,acme.example,Key\n"
IMPORT = "/admin/leads/account/import/"


def _upload(client: Client, content: bytes = FILE) -> str:
    response = client.post(IMPORT, {"file": SimpleUploadedFile("named.csv", content)})
    assert response.status_code == 302, response.content.decode()
    return str(response.url)  # type: ignore[attr-defined]


def test_a_manager_uploads_named_accounts_and_sees_the_difference_first(
    manager_client: Client,
) -> None:
    url = _upload(manager_client)
    page = manager_client.get(url)
    text = page.content.decode()
    assert "1 new" in text
    assert "acme.example" in text
    assert not Account.objects.exists()
    seen = page.context["difference"].seen
    done = manager_client.post(url, {"seen": seen}, follow=True).content.decode()
    assert "named.csv: 1 new" in done
    assert Account.objects.get().segment == "Key"
    assert "no longer kept" in manager_client.get(url, follow=True).content.decode()


def test_what_changed_in_between_is_shown_again(manager_client: Client) -> None:
    url = _upload(manager_client)
    AccountFactory(domain="acme.example")
    response = manager_client.post(url, {"seen": "old"})
    assert response.status_code == 409
    assert "changed since the preview" in response.content.decode()


def test_a_file_without_an_account_column_is_refused(manager_client: Client) -> None:
    file = SimpleUploadedFile("x.csv", b"colour,size\nred,9\n")
    response = manager_client.post(IMPORT, {"file": file})
    assert response.status_code == 422
    assert "needs a column name" in response.content.decode()


def test_marketing_and_strangers_import_no_accounts(
    marketing_client: Client, anonymous_client: Client
) -> None:
    for client in (marketing_client, anonymous_client):
        response = client.post(IMPORT, {"file": SimpleUploadedFile("a.csv", FILE)})
        assert response.status_code in (302, 403)
    assert not Account.objects.exists()


def test_the_download_comes_back_in_unchanged(manager_client: Client) -> None:
    AccountFactory(name="Acme", domain="acme.example", parent=AccountFactory(domain="up.example"))
    response = manager_client.get("/admin/leads/account/export.csv")
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    text = manager_client.get(_upload(manager_client, content)).content.decode()
    assert "0 new, 0 changed, 2 as they are" in text


def test_programs_create_and_update_accounts(manager_client: Client) -> None:
    url = "/api/v1/accounts/"
    wanted = {"external_id": "crm-1", "name": "Acme", "domain": "acme.example", "segment": "Key"}
    made = manager_client.post(url, wanted, content_type="application/json")
    assert (made.status_code, made.json()["external_id"]) == (201, "crm-1")
    again = manager_client.post(
        url, {"domain": "acme.example", "employees": 40}, content_type="application/json"
    )
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    changed = manager_client.patch(
        f"{url}{made.json()['id']}/", {"country": "DE"}, content_type="application/json"
    )
    assert (changed.json()["country"], changed.json()["employees"]) == ("DE", 40)
    found = manager_client.get(f"{url}?external_id=crm-1").json()["results"]
    assert [row["segment"] for row in found] == ["Key"]


def test_bad_values_and_other_roles_are_refused(
    manager_client: Client, marketing_client: Client, rep_client: Client
) -> None:
    url = "/api/v1/accounts/"
    bad = manager_client.post(
        url, {"name": "X", "domain": "gmail.com"}, content_type="application/json"
    )
    assert bad.status_code == 400
    assert "free mail" in bad.json()["error"]["fields"]["domain"][0]
    assert manager_client.post(url, [1], content_type="application/json").status_code == 400
    for client in (marketing_client, rep_client):
        answer = client.post(url, {"name": "X"}, content_type="application/json")
        assert answer.status_code == 403
    assert not Account.objects.exists()


def test_a_manager_takes_in_another_account(manager_client: Client) -> None:
    kept = AccountFactory(name="Acme", domain="acme.example")
    AccountFactory(name="Acme US", name_key="acme us", domain="acme-us.example")
    url = reverse("admin:leads_account_merge", args=[kept.pk])
    refused = manager_client.post(url, {"other": "nobody"}).content.decode()
    assert "No account is called" in refused
    done = manager_client.post(url, {"other": "acme-us.example"}, follow=True).content.decode()
    assert "Acme US is part of Acme now" in done
    assert Account.objects.get() == kept
