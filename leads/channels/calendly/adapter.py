"""Meetings that somebody booked with Calendly."""

from leads.channels.adapter import Adapter
from leads.channels.answers import question_options
from leads.channels.calendly.parse import make_sample, parse
from leads.channels.signatures.timed_body import TimedBodySignature

SIGNATURE = TimedBodySignature("calendly-webhook-signature")

ADAPTER = Adapter(
    channel="CALENDLY",
    label="Calendly",
    parse=parse,
    verify=SIGNATURE.verify,
    sign=SIGNATURE.sign,
    make_sample=make_sample,
    options=question_options(),
    steps=(
        "Make a signing key (any long random text) and set it here.",
        (
            "Create a webhook subscription by Calendly's API (POST /webhook_subscriptions) with the "
            "address, the same signing_key, and the events invitee.created, invitee.canceled, "
            "invitee_no_show.created and, if you use routing forms, routing_form_submission.created."
        ),
        "Book a meeting with yourself: it appears below.",
    ),
    secret_label="Signing key",
)
