"""Forms of Typeform."""

from leads.channels.adapter import Adapter
from leads.channels.answers import question_options
from leads.channels.signatures.body import BodySignature
from leads.channels.signatures.proving import Encoding
from leads.channels.typeform.parse import make_sample, parse

SIGNATURE = BodySignature("typeform-signature", prefixes=("sha256=",), encodings=(Encoding.BASE64,))

ADAPTER = Adapter(
    channel="TYPEFORM",
    label="Typeform",
    parse=parse,
    verify=SIGNATURE.verify,
    sign=SIGNATURE.sign,
    make_sample=make_sample,
    options=question_options(),
    steps=(
        "Make a secret (any long random text) and set it here.",
        (
            "In Typeform open the form, Connect, Webhooks, add the address and edit it: the same secret, "
            "and verification of SSL on. Switch the webhook on."
        ),
        (
            "Press Send test request: it appears below as a test when it holds Typeform's own example "
            "address, else as a lead."
        ),
        "Give your questions telling references (email, company), or name them below.",
    ),
    secret_label="Secret",
)
