"""Mail received by Postmark."""

from leads.channels.adapter import Adapter
from leads.channels.email_postmark.parse import make_sample, parse
from leads.channels.mail.options import OWN_DOMAINS
from leads.channels.signatures.tokens import BasicPassword

PASSWORD = BasicPassword()
# Postmark takes 35 MB of files, which are a third longer as text.
BODY_LIMIT = 50 * 1024 * 1024

ADAPTER = Adapter(
    channel="EMAIL_POSTMARK",
    label="E-mail by Postmark",
    parse=parse,
    verify=PASSWORD.verify,
    sign=PASSWORD.sign,
    make_sample=make_sample,
    options=(OWN_DOMAINS,),
    body_limit=BODY_LIMIT,
    steps=(
        "Think of a secret of letters and digits and set it here.",
        (
            "In Postmark open the server's inbound stream, Settings, and enter as webhook the address "
            "with leadrouter: and the secret before the host: https://leadrouter:SECRET@…."
        ),
        "Leave “Include raw email content” off.",
        "Forward your mailbox to the inbound address, or point the MX record of a domain to Postmark.",
        "Send a mail there and look at the last deliveries below.",
    ),
    secret_label="Password in the address",
)
