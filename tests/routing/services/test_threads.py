"""Deliveries about one person that come in any order, together or apart, and end alike."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.domain.envelope import Answer, Consent, Envelope, Kind, Touchpoint
from leads.models import (
    Endpoint,
    IntakeItem,
    IntakeState,
    Interaction,
    Lead,
    LeadIdentity,
    Place,
)
from leads.services.capture_channel import Arrival, capture_parsed
from routing.models import Assignment, Decision
from routing.selectors.invariants import find_violations
from tests.factories import CustomFieldFactory, EndpointFactory
from tests.routing.services.conftest import NOW, Desk

pytestmark = pytest.mark.django_db
ADA = {"full_name": "Ada Lovelace", "email": "ada@example.com", "phone": "+442079460123"}


def event(number: int, kind: Kind = Kind.LEAD_CREATED, **changes: Any) -> Envelope:
    """The number is its place in time."""
    given: dict[str, Any] = {
        "dedupe_key": f"e{number}",
        "thread": "record:1",
        "occurred_at": NOW - timedelta(hours=24 - number),
    }
    return Envelope(kind=kind, **(given | changes))


CREATED = event(1, fields={**ADA, "company": "Analytical", "job_title": "Analyst"})
UPDATED = event(2, Kind.LEAD_UPDATED, fields={"job_title": "Director", "phone": "+442079460999"})
MOVED = event(3, Kind.LEAD_UPDATED, fields={"company": "Example GmbH", "full_name": "Ada King"})
DELETED = event(4, Kind.LEAD_DELETED)


@pytest.fixture
def endpoint() -> Endpoint:
    return EndpointFactory(channel="LINKEDIN_LEAD_GEN")


def send(desk: Desk, endpoint: Endpoint, *envelopes: Envelope) -> None:
    capture_parsed(
        arrival=Arrival(
            endpoint, b'{"raw": "ada@example.com"}', {}, "2001:db8::1", "x", True, desk.now
        ),
        parsed=envelopes,
    )


ORDERS = list(permutations((CREATED, UPDATED, MOVED)))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("is_together", [True, False])
def test_a_record_and_its_changes_in_every_order_are_one_lead_with_the_same_values(
    desk: Desk, endpoint: Endpoint, order: tuple[Envelope, ...], is_together: bool
) -> None:
    for one in order:
        send(desk, endpoint, one)
        if not is_together:
            desk.drain()
            desk.wait(minutes=1)
    desk.drain()
    lead = Lead.objects.get()
    assert (lead.email, lead.full_name) == ("ada@example.com", "Ada King")
    assert (lead.job_title, lead.company_name) == ("Director", "Example GmbH")
    assert lead.phone_e164 == "+442079460999"
    assert lead.place == Place.OWNED
    assert Interaction.objects.filter(lead=lead).count() == 3
    assert set(IntakeItem.objects.values_list("state", flat=True)) == {IntakeState.LINKED}
    assert Decision.objects.filter(lead=lead).count() == 1
    assert not list(find_violations(now=desk.now))


@pytest.mark.parametrize("order", list(permutations((CREATED, UPDATED, DELETED))))
@pytest.mark.parametrize("is_together", [True, False])
def test_a_record_that_is_deleted_leaves_nothing_personal_in_every_order(
    desk: Desk, endpoint: Endpoint, order: tuple[Envelope, ...], is_together: bool
) -> None:
    for one in order:
        send(desk, endpoint, one)
        if not is_together:
            desk.drain()
    desk.drain()
    for lead in Lead.objects.all():
        assert (lead.place, lead.owner, lead.email, lead.full_name) == (Place.CLOSED, None, "", "")
    assert not Assignment.objects.filter(ended_at__isnull=True).exists()
    assert not LeadIdentity.objects.exclude(kind="THREAD").exists()
    told = IntakeItem.objects.exclude(dedupe_key=DELETED.dedupe_key)  # which names nobody itself
    kept = [
        list(rows.values()) for rows in (told, Interaction.objects.all(), Decision.objects.all())
    ]
    for canary in ("ada@", "Lovelace", "Analyt", "Director", "9460", "2001:db8"):
        assert canary not in str(kept)
    assert not list(find_violations(now=desk.now + timedelta(minutes=10)))
    send(desk, endpoint, event(5, Kind.LEAD_UPDATED, fields=ADA))
    desk.drain()
    assert not Lead.objects.exclude(place=Place.CLOSED).exists()
    assert "ada@" not in str(list(told.values("payload", "raw")))


def test_a_deletion_leaves_what_other_sources_know_and_says_so(
    desk: Desk, endpoint: Endpoint
) -> None:
    desk.receive(**ADA)
    desk.drain()
    send(desk, endpoint, CREATED)
    desk.drain()
    send(desk, endpoint, DELETED)
    desk.drain()
    lead = Lead.objects.get()
    assert (lead.email, lead.place) == ("ada@example.com", Place.OWNED)
    assert Interaction.objects.filter(
        lead=lead, kind="STATUS", summary__contains="Deletion"
    ).exists()
    told = IntakeItem.objects.get(dedupe_key="e1")
    assert (told.payload["fields"], bytes(told.raw)) == ({}, b"")
    send(desk, endpoint, event(6, Kind.LEAD_UPDATED, fields={"job_title": "Spy"}))
    desk.drain()
    lead.refresh_from_db()
    assert lead.job_title != "Spy"


SAID = Touchpoint(kind="CHAT", text="Is anybody there?")
CHAT = event(1, Kind.INTERACTION_ADDED, thread="chat:1", touchpoint=SAID)
MORE = event(
    2, Kind.INTERACTION_ADDED, thread="chat:1", touchpoint=Touchpoint(kind="CHAT", text="Hi")
)
WHO = event(3, Kind.LEAD_UPDATED, thread="chat:1", fields={"email": "ada@example.com"})


@pytest.mark.parametrize("order", list(permutations((CHAT, MORE, WHO))))
@pytest.mark.parametrize("is_together", [True, False])
def test_a_chat_that_names_nobody_waits_until_it_does_and_all_of_it_lands_on_one_lead(
    desk: Desk, endpoint: Endpoint, order: tuple[Envelope, ...], is_together: bool
) -> None:
    for one in order:
        send(desk, endpoint, one)
        if not is_together:
            desk.drain()
    desk.drain()
    lead = Lead.objects.get()
    timeline = Interaction.objects.filter(lead=lead).order_by("occurred_at")
    assert [row.body for row in timeline] == ["Is anybody there?", "Hi", ""]
    assert [row.kind for row in timeline][:2] == ["CHAT", "CHAT"]
    assert IntakeItem.objects.filter(state=IntakeState.LINKED, lead=lead).count() == 3


def test_what_waits_for_a_name_is_no_dead_letter_and_says_why(
    desk: Desk, endpoint: Endpoint
) -> None:
    send(desk, endpoint, CHAT)
    desk.drain()
    item = IntakeItem.objects.get()
    assert (item.state, item.lead) == (IntakeState.UNREACHABLE, None)
    assert "how to reach" in item.last_error
    assert not list(find_violations(now=desk.now + timedelta(hours=1)))


def test_equal_names_of_conversations_at_two_endpoints_are_two_conversations(
    desk: Desk, endpoint: Endpoint
) -> None:
    other = EndpointFactory(channel="CHAT_CHATWOOT")
    send(desk, endpoint, WHO)
    send(desk, other, CHAT)
    desk.drain()
    assert IntakeItem.objects.get(endpoint=other).state == IntakeState.UNREACHABLE


def test_a_call_keeps_its_length_and_recording_on_the_timeline(
    desk: Desk, endpoint: Endpoint
) -> None:
    call = Touchpoint(
        kind="CALL", summary="Call of 2 min", duration_seconds=120, was_answered=True,
        recording_url="https://calls.example/1", transcript=(("Ada", "Hello"),),
    )  # fmt: skip
    send(desk, endpoint, event(1, fields=ADA, touchpoint=call))
    desk.drain()
    row = Interaction.objects.get()
    assert (row.kind, row.summary) == ("CALL", "Call of 2 min")
    assert row.data["touchpoint"]["duration_seconds"] == 120
    assert row.data["touchpoint"]["recording_url"] == "https://calls.example/1"
    assert row.data["touchpoint"]["transcript"] == [["Ada", "Hello"]]


def test_answers_and_consent_become_what_rules_and_people_read(
    desk: Desk, endpoint: Endpoint
) -> None:
    CustomFieldFactory(slug="budget", label="Budget", type="NUMBER", kind="ANSWER")
    answers = (Answer("q_17", "Budget", "5000"), Answer("colour", "Colour", "red"))
    consent = Consent(is_given=True, text="I agree.", version="3")
    send(desk, endpoint, event(1, fields=ADA, answers=answers, consent=consent))
    desk.drain()
    lead = Lead.objects.get()
    assert lead.custom == {"answer.budget": 5000, "colour": "red"}
    assert lead.consent is True
    assert Interaction.objects.get().data["consent"]["version"] == "3"


def test_a_correction_wakes_no_lead_that_was_closed_and_a_message_does(
    desk: Desk, endpoint: Endpoint
) -> None:
    send(desk, endpoint, CREATED)
    desk.drain()
    lead = Lead.objects.get()
    Assignment.objects.update(ended_at=desk.now, end_reason="LOST")
    Lead.objects.update(place=Place.CLOSED, owner=None, closed_at=desk.now, closed_reason="no")
    send(desk, endpoint, UPDATED)
    desk.drain()
    lead.refresh_from_db()
    assert (lead.place, lead.job_title) == (Place.CLOSED, "Director")
    send(desk, endpoint, event(9, Kind.INTERACTION_ADDED, touchpoint=SAID))
    desk.drain()
    lead.refresh_from_db()
    assert lead.place == Place.OWNED


def test_threads_cost_a_batch_a_constant_number_of_statements(
    desk: Desk, endpoint: Endpoint
) -> None:
    def count(number: int, start: int) -> int:
        for n in range(start, start + number):
            fields = {"email": f"ada{n}@company{n}.example"}
            send(desk, endpoint, event(1, dedupe_key=f"a{n}", thread=f"t{n}", fields=fields))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            desk.drain(batch_size=100)
        return len(seen)

    count(2, 0)
    assert count(3, 10) == count(30, 100)
