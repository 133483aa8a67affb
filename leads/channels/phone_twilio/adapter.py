"""Calls and text messages by Twilio."""

from leads.channels.adapter import Adapter, Option
from leads.channels.phone_twilio.parse import make_sample, parse
from leads.channels.phone_twilio.replying import GREETING, reply
from leads.channels.signatures.address_and_form import AddressAndFormSignature

SIGNATURE = AddressAndFormSignature(
    "x-twilio-signature", settings_header="x-twilio-webhooks-signature-settings"
)

ADAPTER = Adapter(
    channel="PHONE_TWILIO",
    label="Twilio calls and texts",
    parse=parse,
    verify=SIGNATURE.verify,
    sign=SIGNATURE.sign,
    reply=reply,
    make_sample=make_sample,
    options=(
        Option(
            "forward_to",
            "Number to forward calls to",
            help_text="With its country, e.g. +15550100001. Empty: the caller hears the words below.",
            group="What a caller hears",
        ),
        Option(
            "greeting",
            "Words when nobody answers",
            help_text="Read out when calls are not forwarded, or nobody takes the call.",
            default=GREETING,
            group="What a caller hears",
        ),
        Option(
            "record",
            "Record forwarded calls",
            help_text="In many places callers must be told, or must agree.",
            default="no",
            choices=(("no", "No"), ("yes", "Yes")),
            group="What a caller hears",
        ),
    ),
    steps=(
        "Copy the auth token of your Twilio account (console, Account info) and set it here.",
        (
            "In the console open the number and, under Voice, set “A call comes in” to Webhook, the "
            "address, HTTP POST; set “Call status changes” to the same address."
        ),
        "Under Messaging set “A message comes in” to the same address, HTTP POST.",
        "Leave the fallback empty or point it to the same address.",
        "Call the number and look at the last deliveries below.",
    ),
    secret_label="Auth token",
)
