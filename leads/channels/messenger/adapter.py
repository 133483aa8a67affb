"""Messages to a Facebook page."""

from leads.channels.adapter import Adapter
from leads.channels.messenger.parse import MESSENGER
from leads.channels.meta_lead_ads.handshake import shake_hands
from leads.channels.whatsapp.adapter import SIGNATURE, VERIFY_TOKEN

ADAPTER = Adapter(
    channel="MESSENGER",
    label="Messenger",
    parse=MESSENGER.parse,
    verify=SIGNATURE.verify,
    sign=SIGNATURE.sign,
    shake_hands=shake_hands,
    make_sample=MESSENGER.make_sample,
    options=(VERIFY_TOKEN,),
    steps=(
        "Set the app secret (Meta's app dashboard, App settings, Basic) and a verify token of your own.",
        (
            "In the dashboard open Messenger, Webhooks: callback URL is the address above, with the same "
            "verify token. Meta asks at once and is answered."
        ),
        "Subscribe the page to messages, messaging_postbacks, messaging_referrals and message_echoes.",
        "Write to the page and look at the last deliveries below.",
    ),
    secret_label="App secret",
)
