"""A mail as Postmark hands it on. Source: Postmark's developer pages, “Inbound webhook”."""

from dataclasses import replace
from datetime import datetime

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.conversations import attachment
from leads.channels.documents import JsonObject
from leads.channels.html_text import html_to_text
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.mail.headers import headers_of_pairs, mail_of_headers
from leads.channels.mail.message import Mail, read_mail
from leads.channels.mail.options import read_own_domains
from leads.channels.samples import json_sample
from leads.domain.envelope import Envelope, Unreadable


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One mail."""
    try:
        document = read_json_object(delivery.body)
    except NotReadableError as problem:
        return [Unreadable(str(problem), "")]
    if "MessageID" not in document and "FromFull" not in document:
        return [Unreadable("It holds neither a MessageID nor a sender: no mail of Postmark.", "")]
    said = JsonObject.of(document)
    key = f"postmark:{text}" if (text := said.text("MessageID")) else ""
    found = read_mail(_read(said), key=key, own_domains=read_own_domains(config.options))
    if isinstance(found, Envelope):
        found = replace(found, warnings=(*found.warnings, *said.warnings))
    return [found]


def _read(said: JsonObject) -> Mail:
    """The header says more than Postmark's own fields, which stand in for what it lacks."""
    headers = headers_of_pairs(
        (one.text("Name"), one.text("Value")) for one in said.objects("Headers")
    )
    sender = said.inner("FromFull")
    address, name = sender.text("Email"), sender.text("Name").replace('"', "")
    stated = {
        "from": f'"{name}" <{address}>' if address else said.text("From"),
        "reply-to": said.text("ReplyTo"),
        "to": said.text("To"),
        "subject": said.text("Subject"),
        "date": said.text("Date"),
    }
    spf = headers.get("received-spf", "").partition(" ")[0].lower()
    return mail_of_headers(
        headers,
        otherwise=stated,
        text=said.text("StrippedTextReply")
        or said.text("TextBody")
        or html_to_text(said.text("HtmlBody")),
        attachments=tuple(
            attachment(one.text("Name"), one.text("ContentType"), one.document.get("ContentLength"))
            for one in said.objects("Attachments")
        ),
        proofs={"spf": spf} if spf else {},
    )


def make_sample(number: int, at: datetime) -> Delivery:
    return json_sample(
        {
            "FromName": f"Ada Example {number}",
            "From": f"ada.example{number}@example.com",
            "FromFull": {
                "Email": f"ada.example{number}@example.com",
                "Name": f"Ada Example {number}",
                "MailboxHash": "",
            },
            "To": "sales@example.org",
            "ToFull": [{"Email": "sales@example.org", "Name": "", "MailboxHash": ""}],
            "Subject": "A question about prices",
            "MessageID": f"00000000-0000-0000-0000-{number:012d}",
            "Date": at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
            "TextBody": "Please call me.\n\n-- \nAda Example",
            "HtmlBody": "",
            "StrippedTextReply": "",
            "Headers": [{"Name": "Message-ID", "Value": f"<mail-{number}@example.com>"}],
            "Attachments": [],
        },
        at,
    )
