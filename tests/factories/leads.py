"""Sources, deliveries, accounts and leads."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from leads.models import (
    Account,
    ApiKey,
    CustomField,
    DuplicatePair,
    Endpoint,
    ImportBatch,
    IntakeItem,
    IntakeState,
    Interaction,
    Lead,
    LeadIdentity,
    LeadMerge,
    ParkedReason,
    Place,
    Source,
    Stage,
)
from leads.services.api_keys import hash_api_key


def make_payload(**fields: str) -> dict[str, Any]:
    """The payload of a delivery with these raw fields over a name, an e-mail and a company."""
    known = {
        "full_name": "Ada Lovelace",
        "email": "ada@analytical.example",
        "company": "Analytical",
    }
    touch = {"landing_url": "", "referrer": "", "utm": {}, "click_ids": {}}
    return {"fields": known | fields, "touch": touch, "extra": {}}


class SourceFactory(DjangoModelFactory):
    class Meta:
        model = Source

    name = factory.Sequence(lambda number: f"Source {number}")
    slug = factory.Sequence(lambda number: f"source-{number}")
    kind = Source.Kind.WEBSITE


class EndpointFactory(DjangoModelFactory):
    class Meta:
        model = Endpoint

    source = factory.SubFactory(SourceFactory)
    channel = Endpoint.Channel.API


class ApiKeyFactory(DjangoModelFactory):
    """The row has `plain`, the secret itself, which the database never sees."""

    class Meta:
        model = ApiKey

    secret = factory.Sequence(lambda number: f"lr_test-key-{number:06d}")
    endpoint = factory.SubFactory(EndpointFactory)
    name = factory.Sequence(lambda number: f"Program {number}")
    prefix = factory.LazyAttribute(lambda key: key.secret[:8])
    key_hash = factory.LazyAttribute(lambda key: hash_api_key(key.secret))

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **fields: Any) -> ApiKey:
        secret = fields.pop("secret")
        row: ApiKey = super()._create(model_class, *args, **fields)
        row.plain = secret  # type: ignore[attr-defined]
        return row


class IntakeItemFactory(DjangoModelFactory):
    """A delivery that waits. `fields={"email": …}` sets raw fields."""

    class Meta:
        model = IntakeItem
        exclude = ("fields",)

    class Params:
        dead = factory.Trait(state=IntakeState.DEAD, last_error="It went wrong.", attempts=5)

    fields = factory.Sequence(lambda number: {"email": f"person{number}@company{number}.example"})
    endpoint = factory.SubFactory(EndpointFactory)
    dedupe_key = factory.Sequence(lambda number: f"key-{number}")
    payload = factory.LazyAttribute(lambda item: make_payload(**item.fields))
    raw = factory.LazyAttribute(lambda item: json.dumps(item.payload["fields"]).encode())
    body_hash = factory.LazyAttribute(lambda item: hashlib.sha256(item.raw).hexdigest())
    received_at = factory.LazyFunction(timezone.now)


class AccountFactory(DjangoModelFactory):
    class Meta:
        model = Account

    name = factory.Sequence(lambda number: f"Company {number}")
    name_key = factory.LazyAttribute(lambda account: account.name.lower())
    domain = factory.Sequence(lambda number: f"company{number}.example")


class CustomFieldFactory(DjangoModelFactory):
    """A number; slugs are never used twice."""

    class Meta:
        model = CustomField

    slug = factory.Sequence(lambda number: f"field_{number}")
    label = factory.LazyAttribute(lambda field: field.slug.replace("_", " "))
    type = CustomField.Type.NUMBER


class LeadFactory(DjangoModelFactory):
    """A new lead that waits.

    `owned=True`, `offered=True`, `parked=True`, `nurtured=True` or `closed=True` put it there.
    An owned lead made here has no assignment: `AssignmentFactory` makes both.
    """

    class Meta:
        model = Lead
        skip_postgeneration_save = True

    class Params:
        owned = factory.Trait(
            place=Place.OWNED, owner=factory.SubFactory("tests.factories.reps.RepFactory")
        )
        offered = factory.Trait(
            place=Place.OFFERED,
            queue=factory.SubFactory("tests.factories.routing.HoldingQueueFactory"),
            holding_queue_id=factory.LazyAttribute(lambda lead: lead.queue.pk),
        )
        parked = factory.Trait(
            place=Place.PARKED,
            parked_reason=ParkedReason.NO_REP_AVAILABLE,
            parked_detail="Everybody is off shift.",
        )
        nurtured = factory.Trait(
            place=Place.NURTURED, stage=Stage.NURTURING, nurture_track="newsletter"
        )
        closed = factory.Trait(
            place=Place.CLOSED,
            stage=Stage.LOST,
            closed_reason="No budget",
            closed_at=factory.LazyAttribute(lambda lead: lead.received_at + timedelta(days=1)),
        )
        queue = None

    first_name = "Ada"
    last_name = factory.Sequence(lambda number: f"Lovelace {number}")
    full_name = factory.LazyAttribute(lambda lead: f"{lead.first_name} {lead.last_name}")
    email = factory.Sequence(lambda number: f"ada{number}@company{number}.example")
    email_domain = factory.LazyAttribute(lambda lead: lead.email.rpartition("@")[2])
    company_name = factory.Sequence(lambda number: f"Company {number}")
    company_domain = factory.SelfAttribute("email_domain")
    country = "US"
    source = factory.SubFactory(SourceFactory)
    channel = Endpoint.Channel.WEB_FORM
    received_at = factory.LazyFunction(timezone.now)
    last_received_at = factory.SelfAttribute("received_at")
    placed_at = factory.SelfAttribute("received_at")

    @factory.post_generation
    def identities(self, create: bool, given: Any, **_: Any) -> None:
        """The addresses that mean this person, as ingesting would have stored them."""
        if create:
            known = {LeadIdentity.Kind.EMAIL: self.email, LeadIdentity.Kind.PHONE: self.phone_e164}
            LeadIdentity.objects.bulk_create(
                LeadIdentity(lead=self, kind=kind, value=value)
                for kind, value in known.items()
                if value
            )


class InteractionFactory(DjangoModelFactory):
    class Meta:
        model = Interaction

    lead = factory.SubFactory(LeadFactory)
    kind = Interaction.Kind.FORM
    occurred_at = factory.SelfAttribute("lead.received_at")
    summary = "Asked for a demo"


class ImportBatchFactory(DjangoModelFactory):
    class Meta:
        model = ImportBatch

    endpoint = factory.SubFactory(EndpointFactory, channel=Endpoint.Channel.IMPORT)
    file_name = factory.Sequence(lambda number: f"fair-{number}.csv")
    file_hash = factory.Sequence(lambda number: hashlib.sha256(str(number).encode()).hexdigest())
    size_bytes = 1000
    headers = factory.LazyFunction(lambda: ["Name", "E-mail"])
    created_at = factory.LazyFunction(timezone.now)


class DuplicatePairFactory(DjangoModelFactory):
    """Two parked leads that may be one."""

    class Meta:
        model = DuplicatePair

    one = factory.SubFactory(LeadFactory, parked=True)
    other = factory.SubFactory(LeadFactory, parked=True)
    points = 20.0
    evidence = factory.LazyFunction(
        lambda: [{"field": "name", "sentence": "The names are the same.", "weight": 15.0}]
    )
    found_at = factory.LazyFunction(timezone.now)


class LeadMergeFactory(DjangoModelFactory):
    """A row of history; its leads are not really one."""

    class Meta:
        model = LeadMerge

    kept = factory.SubFactory(LeadFactory, parked=True)
    merged = factory.SubFactory(LeadFactory, parked=True)
    merged_at = factory.LazyFunction(timezone.now)
    reason = "The evidence was reviewed."
    snapshot = factory.LazyFunction(
        lambda: {
            "kept": {"city": ["", "Bonn"]},
            "merged": {"interaction_count": 0},
            "moved": {"items": [], "interactions": [], "identities": []},
        }
    )
