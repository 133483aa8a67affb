"""Leads in the admin: found, moved and understood, hardly edited."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.models import Lead, Place
from leads.selectors.searching import search_leads
from routing.models import Assignment, Decision, DecisionKind
from tests.factories import (
    AccountFactory,
    AssignmentFactory,
    HoldingQueueFactory,
    LeadFactory,
    RepFactory,
)

pytestmark = pytest.mark.django_db


def test_a_manager_gives_a_lead_to_a_rep_by_hand(manager_client: Client, manager: Any) -> None:
    row, rep = AssignmentFactory(), RepFactory(name="Maria Weber")
    url = reverse("admin:leads_lead_assign", args=[row.lead_id])
    assert ">Assign</button>" in manager_client.get(url).content.decode()
    response = manager_client.post(url, {"rep": rep.pk, "reason": "Speaks Polish"}, follow=True)
    assert "now belongs to Maria Weber" in response.content.decode()
    lead = Lead.objects.get()
    assert (lead.place, lead.owner) == (Place.OWNED, rep)
    decision = Decision.objects.filter(kind=DecisionKind.MANUAL).get()
    assert (decision.decided_by, decision.reason) == (manager, "Speaks Polish")


def test_a_manager_parks_and_releases_a_lead(manager_client: Client) -> None:
    lead = AssignmentFactory().lead
    manager_client.post(reverse("admin:leads_lead_park", args=[lead.pk]), {"reason": "Wait"})
    assert Lead.objects.get().place == Place.PARKED
    queue = HoldingQueueFactory()
    url = reverse("admin:leads_lead_release", args=[lead.pk])
    manager_client.post(url, {"holding_queue": queue.pk, "reason": "Anyone"})
    lead = Lead.objects.get()
    assert (lead.place, lead.holding_queue_id) == (Place.OFFERED, queue.pk)


def test_marketing_moves_no_lead(marketing_client: Client) -> None:
    row = AssignmentFactory()
    before = Lead.objects.values().get()
    for step in ("assign", "park", "release"):
        url = reverse(f"admin:leads_lead_{step}", args=[row.lead_id])
        assert marketing_client.post(url, {"reason": "x", "rep": row.rep_id}).status_code == 403
    assert Lead.objects.values().get() == before
    assert Assignment.objects.count() == 1


def test_correcting_a_name_leaves_place_and_owner_alone(manager_client: Client) -> None:
    """Workers move leads while people type: only what was changed is written."""
    lead = LeadFactory(parked=True)
    url = reverse("admin:leads_lead_change", args=[lead.pk])
    form = manager_client.get(url).context["adminform"].form
    data = {name: form.initial.get(name) or "" for name in form.fields} | {"first_name": "Augusta"}
    for inline in manager_client.get(url).context["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = manager_client.post(url, data)
    assert response.status_code == 302
    (update,) = [q["sql"] for q in queries if q["sql"].startswith('UPDATE "leads_lead"')]
    assert '"first_name"' in update
    assert '"place"' not in update
    assert Lead.objects.get().first_name == "Augusta"


def test_leads_are_found_by_address_number_name_and_id() -> None:
    lead = LeadFactory(
        email="ada@acme.example", phone_e164="+493012345678", last_name="Lovelace", full_name="Ada"
    )
    lead.account = AccountFactory(name="Hospital Berlin GmbH", name_key="hospital berlin")
    lead.save()
    LeadFactory(last_name="Hopper")
    everyone = Lead.objects.all()
    for term in (
        "ADA@acme.example",
        "+49 30 1234-5678",
        "love",
        "Ada Lovelace",
        "Hosp",
        str(lead.public_id),
    ):
        assert list(search_leads(everyone, term)) == [lead], term
    for term in ("nobody@acme.example", "Lovelaces", "%", "'; drop", "0" * 200, "x\x00y"):
        assert not search_leads(everyone, term).exists(), term
    assert search_leads(everyone, "  ").count() == 2


def test_a_search_for_anything_answers(manager_client: Client) -> None:
    LeadFactory()
    for term in ("x", "@", "\x00", "🙂", "a" * 5000, "12345678901234567890"):
        url = reverse("admin:leads_lead_changelist")
        assert manager_client.get(url, {"q": term}).status_code in {200, 302}, term
