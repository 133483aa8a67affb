"""Each kind of criterion, entered by form, file and configuration, decides about real leads alike."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.models import Lead
from routing.configuration.errors import ConfigurationError
from routing.configuration.importing import import_configuration
from routing.engine.territories import TerritoryIndex
from routing.models import Territory, TerritoryOwner
from routing.selectors.facts import lead_facts
from routing.selectors.plans import list_engine_territories
from routing.territory_files.importing import FileOfTerritories, apply_file
from tests.factories import LeadFactory, TerritoryFactory, TerritoryOwnerFactory, make_rep

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
CRITERIA: dict[str, tuple[dict[str, Any], dict[str, str], dict[str, Any], dict[str, Any]]] = {
    # name: (as stored, as typed, a lead inside, a lead outside)
    "country": ({"countries": ["DE", "AT"]}, {"countries": "DE, AT"}, {"country": "AT"}, {"country": "FR"}),
    "subdivision": (
        {"subdivisions": ["US-CA"]}, {"subdivisions": "US-CA"},
        {"country": "US", "subdivision": "US-CA"}, {"country": "US", "subdivision": "US-NY"},
    ),
    "postal prefix": (
        {"postal_prefixes": ["80", "SW1"]}, {"postal_prefixes": "80, SW1"},
        {"postal_code": "SW1A 1AA"}, {"postal_code": "81000"},
    ),
    "postal range": (
        {"postal_ranges": [["01000", "01999"]]}, {"postal_ranges": "01000–01999"},
        {"postal_code": "01067"}, {"postal_code": "02000"},
    ),
    "industry": (
        {"industries": ["software"]}, {"industries": "software"},
        {"industry": "Software"}, {"industry": "Retail"},
    ),
    "company size": (
        {"employees_min": 50, "employees_max": 200},
        {"employees_min": "50", "employees_max": "200"},
        {"employees": 200}, {"employees": 201},
    ),
    "named account": (
        {"named_domains": ["acme.example"]}, {"named_domains": "acme.example"},
        {"company_domain": "berlin.acme.example"}, {"company_domain": "other.example"},
    ),
}  # fmt: skip


def by_form(typed: dict[str, str], client: Client, **_: Any) -> None:
    data = {"name": "Patch", "slug": "patch", "priority": "0", "is_active": "on"} | typed
    data |= {"owners-TOTAL_FORMS": "0", "owners-INITIAL_FORMS": "0"}
    assert client.post(reverse("admin:routing_territory_add"), data).status_code == 302


def by_file(typed: dict[str, str], **_: Any) -> None:
    cells = ",".join(f'"{text}"' for text in typed.values())
    content = f"slug,name,{','.join(typed)}\npatch,Patch,{cells}\n".encode()
    file = FileOfTerritories(content, "a.csv")
    apply_file(file=file, user=None, today=NOW.date(), now=NOW)


def by_configuration(stored: dict[str, Any], **_: Any) -> None:
    document = {"leadrouter": 1, "territories": [{"slug": "patch", "name": "Patch", **stored}]}
    import_configuration(document=document, now=NOW)


@pytest.mark.parametrize("enter", [by_form, by_file, by_configuration])
@pytest.mark.parametrize("kind", CRITERIA)
def test_a_criterion_means_the_same_however_it_is_entered(
    kind: str, enter: Any, manager_client: Client
) -> None:
    stored, typed, inside, outside = CRITERIA[kind]
    enter(stored=stored, typed=typed, client=manager_client)
    territory = Territory.objects.get()
    assert {name: getattr(territory, name) for name in stored} == stored
    index = TerritoryIndex(list_engine_territories())
    blank = {
        "country": "",
        "postal_code": "",
        "company_domain": "",
        "email_domain": "",
        "industry": "",
    }
    for fields, is_inside in ((inside, True), (outside, False)):
        lead: Lead = LeadFactory(**{**blank, "employees": None, **fields})
        match = index.locate(lead_facts(lead, UTC))
        assert (match is not None) == is_inside, fields


@pytest.mark.parametrize(
    ("stored", "path", "sentence"),
    [
        ({"countries": ["XX"]}, "countries", "“XX” is not a country code."),
        ({"subdivisions": ["US-ZZ"]}, "subdivisions", "“US-ZZ” is not a state or region code"),
        ({"postal_prefixes": ["8?"]}, "postal_prefixes", "“8?” is not the beginning"),
        ({"postal_ranges": [["2", "10"]]}, "postal_ranges", "differ in length"),
        ({"named_domains": ["acme"]}, "named_domains", "“acme” is not a web domain"),
    ],
)
def test_a_configuration_with_a_wrong_value_is_refused_by_its_place(
    stored: dict[str, Any], path: str, sentence: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        by_configuration(stored)
    assert sentence in refusal.value.fields[f"territories[patch].{path}"]
    assert not Territory.objects.exists()


def test_a_configuration_with_two_owners_at_once_is_refused() -> None:
    make_rep(name="Maria Weber")
    make_rep(name="Sam Carter")
    owners = [
        {"rep": "maria-weber", "role": "AE", "starts_on": "2026-01-01"},
        {"rep": "sam-carter", "role": "AE", "starts_on": "2026-02-01"},
    ]
    with pytest.raises(ConfigurationError) as refusal:
        by_configuration({"owners": owners})
    sentence = refusal.value.fields["territories[patch].owners"]
    assert (
        sentence
        == "maria-weber and sam-carter both own it as AE on 01 Feb 2026. End the first by then."
    )
    assert not TerritoryOwner.objects.exists()
    by_configuration({"owners": [owners[0] | {"ends_on": "2026-02-01"}, owners[1]]})
    assert TerritoryOwner.objects.count() == 2


def test_owners_can_be_handed_on_in_a_configuration_whatever_the_order_of_the_rows() -> None:
    territory = TerritoryFactory(slug="patch", name="Patch")
    TerritoryOwnerFactory(
        territory=territory, rep=make_rep(name="Maria Weber"), starts_on=date(2026, 1, 1)
    )
    make_rep(name="Sam Carter")
    owners = [
        {"rep": "sam-carter", "starts_on": "2026-02-01"},
        {"rep": "maria-weber", "starts_on": "2026-01-01", "ends_on": "2026-02-01"},
    ]
    by_configuration({"owners": owners})
    ends = TerritoryOwner.objects.order_by("starts_on").values_list("rep__slug", "ends_on")
    assert list(ends) == [("maria-weber", date(2026, 2, 1)), ("sam-carter", None)]


def test_a_wrong_value_that_is_there_already_does_not_keep_a_configuration_from_coming_back() -> (
    None
):
    TerritoryFactory(slug="patch", name="Patch", countries=["XX"])
    by_configuration({"countries": ["XX"], "priority": 3})
    assert Territory.objects.get().priority == 3
    assert timezone.now() > NOW
