"""A mailbox on a real IMAP server, read by the sweeper."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from leads.channels.email_in.polling import poll_mailboxes
from leads.models import Endpoint, IntakeItem, IntakeState, Interaction, Lead, MailboxPosition
from leads.services import mailboxes
from leads.services.endpoint_secrets import set_secret
from routing.services.draining import drain
from tests.factories import EndpointFactory
from tests.leads.channels.email_in.imap_server import (
    FOLDER,
    PASSWORD,
    USER,
    list_seen,
    make_folder,
    put_mail,
    run_server,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with run_server() as found:
        yield found


@pytest.fixture
def endpoint(port: int) -> Endpoint:
    """A mailbox that was read once, so that what arrives is new."""
    make_folder(port)
    options = {
        "host": "127.0.0.1", "port": str(port), "security": "none", "user": USER, "folder": FOLDER,
    }  # fmt: skip
    row: Endpoint = EndpointFactory(channel="EMAIL_IN", options=options)
    give_password(row, PASSWORD)
    assert poll() == 0
    return row


def give_password(endpoint: Endpoint, password: str) -> None:
    now = timezone.now()
    set_secret(endpoint=endpoint, name="password", secret=password, overlap=timedelta(), now=now)


def poll(after: timedelta = timedelta()) -> int:
    """Reads what is due at that time from now; everything is due a minute later."""
    MailboxPosition.objects.filter(failures=0).update(due_at=timezone.now())

    def clock() -> datetime:
        return timezone.now() + after

    return poll_mailboxes(clock=clock)


def mail(number: int, text: str = "Hello", **headers: str) -> bytes:
    given = {
        "From": f"Ada Lovelace <ada{number}@example.com>",
        "Message-ID": f"<m{number}@example.com>",
        "Subject": f"Question {number}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return f"{head}\r\n{text}\r\n".encode()


def test_new_mail_becomes_leads_once_and_is_marked_as_read(endpoint: Endpoint, port: int) -> None:
    put_mail(port, mail(1, "Do you deliver?"), mail(2))
    assert poll() == 2
    assert poll() == 0
    drain(clock=timezone.now)
    lead = Lead.objects.get(email="ada1@example.com")
    assert (lead.full_name, lead.message) == ("Ada Lovelace", "Do you deliver?")
    touch = Interaction.objects.get(lead=lead)
    assert (touch.kind, touch.summary) == ("EMAIL", "Question 1")
    assert Lead.objects.count() == 2
    assert list_seen(port) == 2


def test_what_was_there_before_the_mailbox_was_set_up_is_left_alone(port: int) -> None:
    make_folder(port)
    put_mail(port, mail(1))
    options = {
        "host": "127.0.0.1", "port": str(port), "security": "none", "user": USER, "folder": FOLDER,
    }  # fmt: skip
    give_password(EndpointFactory(channel="EMAIL_IN", options=options), PASSWORD)
    assert (poll(), poll()) == (0, 0)
    put_mail(port, mail(2))
    assert poll() == 1
    assert IntakeItem.objects.get().dedupe_key == "mail:m2@example.com"


def test_a_mail_that_comes_twice_counts_once(endpoint: Endpoint, port: int) -> None:
    put_mail(port, mail(1), mail(1))
    poll()
    assert IntakeItem.objects.count() == 1


def test_a_folder_whose_numbers_are_new_is_read_again_and_known_mail_counts_once(
    endpoint: Endpoint, port: int
) -> None:
    put_mail(port, mail(1), mail(2))
    poll()
    before = MailboxPosition.objects.get().uid_validity
    make_folder(port)
    put_mail(port, mail(2), mail(3))
    poll()
    assert MailboxPosition.objects.get().uid_validity != before
    keys = set(IntakeItem.objects.values_list("dedupe_key", flat=True))
    assert keys == {f"mail:m{number}@example.com" for number in (1, 2, 3)}


def test_an_answer_goes_on_with_its_conversation_also_from_another_address(
    endpoint: Endpoint, port: int
) -> None:
    put_mail(port, mail(1))
    poll()
    drain(clock=timezone.now)
    answer = mail(
        7, "Any news?\r\n\r\nOn Monday Ada wrote:\r\n> Hello", References="<m1@example.com> <x@y>"
    )
    put_mail(port, answer)
    poll()
    drain(clock=timezone.now)
    assert Lead.objects.count() == 1
    assert [row.body for row in Interaction.objects.order_by("id")] == ["Hello", "Any news?"]


def test_mail_of_machines_is_only_counted(endpoint: Endpoint, port: int) -> None:
    put_mail(
        port,
        mail(1, Auto_Submitted="auto-replied"),
        mail(2, Return_Path="<>"),
        mail(3, Precedence="bulk"),
    )
    poll()
    item = IntakeItem.objects.get()
    assert (item.dedupe_key, item.state) == ("mail:m3@example.com", IntakeState.QUARANTINED)
    endpoint.refresh_from_db()


def test_a_crash_between_two_mails_loses_and_doubles_nothing(
    endpoint: Endpoint, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_mail(port, *(mail(number) for number in range(4)))
    taken = mailboxes.capture_parsed

    def fail_at_the_third(**given: Any) -> Any:
        if IntakeItem.objects.count() == 2:
            raise KeyboardInterrupt
        return taken(**given)

    with monkeypatch.context() as patched:
        patched.setattr(mailboxes, "capture_parsed", fail_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            poll()
    assert IntakeItem.objects.count() == 2
    assert poll() == 2
    assert IntakeItem.objects.count() == 4


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"folder": "Elsewhere"}, "There is no folder Elsewhere."),
        ({"user": "nobody"}, "refused user name or password"),
        ({"port": "1"}, "cannot be read"),
        ({"port": "http"}, "The port is not a number"),
        ({"host": "mail.example.org"}, "only a server on this machine"),
        ({"host": ""}, "is not set"),
        ({"security": "tls"}, "127.0.0.1"),
    ],
)
def test_a_mailbox_that_cannot_be_read_says_why_and_is_tried_again_later(
    endpoint: Endpoint, changes: dict[str, str], sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.options |= changes
    endpoint.save()
    with caplog.at_level(logging.DEBUG, logger="leads"):
        assert poll() == 0
    row = MailboxPosition.objects.get()
    assert sentence in row.last_error
    assert row.failures == 1
    assert row.due_at > timezone.now() + timedelta(seconds=60)
    assert PASSWORD not in f"{row.last_error} {caplog.text}"


def test_a_broken_mailbox_does_not_stop_another(endpoint: Endpoint, port: int) -> None:
    options = {**endpoint.options, "user": "nobody"}
    give_password(EndpointFactory(channel="EMAIL_IN", options=options), PASSWORD)
    put_mail(port, mail(1))
    assert poll() == 1


def test_a_mailbox_that_is_switched_off_is_not_read(endpoint: Endpoint, port: int) -> None:
    endpoint.is_active = False
    endpoint.save()
    put_mail(port, mail(1))
    assert poll() == 0
    endpoint.is_active = True
    endpoint.save()
    assert poll() == 1


def test_a_mailbox_is_read_by_one_process_at_a_time(endpoint: Endpoint) -> None:
    now = timezone.now()
    MailboxPosition.objects.update(due_at=now)
    assert len(mailboxes.lease_mailboxes(channel="EMAIL_IN", now=now)) == 1
    assert mailboxes.lease_mailboxes(channel="EMAIL_IN", now=now) == []
