"""Mail received by SendGrid."""

from leads.channels.adapter import Adapter
from leads.channels.email_sendgrid.parse import make_sample, parse
from leads.channels.mail.options import OWN_DOMAINS
from leads.channels.signatures.tokens import BasicPassword

PASSWORD = BasicPassword()
# SendGrid takes 30 MB.
BODY_LIMIT = 32 * 1024 * 1024

ADAPTER = Adapter(
    channel="EMAIL_SENDGRID",
    label="E-mail by SendGrid",
    parse=parse,
    verify=PASSWORD.verify,
    sign=PASSWORD.sign,
    make_sample=make_sample,
    options=(OWN_DOMAINS,),
    body_limit=BODY_LIMIT,
    steps=(
        "Think of a secret of letters and digits and set it here.",
        "Point the MX record of a domain of its own (such as inbound.example.com) to mx.sendgrid.net.",
        (
            "In SendGrid open Settings, Inbound Parse, add that domain and as URL the address with "
            "leadrouter: and the secret before the host: https://leadrouter:SECRET@…."
        ),
        "Send a mail there and look at the last deliveries below.",
    ),
    secret_label="Password in the address",
)
