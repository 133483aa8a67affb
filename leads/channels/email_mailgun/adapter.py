"""Mail received by Mailgun."""

from leads.channels.adapter import Adapter
from leads.channels.email_mailgun.parse import make_sample, parse
from leads.channels.email_mailgun.signing import sign, verify
from leads.channels.mail.options import OWN_DOMAINS

# Mailgun takes 25 MB of mail; a form is a little longer.
BODY_LIMIT = 30 * 1024 * 1024

ADAPTER = Adapter(
    channel="EMAIL_MAILGUN",
    label="E-mail by Mailgun",
    parse=parse,
    verify=verify,
    sign=sign,
    make_sample=make_sample,
    options=(OWN_DOMAINS,),
    body_limit=BODY_LIMIT,
    steps=(
        "Copy the HTTP webhook signing key (Mailgun: Settings, API security) and set it here.",
        "In Mailgun open Receiving, Create route: match your recipient, action Forward to the address.",
        "Forward your mailbox there, or point the MX records of a domain to Mailgun.",
        "Send a mail and look at the last deliveries below.",
    ),
    secret_label="HTTP webhook signing key",
)
