"""Files of territories in the admin: who may, what is shown, what is written."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from routing.models import Territory, TerritoryUpload
from tests.factories import TerritoryFactory, TerritoryOwnerFactory, make_rep

pytestmark = pytest.mark.django_db

UPLOAD = "admin:routing_territory_import"
PREVIEW = "admin:routing_territory_import_preview"


def send(client: Client, content: bytes | str, name: str = "patches.csv") -> Any:
    data = content if isinstance(content, bytes) else content.encode()
    return client.post(reverse(UPLOAD), {"file": SimpleUploadedFile(name, data)})


def send_and_look(client: Client, content: bytes | str, query: str = "") -> Any:
    response = send(client, content)
    assert response.status_code == 302, response.content.decode()
    return client.get(response["Location"] + query)


def apply(client: Client, page: Any, **changed: str) -> Any:
    missing = "off" if page.context["is_switching_off"] else "keep"
    data = {"seen": page.context["difference"].fingerprint, "missing": missing} | changed
    return client.post(page.request["PATH_INFO"], data, follow=True)


def test_a_manager_uploads_looks_and_applies(manager_client: Client, manager: Any) -> None:
    TerritoryFactory(name="DACH", slug="dach", countries=["DE"])
    page = send_and_look(
        manager_client, "slug;name;countries\ndach;DACH;DE, AT\nfrance;France;FR\n"
    )
    text = page.content.decode()
    assert "Apply 2 differences" in text
    assert "<del>DE</del>" in text
    assert not Territory.objects.filter(slug="france").exists()
    done = apply(manager_client, page)
    assert "patches.csv is applied: 1 new, 1 changed." in done.content.decode()
    assert Territory.objects.get(slug="dach").countries == ["DE", "AT"]
    upload = TerritoryUpload.objects.get()
    assert (upload.applied_by, upload.summary, bytes(upload.content)) == (
        manager, {"new": 1, "changed": 1}, b"",
    )  # fmt: skip
    dach = Territory.objects.get(slug="dach")
    history = manager_client.get(reverse("admin:routing_territory_history", args=[dach.pk]))
    assert "By a file: Countries." in history.content.decode()


def test_a_file_is_applied_once(manager_client: Client) -> None:
    page = send_and_look(manager_client, "slug,name\nx,X\n")
    apply(manager_client, page)
    Territory.objects.all().delete()
    again = apply(manager_client, page)
    assert "has been applied. Upload it again" in again.content.decode()
    assert not Territory.objects.exists()


def test_wrong_values_are_listed_and_cannot_be_applied(manager_client: Client) -> None:
    page = send_and_look(manager_client, "slug,name,countries\nx,X,Atlantis\ny,Y,DE\n")
    text = page.content.decode()
    assert "Row 2, x, countries:</strong> “Atlantis” is not a country code." in text
    assert "Apply" not in text
    refused = apply(manager_client, page)
    assert refused.status_code == 422
    assert "1 values are wrong, so nothing was written." in refused.content.decode()
    assert not Territory.objects.exists()
    url = reverse(
        "admin:routing_territory_import_problems", args=[TerritoryUpload.objects.get().pk]
    )
    listed = manager_client.get(url).content.decode("utf-8-sig").splitlines()
    assert listed == [
        "Row,Territory,Column,What is wrong",
        "2,x,countries,“Atlantis” is not a country code.",
    ]


def test_what_changed_in_between_is_shown_and_nothing_is_written(manager_client: Client) -> None:
    TerritoryFactory(name="DACH", slug="dach", priority=1)
    page = send_and_look(manager_client, "slug,priority\ndach,5\n")
    Territory.objects.update(priority=3)
    refused = apply(manager_client, page)
    assert refused.status_code == 409
    assert "The territories have changed since this was shown" in refused.content.decode()
    assert Territory.objects.get().priority == 3
    apply(manager_client, refused)
    assert Territory.objects.get().priority == 5


def test_what_is_missing_is_kept_unless_the_manager_says_otherwise(manager_client: Client) -> None:
    TerritoryFactory(name="Left out", slug="left-out")
    page = send_and_look(manager_client, "slug,name\nx,X\n")
    assert "Left out" in page.content.decode()
    assert "They stay as they are" in page.content.decode()
    off = manager_client.get(page.request["PATH_INFO"], {"missing": "off"})
    assert "They would be switched off" in off.content.decode()
    # What was shown without switching off may not be applied with it.
    assert apply(manager_client, page, missing="off").status_code == 409
    assert Territory.objects.get().is_active
    apply(manager_client, off)
    assert not Territory.objects.get(slug="left-out").is_active


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.csv", "The file is empty."),
        (b"%PDF-1.7 x", "a.csv", "a PDF document"),
        (b"name\nX\n", "a.csv", "no column “slug”"),
        (b"PK\x03\x04 broken", "a.xlsx", "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    content: bytes, name: str, sentence: str, manager_client: Client
) -> None:
    response = send(manager_client, content, name)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not TerritoryUpload.objects.exists()


def test_no_file_and_too_large_a_file_are_refused(manager_client: Client) -> None:
    assert "Choose a file." in manager_client.post(reverse(UPLOAD), {}).content.decode()
    large = send(manager_client, b"slug,name\n" + b"x" * (20 * 1024 * 1024))
    assert "larger than 20 MB" in large.content.decode()
    assert not TerritoryUpload.objects.exists()


def test_only_managers_see_files_of_territories(
    manager_client: Client, marketing_client: Client, rep_client: Client, anonymous_client: Client
) -> None:
    page = send_and_look(manager_client, "slug,name\nx,X\n")
    addresses = [
        reverse(UPLOAD),
        page.request["PATH_INFO"],
        page.request["PATH_INFO"] + "problems.csv",
        reverse("admin:routing_territory_export", args=["territories", "csv"]),
    ]
    for url in addresses:
        assert manager_client.get(url).status_code == 200, url
        assert marketing_client.get(url).status_code == 403, url
        assert rep_client.get(url).status_code == 403, url
        assert anonymous_client.get(url).status_code == 302, url
    assert marketing_client.post(page.request["PATH_INFO"], {}).status_code == 403
    assert send(marketing_client, "slug,name\ny,Y\n").status_code == 403
    assert TerritoryUpload.objects.count() == 1


def test_uploading_and_applying_ask_for_the_token_of_the_form(manager: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(manager, backend="django.contrib.auth.backends.ModelBackend")
    assert send(strict, "slug,name\nx,X\n").status_code == 403
    assert not TerritoryUpload.objects.exists()


def test_uploads_that_nobody_applied_are_forgotten_after_a_week(manager_client: Client) -> None:
    send(manager_client, "slug,name\nx,X\n")
    TerritoryUpload.objects.update(uploaded_at=timezone.now() - timedelta(days=8))
    send(manager_client, "slug,name\ny,Y\n")
    assert TerritoryUpload.objects.count() == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("what", ["territories", "owners"])
def test_an_export_can_be_uploaded_again_and_differs_in_nothing(
    kind: str, what: str, manager_client: Client
) -> None:
    dach = TerritoryFactory(name="@DACH", slug="dach", countries=["DE"], postal_prefixes=["01"])
    TerritoryOwnerFactory(territory=dach, rep=make_rep(name="Maria Weber"))
    response = manager_client.get(reverse("admin:routing_territory_export", args=[what, kind]))
    assert f'filename="{what}-{timezone.localdate()}.{kind}"' in response["Content-Disposition"]
    sent = send(manager_client, response.content, f"a.{kind}")
    assert "Nothing differs" in manager_client.get(sent["Location"]).content.decode()


def test_an_export_follows_the_filters_of_the_list(manager_client: Client) -> None:
    TerritoryFactory(name="Bavaria", slug="bavaria")
    TerritoryFactory(name="Saxony", slug="saxony")
    url = reverse("admin:routing_territory_export", args=["territories", "csv"])
    text = manager_client.get(url, {"q": "bav"}).content.decode()
    assert "bavaria" in text
    assert "saxony" not in text
    assert manager_client.get(url.replace("csv", "pdf")).status_code == 404


def test_the_pages_of_a_long_difference_show_fifty_each(manager_client: Client) -> None:
    rows = "".join(f"t{n},T{n}\n" for n in range(120))
    page = send_and_look(manager_client, f"slug,name\n{rows}", "?page=3&show=new")
    assert len(page.context["page"].object_list) == 20
    assert page.context["effect"] is None


def test_the_list_finds_gaps_and_shows_who_stands_in_from_above(manager_client: Client) -> None:
    europe = TerritoryFactory(name="Europe", slug="europe")
    dach = TerritoryFactory(name="DACH", slug="dach", parent=europe)
    france = TerritoryFactory(name="France", slug="france", parent=europe)
    asia = TerritoryFactory(name="Asia", slug="asia")
    TerritoryFactory(name="Off", slug="off", is_active=False)
    maria, sam = make_rep(name="Maria Weber"), make_rep(name="Sam Carter")
    TerritoryOwnerFactory(territory=europe, rep=maria, role="AE")
    TerritoryOwnerFactory(territory=dach, rep=sam, role="AE")
    TerritoryOwnerFactory(territory=france, rep=sam, role="SDR", ends_on=timezone.localdate())
    TerritoryOwnerFactory(territory=asia, rep=sam, role="MANAGER")
    url = reverse("admin:routing_territory_changelist")
    shown = {
        row.name: [(one.role, one.rep_name, one.above) for one in row.owners_today]
        for row in manager_client.get(url).context["cl"].result_list
    }
    assert shown == {
        "Asia": [("MANAGER", "Sam Carter", "")],
        "Europe": [("AE", "Maria Weber", "")],
        "DACH": [("AE", "Sam Carter", "")],
        "France": [("AE", "Maria Weber", "Europe")],
        "Off": [],
    }
    for role, names in (("AE", ["Asia"]), ("SDR", ["Asia", "Europe", "DACH", "France"])):
        found = manager_client.get(url, {"gap": role}).context["cl"].result_list
        assert [row.name for row in found] == names, role
    by_owner = manager_client.get(url, {"q": "Sam Carter"}).context["cl"].result_list
    assert {row.name for row in by_owner} == {"DACH", "France", "Asia"}


def test_the_tree_of_five_thousand_is_read_in_a_fixed_number_of_queries(
    manager_client: Client, django_assert_max_num_queries: Any
) -> None:
    parents = Territory.objects.bulk_create(
        Territory(name=f"Region {n}", slug=f"r{n}") for n in range(50)
    )
    Territory.objects.bulk_create(
        Territory(name=f"Patch {n}", slug=f"p{n}", parent=parents[n % 50]) for n in range(4_950)
    )
    for parent in parents[:3]:
        TerritoryOwnerFactory(territory=parent, starts_on=date(2025, 1, 1))
    url = reverse("admin:routing_territory_changelist")
    with django_assert_max_num_queries(13):
        page = manager_client.get(url, {"p": "20"})
    assert len(page.context["cl"].result_list) == 100
    with django_assert_max_num_queries(16):
        gaps = manager_client.get(url, {"gap": "AE"})
    assert gaps.context["cl"].result_count == 5_000 - 3 * 100
