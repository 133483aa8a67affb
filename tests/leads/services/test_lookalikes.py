"""An address that only looks like another one is another person's, whatever else they say."""

from typing import Any

import pytest
from django.utils import timezone

from leads.models import DuplicatePair, IntakeItem, Lead
from leads.services.ingesting import ingest_items
from tests.factories import EndpointFactory, IntakeItemFactory

pytestmark = pytest.mark.django_db
ADA = {"full_name": "Ada Lovelace", "company": "Analytical", "job_title": "Head of Engines"}


def ingest(*people: dict[str, str]) -> list[Lead]:
    endpoint = EndpointFactory()
    items = [IntakeItemFactory(endpoint=endpoint, fields={**ADA, **one}) for one in people]
    rows: Any = IntakeItem.objects.select_related("endpoint__source").order_by("pk")
    found = ingest_items(
        items=list(rows.filter(pk__in=[one.pk for one in items])), now=timezone.now()
    )
    return [Lead.objects.get(pk=pk) for pk in found.lead_ids]


@pytest.mark.parametrize("is_first", [True, False])
def test_a_lookalike_is_not_merged_with_its_latin_twin(is_first: bool) -> None:
    latin, other = {"email": "ada@example.com"}, {"email": "ada@exаmple.com"}
    one, two = ingest(*((other, latin) if is_first else (latin, other)))
    assert one.pk != two.pk
    assert {one.email, two.email} == {"ada@example.com", "ada@xn--exmple-4nf.com"}
    assert not Lead.objects.exclude(merged_into=None).exists()


def test_a_lookalike_that_comes_in_later_is_not_merged_either() -> None:
    (latin,) = ingest({"email": "ada@example.com"})
    (other,) = ingest({"email": "ada@exаmple.com"})
    assert other.pk != latin.pk
    assert latin.merged_into_id is None
    assert other.merged_into_id is None
    warnings = other.interactions.get().data["warnings"]
    assert "email_lookalike" in {one["code"] for one in warnings}
    assert DuplicatePair.objects.count() <= 1  # a person may be asked, nothing is done


def test_not_even_an_equal_phone_merges_a_lookalike_with_its_twin() -> None:
    """Who imitates an address copies the signature too, with the number in it."""
    (latin,) = ingest({"email": "ada@example.com", "phone": "+14155550101"})
    (other,) = ingest({"email": "ada@exаmple.com", "phone": "+14155550101"})
    assert other.pk != latin.pk
    latin.refresh_from_db()
    assert latin.email == "ada@example.com"
    assert (latin.interaction_count, other.merged_into_id) == (1, None)
