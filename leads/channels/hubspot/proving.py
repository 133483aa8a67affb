"""How HubSpot proves itself: as an app, as a workflow that signs, or by a secret in a header."""

from leads.channels.adapter import Config, Delivery, Proof
from leads.channels.signatures.tokens import HeaderToken
from leads.channels.signatures.whole_request import RequestHash, RequestSignature

APP, WORKFLOW, HEADER = "app", "workflow", "header"
PROOFS = (
    (APP, "An app's webhook: signature version 3"),
    (WORKFLOW, "A workflow's webhook: signature version 2"),
    (HEADER, "A workflow's webhook: a secret in a header"),
)
_DEFAULT_HEADER = "x-webhook-secret"


def verify(delivery: Delivery, config: Config) -> Proof:
    """Checks what the endpoint's option `proof` demands, and nothing weaker."""
    return _scheme(config).verify(delivery, config)


def sign(delivery: Delivery, config: Config) -> Delivery:
    return _scheme(config).sign(delivery, config)


def _scheme(config: Config) -> RequestSignature | RequestHash | HeaderToken:
    way = str(config.options.get("proof") or APP)
    if way == WORKFLOW:
        return RequestHash("x-hubspot-signature")
    if way == HEADER:
        stated = str(config.options.get("header") or "").strip().lower()
        return HeaderToken(stated or _DEFAULT_HEADER)
    return RequestSignature("x-hubspot-signature-v3", "x-hubspot-request-timestamp")
