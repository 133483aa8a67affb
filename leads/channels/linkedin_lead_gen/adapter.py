"""Lead gen forms of LinkedIn."""

from leads.channels.adapter import Adapter, Option
from leads.channels.answers import question_options
from leads.channels.linkedin_lead_gen.fetching import API_HOST, API_VERSION, ask, read_answer
from leads.channels.linkedin_lead_gen.handshake import shake_hands
from leads.channels.linkedin_lead_gen.parse import make_sample, parse
from leads.channels.signatures.body import BodySignature

# What is signed begins with these words; some accounts see them in the header as well.
SIGNATURE = BodySignature("x-li-signature", prefixes=("", "hmacsha256="), literal=b"hmacsha256=")

ADAPTER = Adapter(
    channel="LINKEDIN_LEAD_GEN",
    label="LinkedIn lead gen forms",
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
            "access_token",
            "Access token",
            help_text="With the permission r_marketing_leadgen_automation. LinkedIn sends ids only: "
            "without it no lead can be fetched. It ends after 60 days.",
            is_secret=True,
            is_required=True,
            group="Connection",
        ),
        Option(
            "api_version",
            "Version of the API",
            help_text="Year and month, such as 202509; LinkedIn ends each after about a year.",
            default=API_VERSION,
            group="Connection",
        ),
        *question_options(),
    ),
    steps=(
        "Set the client secret of your LinkedIn app and an access token.",
        (
            "In the app's page open Webhooks and add the address (https). LinkedIn asks at once, and every "
            "two hours from then on, and is answered; three failures block the address."
        ),
        "Subscribe to leads of your ad account (leadNotifications).",
        "Send a test lead from the form's preview in Campaign Manager: it appears below as a test.",
    ),
    secret_label="Client secret",
)
