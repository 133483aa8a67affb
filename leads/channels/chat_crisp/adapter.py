"""Crisp, by a plugin's hooks (signed) or by a website's (a key in the address)."""

from leads.channels.adapter import Adapter, Config, Delivery, Option, Proof
from leads.channels.chat_crisp.parse import make_sample, parse
from leads.channels.signatures.proving import MILLISECONDS
from leads.channels.signatures.timed_body import TimedBodySignature
from leads.channels.signatures.tokens import AddressToken

SIGNATURE = TimedBodySignature(
    "x-crisp-signature",
    time_header="x-crisp-request-timestamp",
    opening=b"[",
    separator=b";",
    closing=b"]",
    per_second=MILLISECONDS,
)
KEY = AddressToken("key")
PLUGIN, WEBSITE = "plugin", "website"


def verify(delivery: Delivery, config: Config) -> Proof:
    """What the endpoint is set up for; a key never stands in for a signature."""
    return (KEY if _is_of_website(config) else SIGNATURE).verify(delivery, config)


def sign(delivery: Delivery, config: Config) -> Delivery:
    return (KEY if _is_of_website(config) else SIGNATURE).sign(delivery, config)


def _is_of_website(config: Config) -> bool:
    return config.options.get("hook") == WEBSITE


ADAPTER = Adapter(
    channel="CHAT_CRISP",
    label="Crisp",
    parse=parse,
    verify=verify,
    sign=sign,
    make_sample=make_sample,
    options=(
        Option(
            "hook",
            "Kind of hook",
            help_text="Hooks of a plugin are signed; those of a website carry ?key=… instead.",
            default=PLUGIN,
            choices=((PLUGIN, "Of a plugin (signed)"), (WEBSITE, "Of a website (key)")),
            group="Proof",
        ),
    ),
    steps=(
        (
            "Plugin hook: in Crisp's marketplace console open your plugin, Hooks, add the address and "
            "copy the signing secret; set it here."
        ),
        (
            "Website hook: choose “Of a website” here and set a secret of your own; in Crisp open "
            "Settings, Advanced configuration, Web Hooks, and add the address with ?key= and that "
            "secret behind it."
        ),
        (
            "Subscribe to message:send, message:received, session:set_email, session:set_phone and "
            "session:set_nickname."
        ),
        "Write something in the chat of your website and look at the last deliveries below.",
    ),
    secret_label="Signing secret, or the key",
)
