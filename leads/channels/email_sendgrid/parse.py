"""A mail as SendGrid's parse hook hands it on, taken apart or whole (“Send raw”).

Source: Twilio SendGrid's developer pages, “Inbound parse webhook”.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.conversations import attachment
from leads.channels.documents import JsonObject
from leads.channels.email_sendgrid.charsets import recode
from leads.channels.html_text import html_to_text
from leads.channels.mail.headers import headers_of_text, mail_of_headers
from leads.channels.mail.message import Mail, read_mail
from leads.channels.mail.options import read_own_domains
from leads.channels.mail.rfc822 import UnreadableMailError, read_bytes
from leads.channels.samples import form_sample
from leads.domain.envelope import Unreadable


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One mail."""
    if not delivery.form:
        return [Unreadable("The form has no fields, or cannot be read.", "")]
    try:
        mail = _read(delivery)
    except UnreadableMailError as problem:
        return [Unreadable(str(problem), "")]
    return [read_mail(mail, key="", own_domains=read_own_domains(config.options))]


def _read(delivery: Delivery) -> Mail:
    """Raises: UnreadableMailError."""
    charsets = _read_object(delivery.form, "charsets")
    form = recode(delivery, {name: one for name, one in charsets.items() if isinstance(one, str)})
    transport = _read_object(form, "envelope").get("from")
    envelope_from = transport.strip("<> ") if isinstance(transport, str) else None
    proofs = _list_proofs(form)
    if form.get("email"):
        whole = read_bytes(form["email"].encode("utf-8", "replace"))
        return replace(whole, envelope_from=envelope_from, proofs={**whole.proofs, **proofs})
    if not (form.get("headers") or form.get("from")):
        raise UnreadableMailError("The form holds no mail: neither headers nor from.")
    return mail_of_headers(
        headers_of_text(form.get("headers", "")),
        otherwise={name: form.get(name, "") for name in ("from", "to", "subject")},
        text=form.get("text") or html_to_text(form.get("html", "")),
        envelope_from=envelope_from,
        attachments=_list_files(form, delivery),
        proofs=proofs,
    )


def _list_proofs(form: Mapping[str, str]) -> dict[str, str]:
    """`dkim` is written as {@example.com : pass}, one for each signature."""
    spf, dkim = form.get("SPF", "").strip().lower(), form.get("dkim", "").lower()
    found = {"spf": spf[:20]} if spf else {}
    if ":" in dkim:
        found["dkim"] = "pass" if ": pass" in dkim else "fail"
    return found


def _list_files(form: Mapping[str, str], delivery: Delivery) -> tuple[Mapping[str, Any], ...]:
    """Those that came along, else those that the form tells of."""
    if delivery.files:
        return tuple(delivery.files)
    told = [JsonObject.of(one) for one in _read_object(form, "attachment-info").values()]
    return tuple(
        attachment(one.text("filename") or one.text("name"), one.text("type"))
        for one in told
        if one.document
    )


def _read_object(form: Mapping[str, str], name: str) -> dict[str, Any]:
    try:
        found = json.loads(form.get(name) or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def make_sample(number: int, at: datetime) -> Delivery:
    address = f"ada.example{number}@example.com"
    header = (
        f"Message-ID: <mail-{number}@example.com>\n"
        f"Date: {at:%a, %d %b %Y %H:%M:%S +0000}\n"
        f"From: Ada Example {number} <{address}>\n"
        "To: sales@example.org\n"
        "Subject: A question about prices\n"
    )
    return form_sample(
        {
            "headers": header,
            "from": f"Ada Example {number} <{address}>",
            "to": "sales@example.org",
            "subject": "A question about prices",
            "text": "Please call me.\n\n-- \nAda Example",
            "envelope": json.dumps({"to": ["sales@example.org"], "from": address}),
            "charsets": json.dumps({"to": "UTF-8", "from": "UTF-8", "text": "UTF-8"}),
            "SPF": "pass",
            "dkim": "{@example.com : pass}",
            "spam_score": "0.1",
            "attachments": "0",
        },
        at,
    )
