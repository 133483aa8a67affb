"""The webhook for whatever has no channel of its own."""

from leads.channels.adapter import Adapter, Option
from leads.channels.field_mapping import mapping_options
from leads.channels.generic_webhook.parse import make_sample, parse
from leads.channels.generic_webhook.proving import ADDRESS, PROOFS, sign, verify

OPTIONS = (
    Option(
        "proof",
        "How the sender proves itself",
        help_text="All but the first need a secret.",
        default=ADDRESS,
        choices=PROOFS,
        group="Proof",
    ),
    Option(
        "header",
        "Header with the secret or signature",
        help_text="Empty: X-Webhook-Secret, or X-Signature-256 for a signature.",
        group="Proof",
    ),
    Option(
        "event_id",
        "Path to the id of the event",
        help_text="What is the same when the sender sends a lead again. Empty: the lead's own id.",
        group="Shape",
    ),
    Option(
        "items",
        "Path to the list of leads",
        help_text="If one delivery may hold several.",
        group="Shape",
    ),
    Option(
        "is_test",
        "Path to the mark of a test",
        help_text="Where it says yes or true, the lead is kept as a test and nobody gets it.",
        group="Shape",
    ),
)

ADAPTER = Adapter(
    channel="GENERIC_WEBHOOK",
    label="Webhook",
    parse=parse,
    verify=verify,
    sign=sign,
    make_sample=make_sample,
    options=(*OPTIONS, *mapping_options()),
    steps=(
        "Copy the address and give it to the sender as the address of its webhook (method POST).",
        "Choose JSON or a form; both are understood.",
        "If the sender can sign its deliveries or send a header, choose that here and set a secret.",
        "Send a sample to the test box below and fill in the paths of fields that are not found.",
    ),
    secret_label="Secret",
)
