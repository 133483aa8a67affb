"""A mail as a route of Mailgun hands it on. Source: Mailgun's developer pages, “Receiving messages”."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from leads.channels.adapter import Config, Delivery, Parsed
from leads.channels.html_text import html_to_text
from leads.channels.mail.headers import headers_of_pairs, mail_of_headers
from leads.channels.mail.message import Mail, read_mail
from leads.channels.mail.options import read_own_domains
from leads.channels.mail.rfc822 import UnreadableMailError, read_bytes
from leads.channels.samples import form_sample
from leads.domain.envelope import Unreadable

_SPF, _DKIM = "X-Mailgun-Spf", "X-Mailgun-Dkim-Check-Result"
# Names in a form are as in the mail; those of Mailgun's own are in lower case.
_FIELDS = {
    "from": ("From", "from"),
    "to": ("To", "recipient"),
    "reply-to": ("Reply-To",),
    "subject": ("Subject", "subject"),
    "date": ("Date",),
    "message-id": ("Message-Id", "Message-ID"),
    "in-reply-to": ("In-Reply-To",),
    "references": ("References",),
}


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One mail, taken apart by Mailgun or whole (`body-mime`)."""
    form = delivery.form
    if not form:
        return [Unreadable("The form has no fields, or cannot be read.", "")]
    try:
        mail = _read(delivery)
    except UnreadableMailError as problem:
        return [Unreadable(str(problem), "")]
    own = read_own_domains(config.options)
    return [read_mail(mail, key="", own_domains=own)]


def _read(delivery: Delivery) -> Mail:
    """Raises: UnreadableMailError."""
    form = delivery.form
    proofs = {
        name: form[field].lower()
        for name, field in (("spf", _SPF), ("dkim", _DKIM))
        if form.get(field)
    }
    transport = form.get("sender")
    if form.get("body-mime"):
        whole = read_bytes(form["body-mime"].encode("utf-8", "replace"))
        return replace(whole, envelope_from=transport, proofs={**whole.proofs, **proofs})
    if not any(form.get(name) for name in ("from", "From", "sender", "message-headers")):
        raise UnreadableMailError("The form holds no mail: neither from nor sender.")
    return mail_of_headers(
        headers_of_pairs(_list_headers(form)),
        otherwise={
            name: next((form[one] for one in names if form.get(one)), "")
            for name, names in _FIELDS.items()
        },
        text=form.get("stripped-text")
        or form.get("body-plain")
        or html_to_text(form.get("body-html", "")),
        envelope_from=transport.strip("<> ") if transport is not None else None,
        attachments=tuple(delivery.files),
        proofs=proofs,
    )


def _list_headers(form: Mapping[str, str]) -> list[tuple[str, str]]:
    """The list `message-headers`, as far as it is one."""
    try:
        listed = json.loads(form.get("message-headers") or "[]")
    except (ValueError, RecursionError):
        return []
    return [
        (one[0], one[1])
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one)
    ]


def make_sample(number: int, at: datetime) -> Delivery:
    address = f"ada.example{number}@example.com"
    headers = [
        ["Message-Id", f"<mail-{number}@example.com>"],
        ["From", f"Ada Example {number} <{address}>"],
        ["To", "sales@example.org"],
        ["Date", at.strftime("%a, %d %b %Y %H:%M:%S +0000")],
        ["Subject", "A question about prices"],
    ]
    return form_sample(
        {
            "recipient": "sales@example.org",
            "sender": address,
            "from": f"Ada Example {number} <{address}>",
            "subject": "A question about prices",
            "body-plain": "Please call me.\n\n-- \nAda Example",
            "stripped-text": "Please call me.",
            "stripped-signature": "-- \nAda Example",
            "message-headers": json.dumps(headers),
            "attachment-count": "0",
        },
        at,
    )
