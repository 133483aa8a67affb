"""What happens though nobody asks for it."""

import pytest
from django.core import mail
from django.core.management import call_command

from leads.models import IntakeState, Place
from routing.models import OutboxMessage, SlaTimer
from routing.selectors.invariants import INVARIANTS, find_violations
from routing.services.sending import send_due
from routing.services.sweeping import sweep
from tests.factories import make_manager
from tests.routing.services.conftest import Desk

pytestmark = pytest.mark.django_db


def test_a_delivery_nobody_took_is_routed_after_some_seconds(desk: Desk) -> None:
    item = desk.receive()
    sweep(clock=lambda: desk.now)
    item.refresh_from_db()
    assert item.state == IntakeState.RECEIVED  # a worker may still be on its way

    desk.wait(seconds=6)
    sweep(clock=lambda: desk.now)
    item.refresh_from_db()
    assert item.state == IntakeState.LINKED


def test_a_missed_promise_is_recorded_once_and_the_manager_told(desk: Desk) -> None:
    lead = desk.route()
    team = lead.owner.team
    team.manager = make_manager()
    team.save()
    desk.wait(minutes=11)
    assert sweep(clock=lambda: desk.now).breached == 2
    assert sweep(clock=lambda: desk.now).breached == 0

    assert SlaTimer.objects.get(kind="FIRST_TOUCH").breached_at == desk.now
    assert OutboxMessage.objects.get(kind="SLA_BREACHED").recipient == team.manager.email


def test_leads_of_an_inactive_rep_are_routed_to_others(desk: Desk) -> None:
    lead = desk.route()
    gone = lead.owner
    gone.is_active, gone.deactivated_at = False, desk.now
    gone.save()
    desk.wait(minutes=3)
    assert sweep(clock=lambda: desk.now).taken_back == 1

    lead.refresh_from_db()
    assert lead.place == Place.OWNED
    assert lead.owner != gone
    assert find_violations(desk.now) == []


def test_the_outbox_sends_each_message_once_with_a_stable_id(desk: Desk) -> None:
    lead = desk.route(full_name="Ada\r\nBcc: eve@example.com")
    assert send_due(clock=lambda: desk.now).sent == 1
    assert send_due(clock=lambda: desk.now).sent == 0

    message, sent = OutboxMessage.objects.get(), mail.outbox[0]
    assert sent.to == [lead.owner.user.email]
    assert "\n" not in sent.subject
    assert sent.extra_headers["Message-ID"] == f"<outbox-{message.pk}@testserver>"
    assert str(lead.public_id) in sent.body
    assert message.state == "SENT"


def test_a_mail_server_that_is_down_is_tried_again_later_and_at_last_given_up(
    desk: Desk, settings
) -> None:
    desk.route()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    for expected in range(1, 9):
        assert send_due(clock=lambda: desk.now).sent == 0
        assert OutboxMessage.objects.get().attempts == expected
        desk.wait(hours=11)
    message = OutboxMessage.objects.get()
    assert (message.state, "Connection refused" in message.last_error) == ("DEAD", True)


def test_check_invariants_passes_on_sound_data_and_names_what_is_broken(desk: Desk, capsys) -> None:
    lead = desk.route()
    # The clock of the command is the real one, so an unsent message of the past would be a finding.
    OutboxMessage.objects.update(state="SENT")
    call_command("check_invariants")
    assert capsys.readouterr().out.count(" holds ") == len(INVARIANTS)

    type(lead).objects.filter(pk=lead.pk).update(
        owner=next(r for r in desk.reps if r != lead.owner)
    )
    with pytest.raises(SystemExit):
        call_command("check_invariants", "--quiet")
    assert (
        f"I6 BROKEN A lead's owner and its open assignment differ. {lead.pk}"
        in capsys.readouterr().out
    )
