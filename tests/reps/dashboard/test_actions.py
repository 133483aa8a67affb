"""What a rep does with a lead, with and without JavaScript, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import Interaction, Lead, Place, Stage
from reps.models import Rep
from routing.models import Assignment, EndReason, SlaKind
from tests.factories import (
    AssignmentFactory,
    DecisionFactory,
    HoldingQueueFactory,
    LeadFactory,
    SlaTimerFactory,
)

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def _url(lead: Lead, action: str) -> str:
    return f"/leads/{lead.public_id}/{action}/"


def _mine(rep: Rep, **fields: Any) -> Assignment:
    row = AssignmentFactory(rep=rep, **fields)
    for kind in (SlaKind.FIRST_TOUCH, SlaKind.ACCEPTANCE):
        SlaTimerFactory(assignment=row, kind=kind)
    return row  # type: ignore[no-any-return]


def _say(answer: Any) -> str:
    return str(answer.content.decode())


def test_claiming_makes_an_offered_lead_mine(rep: Rep, rep_client: Client) -> None:
    lead = LeadFactory(offered=True, queue=HoldingQueueFactory(teams=[rep.team]))
    answer = rep_client.post(_url(lead, "claim"), {"next": "board"}, follow=True)
    lead.refresh_from_db()
    assert (lead.place, lead.owner) == (Place.OWNED, rep)
    assert f"{lead} is yours." in _say(answer)
    assert f'<a href="/leads/{lead.public_id}/">Open</a>' in _say(answer)
    assert answer.redirect_chain[-1][0] == "/my/"


def test_a_name_in_a_notice_is_never_markup(rep: Rep, rep_client: Client) -> None:
    queue = HoldingQueueFactory(teams=[rep.team])
    lead = LeadFactory(offered=True, queue=queue, first_name="<b>Bo</b>")
    answer = rep_client.post(_url(lead, "claim"), {"next": "board"}, **HTMX)
    assert "&lt;b&gt;Bo&lt;/b&gt;" in _say(answer)
    assert "<b>Bo" not in _say(answer)


def test_the_loser_of_a_race_is_told_who_was_faster(
    rep: Rep, other_rep: Rep, rep_client: Client, other_rep_client: Client
) -> None:
    queue = HoldingQueueFactory(reps=[rep, other_rep])
    lead = LeadFactory(offered=True, queue=queue)
    DecisionFactory(lead=lead, queued=True, holding_queue=queue, epoch=lead.routing_epoch)
    rep_client.post(_url(lead, "claim"), {"next": "board"})
    answer = other_rep_client.post(_url(lead, "claim"), {"next": "board"}, **HTMX)
    assert "Maria Weber took this lead" in _say(answer)
    assert f'id="offer-{lead.pk}"' not in _say(answer)
    assert Assignment.objects.filter(lead=lead).count() == 1


def test_a_queue_one_is_not_entitled_to_cannot_be_claimed_from(
    rep_client: Client, other_rep: Rep
) -> None:
    lead = LeadFactory(offered=True, queue=HoldingQueueFactory(teams=[other_rep.team]))
    assert rep_client.post(_url(lead, "claim")).status_code == 404
    assert not Assignment.objects.exists()


def test_accepting_stops_the_acceptance_clock(rep: Rep, rep_client: Client) -> None:
    row = _mine(rep)
    answer = rep_client.post(_url(row.lead, "accept"), {"next": "lead"})
    row.refresh_from_db()
    assert row.accepted_at is not None
    assert row.timers.get(kind=SlaKind.ACCEPTANCE).met_at is not None
    assert answer.url == f"/leads/{row.lead.public_id}/"


def test_accepting_on_the_open_board_answers_with_the_board(rep: Rep, rep_client: Client) -> None:
    row = _mine(rep)
    answer = rep_client.post(_url(row.lead, "accept"), {"next": "board"}, **HTMX)
    assert answer.status_code == 200
    assert answer["HX-Retarget"] == "#board"
    assert f"You accepted {row.lead}." in _say(answer)
    assert f"accept-{row.lead.pk}" not in _say(answer)


def test_declining_needs_a_reason(rep: Rep, rep_client: Client) -> None:
    row = _mine(rep)
    answer = rep_client.post(_url(row.lead, "decline"), {"reason": ""})
    row.refresh_from_db()
    assert answer.status_code == 422
    assert "This field is required." in _say(answer)
    assert row.ended_at is None
    assert not Interaction.objects.exists()


def test_another_reason_must_be_put_into_words(rep: Rep, rep_client: Client) -> None:
    row = _mine(rep)
    answer = rep_client.post(_url(row.lead, "decline"), {"reason": "Other", "note": " "})
    row.refresh_from_db()
    assert "Say in a few words what the reason is." in _say(answer)
    assert row.ended_at is None


def test_a_declined_lead_leaves_with_its_reason(rep: Rep, rep_client: Client) -> None:
    row = _mine(rep)
    given = {"reason": "Not my territory", "note": "Lives in Lyon", "next": "board"}
    answer = rep_client.post(_url(row.lead, "decline"), given, **HTMX)
    row.refresh_from_db()
    assert (row.end_reason, row.end_note) == (
        EndReason.DECLINED,
        "Not my territory: Lives in Lyon",
    )
    assert answer["HX-Trigger"] == "dialog:close"
    assert f'id="lead-{row.lead.pk}"' not in _say(answer)


def test_a_lead_that_has_moved_on_cannot_be_declined(
    rep: Rep, other_rep: Rep, rep_client: Client
) -> None:
    lead = LeadFactory()
    AssignmentFactory(rep=rep, lead=lead, ended=True)
    theirs = AssignmentFactory(rep=other_rep, lead=lead)
    answer = rep_client.post(_url(lead, "decline"), {"reason": "Not a real lead"}, follow=True)
    theirs.refresh_from_db()
    assert "This lead is not with you any more. It is with Sam Carter now." in _say(answer)
    assert theirs.ended_at is None


def test_a_logged_call_stops_the_first_touch_clock(rep: Rep, rep_client: Client) -> None:
    row = _mine(rep)
    rep_client.post(
        _url(row.lead, "touch"),
        {"kind": "CALL", "outcome": "left a message", "body": "Back on Monday"},
    )
    row.refresh_from_db()
    call = Interaction.objects.get(kind=Interaction.Kind.CALL)
    assert (call.summary, call.body, call.actor) == (
        "Call: left a message",
        "Back on Monday",
        rep.user,
    )
    assert row.first_touched_at == call.occurred_at
    assert row.timers.get(kind=SlaKind.FIRST_TOUCH).met_at is not None


def test_a_note_is_no_touch(rep: Rep, rep_client: Client) -> None:
    row = _mine(rep)
    rep_client.post(_url(row.lead, "touch"), {"kind": "NOTE", "body": "Looks   promising"})
    row.refresh_from_db()
    assert Interaction.objects.get().summary == "Looks promising"
    assert row.first_touched_at is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": "CALL"}, "Say how it went."),
        ({"kind": "NOTE"}, "Write the note."),
        ({"kind": "FAX", "outcome": "sent"}, "Select a valid choice."),
        ({"kind": "CALL", "outcome": "sent", "occurred_at": "soon"}, "Enter a valid date/time."),
    ],
)
def test_an_incomplete_touch_is_refused(
    given: dict[str, str], sentence: str, rep: Rep, rep_client: Client
) -> None:
    row = _mine(rep)
    answer = rep_client.post(_url(row.lead, "touch"), given)
    assert answer.status_code == 422
    assert sentence in _say(answer)
    assert not Interaction.objects.exists()


def test_a_touch_in_the_future_is_refused(rep: Rep, rep_client: Client) -> None:
    row = _mine(rep)
    later = (timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    given = {"kind": "CALL", "outcome": "reached", "occurred_at": later}
    assert "This is in the future" in _say(rep_client.post(_url(row.lead, "touch"), given))
    assert not Interaction.objects.exists()


def test_a_won_lead_keeps_its_value(rep: Rep, rep_client: Client) -> None:
    row = _mine(rep)
    given = {"stage": "WON", "deal_value": "12500.50", "deal_currency": "EUR"}
    rep_client.post(_url(row.lead, "close"), given)
    row.lead.refresh_from_db()
    assert (row.lead.stage, row.lead.place) == (Stage.WON, Place.CLOSED)
    assert (str(row.lead.deal_value), row.lead.deal_currency) == ("12500.50", "EUR")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"stage": "LOST"}, "Say why; marketing learns from it."),
        ({"stage": "WON", "deal_value": "5"}, "Choose the currency."),
        ({"stage": "WON", "deal_value": "-5"}, "greater than or equal to 0"),
        ({"stage": "NEW"}, "Select a valid choice."),
    ],
)
def test_an_incomplete_end_is_refused(
    given: dict[str, str], sentence: str, rep: Rep, rep_client: Client
) -> None:
    row = _mine(rep)
    answer = rep_client.post(_url(row.lead, "close"), given)
    row.lead.refresh_from_db()
    assert answer.status_code == 422
    assert sentence in _say(answer)
    assert row.lead.place == Place.OWNED


@pytest.mark.parametrize("action", ["accept", "decline", "touch", "close"])
def test_nobody_acts_on_a_lead_they_may_not_see(
    action: str, rep_client: Client, other_rep: Rep
) -> None:
    row = _mine(other_rep)
    given = {"reason": "Other", "note": "x", "kind": "NOTE", "body": "x", "stage": "LOST"}
    assert rep_client.post(_url(row.lead, action), given).status_code == 404
    row.refresh_from_db()
    assert (row.accepted_at, row.ended_at) == (None, None)
    assert not Interaction.objects.exists()


@pytest.mark.parametrize("action", ["claim", "accept"])
def test_actions_need_a_post(action: str, rep: Rep, rep_client: Client) -> None:
    assert rep_client.get(_url(_mine(rep).lead, action)).status_code == 405


@pytest.mark.parametrize("action", ["decline", "touch", "close"])
def test_forms_work_as_pages_and_as_dialog_content(
    action: str, rep: Rep, rep_client: Client
) -> None:
    url = _url(_mine(rep).lead, action)
    page, piece = rep_client.get(url), rep_client.get(url, {"next": "board"}, **HTMX)
    assert "<!doctype html>" in _say(page)
    assert "<!doctype html>" not in _say(piece)
    assert 'id="dialog-title"' in _say(piece)
    assert f'hx-post="{url}"' in _say(piece)
