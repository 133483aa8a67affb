"""Direct messages to an Instagram account."""

from leads.channels.adapter import Adapter
from leads.channels.messenger.parse import INSTAGRAM
from leads.channels.meta_lead_ads.handshake import shake_hands
from leads.channels.whatsapp.adapter import SIGNATURE, VERIFY_TOKEN

ADAPTER = Adapter(
    channel="INSTAGRAM",
    label="Instagram messages",
    parse=INSTAGRAM.parse,
    verify=SIGNATURE.verify,
    sign=SIGNATURE.sign,
    shake_hands=shake_hands,
    make_sample=INSTAGRAM.make_sample,
    options=(VERIFY_TOKEN,),
    steps=(
        "Set the app secret (Meta's app dashboard, App settings, Basic) and a verify token of your own.",
        (
            "In the dashboard open Instagram, Webhooks: callback URL is the address above, with the same "
            "verify token. Meta asks at once and is answered."
        ),
        "Subscribe to messages, messaging_postbacks and messaging_referral.",
        "In the account's settings allow connected tools to read messages.",
        "Write to the account and look at the last deliveries below.",
    ),
    secret_label="App secret",
)
