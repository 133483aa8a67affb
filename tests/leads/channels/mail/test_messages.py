"""What mails mean, on well-formed and on broken ones."""

import random
from typing import Any

import pytest

from leads.channels.html_text import html_to_text
from leads.channels.mail.message import Mail, read_mail, read_proofs
from leads.channels.mail.quoting import strip_quotes
from leads.channels.mail.rfc822 import UnreadableMailError, read_bytes
from leads.domain.envelope import Envelope, Kind, Unreadable, to_payload


def read(**given: Any) -> Envelope | Unreadable:
    mail = Mail(**{"sender": "Ada <ada@example.com>", "message_id": "<m1@example.com>", **given})
    return read_mail(mail, key="k", own_domains=["ours.example"])


def test_the_lead_is_whom_an_answer_would_go_to() -> None:
    found = read(sender="Form <form@web.example>", reply_to="ada@example.com")
    assert isinstance(found, Envelope)
    assert found.fields["email"] == "ada@example.com"
    assert "full_name" not in found.fields
    same = read(sender="Ada Lovelace <ADA@example.com>", reply_to="ada@example.com")
    assert isinstance(same, Envelope)
    assert same.fields["full_name"] == "Ada Lovelace"


@pytest.mark.parametrize(
    "given",
    [
        {"headers": {"auto-submitted": "auto-generated"}},
        {"envelope_from": ""},
        {"message_id": "<1@OURS.example>"},
    ],
)
def test_mail_of_a_machine_is_a_ping(given: Any) -> None:
    found = read(**given)
    assert isinstance(found, Envelope)
    assert found.kind is Kind.PING


def test_a_person_who_says_so_is_no_machine() -> None:
    found = read(headers={"auto-submitted": "no"}, envelope_from="ada@example.com")
    assert isinstance(found, Envelope)
    assert found.kind is Kind.LEAD_CREATED


@pytest.mark.parametrize("sender", ["", "undisclosed", "<>", "@", "Ada <>"])
def test_mail_without_an_address_is_kept_aside(sender: str) -> None:
    assert isinstance(read(sender=sender), Unreadable)


def test_an_answer_belongs_to_the_first_mail_of_its_conversation() -> None:
    first = read()
    later = read(message_id="<m3@x>", references="<m1@example.com> <m2@x>", in_reply_to="<m2@x>")
    assert isinstance(first, Envelope)
    assert isinstance(later, Envelope)
    assert first.thread == later.thread == "mail:m1@example.com"
    assert later.kind is Kind.INTERACTION_ADDED


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Yes.\n\n> No?\n> Really?", "Yes."),
        ("Yes.\n\nOn Mon, 5 Jan 2026, Bo wrote:\n> No?", "Yes."),
        ("> You said this\nand I answer in between", "> You said this\nand I answer in between"),
        (
            "-----Original Message-----\nforwarded only",
            "-----Original Message-----\nforwarded only",
        ),
        ("> only a quote", ""),
        ("", ""),
    ],
)
def test_what_is_quoted_below_is_left_out(text: str, own: str) -> None:
    assert strip_quotes(text) == own


def test_the_verdicts_of_the_receiving_server_are_kept() -> None:
    said = "mx.example; spf=pass smtp.mailfrom=x; dkim=fail; dmarc=none (p=none)"
    assert read_proofs(said) == {"spf": "pass", "dkim": "fail", "dmarc": "none"}


def test_a_page_becomes_its_words() -> None:
    page = "<style>x{}</style><p>Hello&nbsp;<b>Ada</b></p><script>alert(1)</script><div>Bye</div>"
    assert html_to_text(page) == "Hello Ada\n\nBye" or html_to_text(page) == "Hello Ada\nBye"


MULTIPART = (
    b"From: =?utf-8?q?Ad=C3=A1?= <ada@example.com>\r\nMessage-ID: <1@x>\r\nSubject: =?utf-8?b?w5xiZXI=?=\r\n"
    b"Date: Mon, 05 Jan 2026 10:30:00 +0100\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n"
    b"--B\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n<p>Gr\xfc\xdfe</p>\r\n"
    b"--B\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment;"
    b" filename=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--B--\r\n"
)


def test_a_mail_of_parts_is_read_with_its_character_sets_and_attachments() -> None:
    mail = read_bytes(MULTIPART)
    assert (mail.subject, mail.text) == ("Über", "Grüße")
    assert mail.sent_at
    assert mail.sent_at.isoformat() == "2026-01-05T10:30:00+01:00"
    assert mail.attachments == (
        {"name": "a.pdf", "content_type": "application/pdf", "size_bytes": 3},
    )
    found = read_mail(mail, key="k", own_domains=())
    assert isinstance(found, Envelope)
    assert found.fields["full_name"] == "Adá"


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"Subject: x\r\n\r\n", b"\x00" * 100])
def test_bytes_that_are_no_mail_are_refused_with_a_sentence(raw: bytes) -> None:
    with pytest.raises(UnreadableMailError, match=r"no mail|cannot be read"):
        read_bytes(raw)


def test_no_damage_to_a_mail_makes_reading_fail() -> None:
    chance = random.Random(7)
    for _ in range(400):
        raw = bytearray(MULTIPART)
        for _ in range(chance.randint(1, 12)):
            position = chance.randrange(len(raw))
            raw[position : position + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 4))
        try:
            mail = read_bytes(bytes(raw))
        except UnreadableMailError:
            continue
        found = read_mail(mail, key="k", own_domains=())
        if isinstance(found, Envelope):
            to_payload(found)
