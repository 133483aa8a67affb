"""What mail services do with encodings and files."""

import base64
import json
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from leads.channels.adapter import Adapter, Config
from leads.channels.email_mailgun.adapter import ADAPTER as MAILGUN
from leads.channels.email_postmark.adapter import ADAPTER as POSTMARK
from leads.channels.email_sendgrid.adapter import ADAPTER as SENDGRID
from leads.channels.receiving.requests import make_delivery
from leads.domain.envelope import Envelope
from leads.models import IntakeItem
from tests.leads.channels.contract.setups import NOW, address_of, open_endpoint, post, sample

CONFIG = Config("ep", ("lab-secret-1",))


def _multipart(*parts: tuple[str, bytes]) -> bytes:
    lines = [
        b"--B\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + content + b"\r\n"
        for head, content in parts
    ]
    return b"".join(lines) + b"--B--\r\n"


def _read(adapter: Adapter, body: bytes) -> Envelope:
    delivery = make_delivery(
        method="POST",
        url="",
        headers={"content-type": "multipart/form-data; boundary=B"},
        body=body,
        query="",
        client_ip=None,
        received_at=NOW,
    )
    found = adapter.parse(delivery, CONFIG)
    assert isinstance(found[0], Envelope)
    return found[0]


def test_sendgrids_fields_are_read_in_the_encoding_it_names() -> None:
    body = _multipart(
        ('name="headers"', b"Message-ID: <l@example.com>\nFrom: j@example.com\n"),
        ('name="text"', "Grüße, 10 €".encode("cp1252")),
        ('name="charsets"', b'{"text": "windows-1252", "headers": "no-such-thing"}'),
        ('name="attachment1"; filename="plan.pdf"\r\nContent-Type: application/pdf', b"%PDF-"),
    )
    found = _read(SENDGRID, body)
    assert found.fields["message"] == "Grüße, 10 €"
    assert found.touchpoint
    assert [(one["name"], one["size_bytes"]) for one in found.touchpoint.attachments] == [
        ("plan.pdf", 5)
    ]


def test_mailguns_files_are_listed_and_not_kept() -> None:
    body = _multipart(
        ('name="from"', b"Ada <ada@example.com>"),
        ('name="sender"', b"ada@example.com"),
        ('name="Message-Id"', b"<m@example.com>"),
        ('name="body-plain"', b"Hello"),
        ('name="attachment-1"; filename="a.txt"\r\nContent-Type: text/plain', b"secret words"),
    )
    found = _read(MAILGUN, body)
    assert found.touchpoint
    assert found.touchpoint.attachments[0]["name"] == "a.txt"
    assert "secret words" not in str(found)


@pytest.mark.django_db
def test_a_mail_with_a_large_file_is_taken_and_its_bytes_are_kept_once(client: Client) -> None:
    now = timezone.now()
    endpoint = open_endpoint("EMAIL_POSTMARK", now=now)
    plain = sample(POSTMARK, 1, at=now, url=address_of(endpoint))
    file = {
        "Name": "plan.pdf",
        "Content": base64.b64encode(b"x" * 3_000_000).decode(),
        "ContentType": "application/pdf",
        "ContentLength": 3_000_000,
    }
    body = json.dumps({**json.loads(plain.body), "Attachments": [file]}).encode()
    assert post(client, endpoint, replace(plain, body=body)).status_code == 200
    item = IntakeItem.objects.get()
    assert bytes(item.raw) == body
    assert len(json.dumps(item.payload)) < 5_000
    assert item.payload["touchpoint"]["attachments"][0]["size_bytes"] == 3_000_000
