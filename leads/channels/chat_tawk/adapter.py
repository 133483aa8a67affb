"""The chat of tawk.to."""

from leads.channels.adapter import Adapter
from leads.channels.chat_tawk.parse import make_sample, parse
from leads.channels.signatures.body import BodySignature

SIGNATURE = BodySignature("x-tawk-signature", algorithm="sha1")

ADAPTER = Adapter(
    channel="CHAT_TAWK",
    label="tawk.to",
    parse=parse,
    verify=SIGNATURE.verify,
    sign=SIGNATURE.sign,
    make_sample=make_sample,
    steps=(
        "In tawk.to open Administration, Settings, Webhooks and create a webhook with the address.",
        "Choose the events chat start, chat end, chat transcript and new ticket.",
        "Copy the webhook's secret key and set it here.",
        "Write something in the chat of your website and look at the last deliveries below.",
    ),
    secret_label="Secret key of the webhook",
)
