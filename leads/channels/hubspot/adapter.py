"""Contacts of HubSpot."""

from leads.channels.adapter import Adapter, Option
from leads.channels.answers import question_options
from leads.channels.hubspot.fetching import API_HOST, ask, read_answer
from leads.channels.hubspot.parse import make_sample, parse
from leads.channels.hubspot.proving import APP, PROOFS, sign, verify

ADAPTER = Adapter(
    channel="HUBSPOT",
    label="HubSpot",
    parse=parse,
    verify=verify,
    sign=sign,
    api_host=API_HOST,
    ask=ask,
    read_answer=read_answer,
    make_sample=make_sample,
    options=(
        Option(
            "proof",
            "How HubSpot proves itself",
            help_text="An app signs its webhooks; a workflow signs, or sends a secret in a header.",
            default=APP,
            choices=PROOFS,
            group="Connection",
        ),
        Option(
            "header",
            "Header with the secret",
            help_text="Of a workflow that sends one. Empty: X-Webhook-Secret.",
            group="Connection",
        ),
        Option(
            "access_token",
            "Access token",
            help_text="With the scope crm.objects.contacts.read. An app's webhooks hold ids only: "
            "without it no contact can be fetched. Not needed for workflows.",
            is_secret=True,
            group="Connection",
        ),
        Option(
            "sources",
            "Only contacts that come from",
            help_text="HubSpot's words for the source of a change, separated by commas, e.g. FORM, "
            "CRM_UI. Empty: all of them, imports too.",
            group="Connection",
        ),
        *question_options(),
    ),
    steps=(
        (
            "With an app: set its client secret and an access token; in the app open Webhooks, give the "
            "address as target URL and subscribe to contact.creation, contact.privacyDeletion and the "
            "property changes that you want to follow."
        ),
        (
            "With a workflow: add the action Send a webhook (POST, all contact properties), give it the "
            "address, and choose how it proves itself here and there."
        ),
        "Create a contact in HubSpot: it appears below.",
    ),
    secret_label="Client secret",
)
