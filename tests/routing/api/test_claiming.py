"""POST /api/v1/leads/<id>/claim/."""

from typing import Any

import pytest
from django.test import Client

from leads.models import Lead, Place
from routing.models import Assignment, DecisionKind, Outcome
from tests.factories import (
    ApiKeyFactory,
    AssignmentFactory,
    DecisionFactory,
    HoldingQueueFactory,
    LeadFactory,
    make_rep,
)


@pytest.fixture
def offered(rep: Any) -> Lead:
    """Offered in a queue of `rep` by a decision."""
    queue = HoldingQueueFactory()
    queue.reps.add(rep)
    lead: Lead = LeadFactory(offered=True, queue=queue, routing_epoch=1)
    DecisionFactory(
        lead=lead, epoch=1, kind=DecisionKind.RULES, outcome=Outcome.QUEUED, rep=None,
        holding_queue=queue,
    )  # fmt: skip
    return lead


def url(lead: Lead) -> str:
    return f"/api/v1/leads/{lead.public_id}/claim/"


def test_a_rep_claims_an_offered_lead(rep: Any, rep_client: Client, offered: Lead) -> None:
    response = rep_client.post(url(offered))
    assert response.status_code == 200
    answer = response.json()
    assert (answer["rep"], answer["lead"]) == (rep.slug, str(offered.public_id))
    offered.refresh_from_db()
    assert (offered.place, offered.owner) == (Place.OWNED, rep)


def test_who_comes_second_hears_who_was_first(rep: Any, rep_client: Client, offered: Lead) -> None:
    faster = make_rep(name="Bo Faster", team=rep.team)
    queue_id = offered.holding_queue_id
    faster.holding_queues.add(queue_id)
    faster_client = Client()
    faster_client.force_login(faster.user, backend="django.contrib.auth.backends.ModelBackend")
    assert faster_client.post(url(offered)).status_code == 200
    response = rep_client.post(url(offered))
    assert response.status_code == 409
    error = response.json()["error"]
    assert (error["code"], error["winner"]) == ("already_taken", "Bo Faster")
    assert error["message"].startswith("Bo Faster took this lead")
    assert Assignment.objects.get().rep == faster


def test_a_lead_that_was_never_offered_to_the_rep_is_not_found(
    other_rep_client: Client, rep: Any, offered: Lead
) -> None:
    assert other_rep_client.post(url(offered)).status_code == 404
    owned = LeadFactory(owned=True, owner=rep)
    assert other_rep_client.post(url(owned)).status_code == 404
    assert not Assignment.objects.exists()


def test_only_reps_claim(manager_client: Client, client: Client, offered: Lead) -> None:
    assert manager_client.post(url(offered)).status_code == 403
    assert client.post(url(offered)).status_code == 401
    key = ApiKeyFactory()
    by_key = client.post(url(offered), headers={"Authorization": f"Bearer {key.plain}"})
    assert by_key.status_code == 403
    assert not Assignment.objects.exists()


def test_claiming_needs_the_csrf_token_and_is_no_get(rep: Any, offered: Lead) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(rep.user, backend="django.contrib.auth.backends.ModelBackend")
    refused = strict.post(url(offered))
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "permission_denied")
    assert strict.get(url(offered)).status_code == 405
    assert not Assignment.objects.exists()


def test_who_declined_the_lead_is_told_so(rep: Any, rep_client: Client, offered: Lead) -> None:
    AssignmentFactory(rep=rep, lead=offered, ended=True)
    response = rep_client.post(url(offered))
    assert response.status_code == 403
    error = response.json()["error"]
    assert (error["code"], error["message"]) == ("not_entitled", "You declined this lead.")
    offered.refresh_from_db()
    assert (offered.place, Assignment.objects.count()) == (Place.OFFERED, 1)
