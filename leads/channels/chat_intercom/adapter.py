"""The messenger of Intercom."""

from leads.channels.adapter import Adapter
from leads.channels.chat_intercom.parse import make_sample, parse
from leads.channels.signatures.body import BodySignature

SIGNATURE = BodySignature("x-hub-signature", prefixes=("sha1=",), algorithm="sha1")

ADAPTER = Adapter(
    channel="CHAT_INTERCOM",
    label="Intercom",
    parse=parse,
    verify=SIGNATURE.verify,
    sign=SIGNATURE.sign,
    make_sample=make_sample,
    steps=(
        "In Intercom's developer hub create an app for your workspace.",
        "Copy its client secret (Basic information) and set it here.",
        (
            "Under Webhooks paste the address and subscribe to contact.lead.created, "
            "contact.email.updated, contact.deleted, conversation.user.created, conversation.user.replied "
            "and conversation.admin.replied."
        ),
        "Press “Send a test request”: it is counted as a ping below.",
    ),
    secret_label="Client secret of the app",
)
