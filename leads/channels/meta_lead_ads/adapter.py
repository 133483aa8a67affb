"""Lead ads of Facebook and Instagram."""

from leads.channels.adapter import Adapter, Option
from leads.channels.answers import question_options
from leads.channels.meta_lead_ads.fetching import API_HOST, ask, read_answer
from leads.channels.meta_lead_ads.handshake import shake_hands
from leads.channels.meta_lead_ads.parse import make_sample, parse
from leads.channels.signatures.body import BodySignature

SIGNATURE = BodySignature("x-hub-signature-256", prefixes=("sha256=",))

ADAPTER = Adapter(
    channel="META_LEAD_ADS",
    label="Meta lead ads (Facebook, Instagram)",
    parse=parse,
    verify=SIGNATURE.verify,
    sign=SIGNATURE.sign,
    shake_hands=shake_hands,
    api_host=API_HOST,
    ask=ask,
    read_answer=read_answer,
    make_sample=make_sample,
    options=(
        Option(
            "verify_token",
            "Verify token",
            help_text="Any words; give Meta the same ones.",
            is_secret=True,
            is_required=True,
            group="Connection",
        ),
        Option(
            "access_token",
            "Page access token",
            help_text="With the permission leads_retrieval. Meta sends ids only: without it no lead "
            "can be fetched.",
            is_secret=True,
            is_required=True,
            group="Connection",
        ),
        *question_options(),
    ),
    steps=(
        "Set the app secret (App settings, Basic), a verify token of your own and a page access token.",
        (
            "In the app's dashboard open Webhooks, choose the object Page and subscribe: callback URL is "
            "the address above, verify token the same words as here. Meta asks at once and is answered."
        ),
        "Subscribe to the field leadgen, and install the app on the page.",
        "Create a lead in Meta's Lead Ads Testing Tool: it appears below as a test.",
    ),
    secret_label="App secret",
)
