"""Chatwoot, hosted by its maker or by oneself."""

from leads.channels.adapter import Adapter, Config, Delivery, Option, Proof
from leads.channels.chat_chatwoot.parse import make_sample, parse
from leads.channels.signatures.timed_body import TimedBodySignature

SIGNATURE = TimedBodySignature(
    "x-chatwoot-signature", time_header="x-chatwoot-timestamp", prefix="sha256="
)
SIGNED, ADDRESS = "signature", "address"


def verify(delivery: Delivery, config: Config) -> Proof:
    """By the signature, unless the administrator says that the server is too old to sign."""
    if config.options.get("proof") == ADDRESS:
        return Proof(is_valid=True, method=ADDRESS)
    return SIGNATURE.verify(delivery, config)


ADAPTER = Adapter(
    channel="CHAT_CHATWOOT",
    label="Chatwoot",
    parse=parse,
    verify=verify,
    sign=SIGNATURE.sign,
    make_sample=make_sample,
    options=(
        Option(
            "proof",
            "How the server proves itself",
            help_text="Older Chatwoot servers do not sign; then the address itself is the secret.",
            default=SIGNED,
            choices=(
                (SIGNED, "It signs its deliveries"),
                (ADDRESS, "The secret address alone (older servers)"),
            ),
            group="Proof",
        ),
    ),
    steps=(
        "In Chatwoot open Settings, Integrations, Webhooks and add a webhook with the address.",
        "Choose the events contact_created, contact_updated, conversation_created and message_created.",
        (
            "Copy the webhook's secret and set it here. A server that shows none does not sign: choose "
            "“The secret address alone”."
        ),
        "Write something in the chat of your website and look at the last deliveries below.",
    ),
    secret_label="Secret of the webhook",
)
