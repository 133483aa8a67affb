"""Columns of a file that are fields of the organisation's own."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import ImportBatch, Lead
from routing.services.draining import drain
from tests.factories import CustomFieldFactory

Upload = Callable[..., ImportBatch]
pytestmark = pytest.mark.django_db

FILE = b"E-mail,Yearly Budget,Geld,Shoe size\nann@lee.example,50k,7,x\nbo@lee.example,a lot,8,y\n"


def test_a_column_called_like_a_field_is_proposed_read_and_doubted_in_the_preview(
    imported: Upload, uploaded: Upload, marketing_client: Client
) -> None:
    CustomFieldFactory(slug="budget", label="yearly budget")
    batch = uploaded(FILE)
    page = marketing_client.get(f"/imports/{batch.public_id}/columns/")
    assert page.context["form"].initial["column_1"] == "custom.budget"
    text = page.content.decode()
    assert '<option value="custom.budget" selected>yearly budget (custom field)</option>' in text
    assert "yearly budget “a lot” is not a number." in text
    imported(FILE, "again.csv")
    drain(clock=timezone.now)
    stored = {lead.email: lead.custom for lead in Lead.objects.all()}
    assert stored == {
        "ann@lee.example": {"budget": 50_000, "Geld": "7", "Shoe size": "x"},
        "bo@lee.example": {"budget": "a lot", "Geld": "8", "Shoe size": "y"},
    }


def test_marketing_maps_any_column_to_a_field_and_the_same_columns_remember_it(
    imported: Upload, uploaded: Upload, marketing_client: Client
) -> None:
    CustomFieldFactory(slug="budget", label="yearly budget")
    imported(FILE, column_1="", column_2="custom.budget")
    drain(clock=timezone.now)
    stored = sorted(lead.custom["budget"] for lead in Lead.objects.all() if lead.custom)
    assert stored == [7, 8]
    batch = uploaded(FILE + b"cy@lee.example,1,9,z\n")
    page = marketing_client.get(f"/imports/{batch.public_id}/columns/")
    assert page.context["form"].initial["column_2"] == "custom.budget"


@pytest.mark.parametrize("field", ["custom.none", "answer.budget", "custom."])
def test_a_field_that_is_not_there_cannot_be_mapped(
    uploaded: Upload, marketing_client: Client, field: str
) -> None:
    CustomFieldFactory(slug="budget", is_active=field != "custom.none")
    batch = uploaded(FILE)
    answer = marketing_client.post(
        f"/imports/{batch.public_id}/columns/",
        {"column_0": "email", "column_1": field, "start": "1"},
    )
    assert answer.status_code == 422
    batch.refresh_from_db()
    assert batch.state == "UPLOADED"


def test_two_columns_for_one_field_are_refused(uploaded: Upload, marketing_client: Client) -> None:
    CustomFieldFactory(slug="budget", label="yearly budget")
    batch = uploaded(FILE)
    chosen = {"column_0": "email", "column_1": "custom.budget", "column_2": "custom.budget"}
    answer = marketing_client.post(f"/imports/{batch.public_id}/columns/", chosen | {"start": "1"})
    assert answer.status_code == 422
    assert "yearly budget is chosen for both" in answer.content.decode()
