"""WhatsApp, by Meta's cloud API."""

from leads.channels.adapter import Adapter, Option
from leads.channels.meta_lead_ads.handshake import shake_hands
from leads.channels.signatures.body import BodySignature
from leads.channels.whatsapp.parse import make_sample, parse

SIGNATURE = BodySignature("x-hub-signature-256", prefixes=("sha256=",))
VERIFY_TOKEN = Option(
    "verify_token",
    "Verify token",
    help_text="Any words; give Meta the same ones.",
    is_secret=True,
    is_required=True,
    group="Connection",
)

ADAPTER = Adapter(
    channel="WHATSAPP",
    label="WhatsApp",
    parse=parse,
    verify=SIGNATURE.verify,
    sign=SIGNATURE.sign,
    shake_hands=shake_hands,
    make_sample=make_sample,
    options=(VERIFY_TOKEN,),
    steps=(
        "Set the app secret (Meta's app dashboard, App settings, Basic) and a verify token of your own.",
        (
            "In the dashboard open WhatsApp, Configuration, and edit the webhook: the address above and "
            "the same verify token. Meta asks at once and is answered."
        ),
        "Subscribe to the field messages.",
        "Write to the number and look at the last deliveries below.",
    ),
    secret_label="App secret",
)
