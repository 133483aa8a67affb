"""A mailbox of the organisation: each mail is a lead, or goes on with a conversation."""

import hashlib
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from leads.channels.adapter import Adapter, Config, Delivery, Option, Parsed
from leads.channels.mail.message import read_mail
from leads.channels.mail.options import OWN_DOMAINS, read_own_domains
from leads.channels.mail.rfc822 import UnreadableMailError, read_bytes
from leads.domain.envelope import Unreadable

PASSWORD = "password"  # noqa: S105 -- the name of an option
BODY_LIMIT = 25 * 1024 * 1024
SECURITY = (
    ("tls", "TLS (port 993)"),
    ("starttls", "STARTTLS (port 143)"),
    ("none", "None: only a server on this machine"),
)
MARKS = (("seen", "Mark it as read"), ("none", "Leave it as it is"))


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One mail, its bytes being the body."""
    key = f"mail:sha256:{hashlib.sha256(delivery.body).hexdigest()}"
    try:
        mail = read_bytes(delivery.body)
    except UnreadableMailError as problem:
        return [Unreadable(str(problem), key)]
    return [read_mail(mail, key=key, own_domains=read_own_domains(config.options))]


def make_sample(number: int, at: datetime) -> Delivery:
    message = EmailMessage()
    message["From"] = f"Ada Example {number} <ada.example{number}@example.com>"
    message["To"] = "sales@example.org"
    message["Subject"] = "A question"
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<sample-{number}@example.com>"
    message.set_content("Do you deliver to Bremen?\n")
    return Delivery(
        method="POST",
        url="",
        headers={"content-type": "message/rfc822"},
        body=message.as_bytes(),
        received_at=at,
    )


ADAPTER = Adapter(
    channel="EMAIL_IN",
    label="E-mail (mailbox)",
    parse=parse,
    make_sample=make_sample,
    body_limit=BODY_LIMIT,
    is_polled=True,
    options=(
        Option("host", "Mail server (IMAP)", is_required=True, help_text="e.g. imap.example.org"),
        Option("port", "Port", help_text="Empty: the usual one."),
        Option("security", "Encryption", default="tls", choices=SECURITY),
        Option("user", "User name", is_required=True),
        Option(PASSWORD, "Password", is_secret=True, help_text="Best one for this program alone."),
        Option("folder", "Folder", default="INBOX"),
        Option("mark", "After a mail was taken", default="seen", choices=MARKS),
        OWN_DOMAINS,
    ),
    steps=(
        "Make a mailbox that only leads write to, e.g. sales@, or forward to one.",
        "Let its server give a password for this program, if it offers that.",
        "Fill in server, user and password below and save. The mailbox is read every minute.",
        "Mail that was there before is left alone.",
        "Send a mail to it and look at the last deliveries.",
    ),
)
