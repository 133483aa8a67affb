"""One mail in the shape that all ways of receiving mail are brought to, and what it means.

The lead is whom an answer would go to: Reply-To, else From; never the sender of the envelope, which
is a mail server's business. From proves nothing, so what is known about its proof is kept beside.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import getaddresses
from typing import Any

from leads.channels.mail.quoting import strip_quotes
from leads.domain.envelope import Envelope, Kind, Touchpoint, Unreadable

_BULK = frozenset({"bulk", "junk", "list"})
_ID = re.compile(r"<([^<>\s]{1,240})>")
_REFERENCES_LIMIT = 50
_ADDRESSES_LIMIT = 50
_ADDRESS = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,253}")


@dataclass(frozen=True, slots=True)
class Mail:
    """Header values as they were sent; `headers` by lower-case name, the first of each.

    `envelope_from` is empty for a bounce and None where it is not known. `text` is plain text.
    """

    sender: str
    message_id: str = ""
    reply_to: str = ""
    recipients: str = ""
    subject: str = ""
    text: str = ""
    envelope_from: str | None = None
    in_reply_to: str = ""
    references: str = ""
    sent_at: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[Mapping[str, Any]] = ()
    proofs: Mapping[str, str] = field(default_factory=dict)
    """{"spf": "pass", "dkim": …, "dmarc": …}, as the receiving server found them."""


def read_mail(mail: Mail, *, key: str, own_domains: Sequence[str]) -> Envelope | Unreadable:
    """What the mail means. `key` names it where it has no Message-ID; empty when nothing does.

    A machine's answer, a bounce and our own mail that comes back are only counted (a ping); a mail to
    a list is kept aside. `own_domains` are those of our own Message-IDs.
    """
    own_id = _first_id(mail.message_id)
    dedupe_key = f"mail:{own_id}" if own_id else key
    if _is_of_a_machine(mail, own_id, own_domains):
        return Envelope(kind=Kind.PING, dedupe_key=dedupe_key)
    precedence = mail.headers.get("precedence", "").strip().lower()
    if precedence in _BULK:
        reason = f"Sent to many (Precedence: {precedence}): release it if it is a lead."
        return Unreadable(reason, dedupe_key, {"from": mail.sender, "subject": mail.subject})
    name, address = _who(mail)
    if not address:
        reason = "Neither Reply-To nor From holds an address."
        return Unreadable(reason, dedupe_key, {"from": mail.sender, "subject": mail.subject})
    root = _root_id(mail)
    thread = root or own_id
    whole = "\n".join(mail.text.splitlines()).strip()
    text = strip_quotes(whole) if root else whole
    return Envelope(
        kind=Kind.INTERACTION_ADDED if root else Kind.LEAD_CREATED,
        dedupe_key=dedupe_key,
        external_id=own_id,
        thread=f"mail:{thread}" if thread else "",
        occurred_at=mail.sent_at,
        has_weak_key=not dedupe_key,
        fields={
            name: value
            for name, value in (("full_name", name), ("email", address), ("message", text))
            if value
        },
        extra={
            name: value
            for name, value in (
                ("mail_to", mail.recipients[:500]),
                ("mail_proofs", dict(mail.proofs)),
            )
            if value
        },
        touchpoint=Touchpoint(
            kind="EMAIL", summary=mail.subject, text=text, attachments=tuple(mail.attachments)
        ),
    )


def read_proofs(results: str) -> dict[str, str]:
    """SPF, DKIM and DMARC as an Authentication-Results header states them."""
    found = re.findall(r"\b(spf|dkim|dmarc)=([a-z]{2,12})\b", results[:5000].lower())
    return dict(reversed(found))


def _is_of_a_machine(mail: Mail, own_id: str, own_domains: Sequence[str]) -> bool:
    automatic = mail.headers.get("auto-submitted", "").strip().lower()
    is_ours = own_id.rpartition("@")[2].lower() in {domain.lower() for domain in own_domains}
    return automatic.startswith("auto-") or mail.envelope_from == "" or is_ours


def _who(mail: Mail) -> tuple[str, str]:
    """(name, address) of whom an answer would go to; the name of From where Reply-To has none."""
    written = _addresses(mail.sender)
    for name, address in _addresses(mail.reply_to) or written:
        same = [other for other, known in written if known.lower() == address.lower()]
        return name or next(iter(same), ""), address
    return "", ""


def _addresses(header: str) -> list[tuple[str, str]]:
    try:
        found = getaddresses([header[:2000]]) if header else []
    except RecursionError:  # a thousand brackets within each other
        return []
    return [
        (name, address) for name, address in found[:_ADDRESSES_LIMIT] if _ADDRESS.fullmatch(address)
    ]


def _first_id(header: str) -> str:
    match = _ID.search(header)
    return match[1] if match else ""


def _root_id(mail: Mail) -> str:
    """The first mail of the conversation that this one goes on with; empty for a first one."""
    earlier = _ID.findall(mail.references)[:_REFERENCES_LIMIT]
    return earlier[0] if earlier else _first_id(mail.in_reply_to)
