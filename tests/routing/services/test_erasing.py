"""Whoever is deleted is nowhere any more, in no table."""

from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models import Q

from leads.domain.draft import FIELDS
from leads.domain.envelope import Answer, Consent, Envelope, Kind, Touchpoint
from leads.models import Endpoint, ImportBatch, ImportRow, IntakeItem, Lead, Place
from leads.services.capture_channel import Arrival, capture_parsed
from leads.services.erasing import _EMPTY
from routing.models import Assignment
from tests.factories import CustomFieldFactory, EndpointFactory
from tests.routing.services.conftest import Desk

pytestmark = pytest.mark.django_db
CANARY = "zanzibarite"
# What says nothing about who it was; a new column of a lead belongs here or among those erased.
IMPERSONAL = {
    "id", "public_id", "created_at", "updated_at", "source_id", "channel", "campaign", "stage",
    "score", "grade", "place", "owner_id", "holding_queue_id", "retry_at", "routing_epoch",
    "routing_attempts", "interaction_count", "received_at", "last_received_at", "placed_at",
    "first_touched_at", "closed_at", "erased_at", "deal_value", "deal_currency", "merged_into_id",
    "first_channel_group", "last_channel_group", "marketing_campaign_id",
}  # fmt: skip
WRITTEN_WHEN_CLOSED = {"closed_reason", "parked_reason", "parked_detail", "nurture_track"}


def find_in_all_tables(word: str) -> list[str]:
    found = []
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, kinds)]
        for row in model._default_manager.values(*names) if names else ():
            said = {
                name: bytes(one) if isinstance(one, memoryview) else one
                for name, one in row.items()
            }
            found += [
                f"{model.__name__}.{name}" for name, one in said.items() if word in str(one).lower()
            ]
    return found


def send(endpoint: Endpoint, desk: Desk, envelope: Envelope, raw: bytes = b"{}") -> None:
    arrival = Arrival(endpoint, raw, {}, "2001:db8::1", "agent", True, desk.now)
    capture_parsed(arrival=arrival, parsed=[envelope])
    desk.drain()


def test_every_column_of_a_lead_is_erased_or_says_nothing_about_the_person() -> None:
    columns = {field.attname for field in Lead._meta.concrete_fields}
    assert columns == set(_EMPTY) | IMPERSONAL | WRITTEN_WHEN_CLOSED


def test_a_deleted_person_is_found_in_no_table(desk: Desk) -> None:
    CustomFieldFactory(slug="hobby", label="Hobby", type="TEXT")
    endpoint: Any = EndpointFactory(channel="LINKEDIN_LEAD_GEN")
    told: dict[str, str] = dict.fromkeys(FIELDS, CANARY) | {
        "email": f"{CANARY}@example.com", "phone": "+442079460123", "website": f"{CANARY}.example",
        "country": "GB", "subdivision": "", "employees": "7",
        "industry": "Steel", "products": "pumps", "occurred_at": "", "consent": "yes",
        "external_id": "urn:1", "campaign": "spring", "language": "en",
    }  # fmt: skip
    created = Envelope(
        kind=Kind.LEAD_CREATED,
        dedupe_key="e1",
        thread="urn:1",
        fields=told,
        answers=(Answer("hobby", "Hobby", CANARY),),
        extra={"other": CANARY},
        touchpoint=Touchpoint(kind="FORM", summary=CANARY, text=CANARY),
        consent=Consent(is_given=True, text="I agree.", version="1"),
    )
    send(endpoint, desk, created, raw=CANARY.encode())
    lead = Lead.objects.get()
    assert lead.place == Place.OWNED
    Assignment.objects.update(end_note=f"{CANARY} asked for a discount")
    batch = ImportBatch.objects.create(
        endpoint=endpoint, file_name="x.csv", file_hash="h", size_bytes=1, headers=[],
        created_at=desk.now,
    )  # fmt: skip
    ImportRow.objects.create(
        batch=batch, row_number=1, values=[CANARY], state="ACCEPTED",
        intake_item=IntakeItem.objects.get(),
    )  # fmt: skip
    assert len(find_in_all_tables(CANARY)) > 10
    send(endpoint, desk, Envelope(kind=Kind.LEAD_DELETED, dedupe_key="e2", thread="urn:1"))
    left = [name for name in find_in_all_tables(CANARY) if not name.startswith("Account.")]
    assert left == []
    assert find_in_all_tables("2001:db8") == []
    assert not Assignment.objects.filter(Q(ended_at__isnull=True)).exists()
    lead.refresh_from_db()
    assert (lead.place, lead.erased_at) == (Place.CLOSED, desk.now)
