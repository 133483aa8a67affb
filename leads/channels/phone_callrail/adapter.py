"""CallRail's webhooks."""

from leads.channels.adapter import Adapter
from leads.channels.phone_callrail.parse import make_sample, parse
from leads.channels.signatures.body import BodySignature
from leads.channels.signatures.proving import Encoding

# Published sources disagree about how it is written.
SIGNATURE = BodySignature("signature", algorithm="sha1", encodings=(Encoding.BASE64, Encoding.HEX))

ADAPTER = Adapter(
    channel="PHONE_CALLRAIL",
    label="CallRail",
    parse=parse,
    verify=SIGNATURE.verify,
    sign=SIGNATURE.sign,
    make_sample=make_sample,
    steps=(
        "In CallRail open Settings, Integrations, Webhooks of the company.",
        (
            "Paste the address once for each event, with the event behind it: ?event=pre-call, "
            "?event=routing-complete, ?event=post-call, ?event=call-modified, ?event=form, ?event=text."
        ),
        "Copy the company's signing key from that page and set it here.",
        "Call a tracking number and look at the last deliveries below.",
    ),
    secret_label="Signing key of the company",
)
