"""Lead form assets of Google Ads."""

from leads.channels.adapter import Adapter, Config, Delivery, Reply
from leads.channels.answers import question_options
from leads.channels.google_lead_form.parse import KEY, make_sample, parse
from leads.channels.signatures.tokens import BodyToken

PROOF = BodyToken(KEY)


def reply(delivery: Delivery, config: Config) -> Reply:
    """Google expects an empty object."""
    return Reply(body="{}", content_type="application/json")


ADAPTER = Adapter(
    channel="GOOGLE_LEAD_FORM",
    label="Google Ads lead form",
    parse=parse,
    verify=PROOF.verify,
    sign=PROOF.sign,
    reply=reply,
    make_sample=make_sample,
    options=question_options(),
    steps=(
        "Make a key (any random text of up to 50 characters) and set it here.",
        (
            "In Google Ads open the lead form asset, Export leads from Google Ads, Other data integration "
            "options, and fill in the address as webhook URL and the same key."
        ),
        "Press Send test data: the test appears below and is never given to a rep.",
    ),
    secret_label="Webhook key",
)
