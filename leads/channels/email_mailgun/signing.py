"""Mailgun's signature: fields of the form itself, over a moment and a token, not over the mail.

Source: Mailgun's developer pages, “Securing webhooks”: hex HMAC-SHA256 of timestamp and token; and
“Webhook retries”: what was not taken comes again for eight hours. That it then carries the timestamp it
first had is what other receivers report; Mailgun's pages do not say.
"""

from dataclasses import replace
from hashlib import sha256
from urllib.parse import urlencode

from leads.channels.adapter import Config, Delivery, Proof
from leads.channels.signatures.proving import (
    SECONDS,
    doubt_time,
    mac,
    prove,
    refuse,
    seconds_of,
    to_bytes,
)

METHOD = "hmac-sha256-time-token"
FIELDS = ("timestamp", "token", "signature")
# With five minutes, no mail would survive our being away for ten: its repetitions are not signed anew.
# A copied token is worth little meanwhile: whoever has one may as well send a mail, and the same mail
# is known by its Message-ID.
LATE_SECONDS = 9 * 3600


def verify(delivery: Delivery, config: Config) -> Proof:
    """Says that Mailgun gave this token within nine hours, and nothing about the mail itself."""
    stated, token, signature = (delivery.form.get(name, "") for name in FIELDS)
    if not token:
        return refuse(METHOD, "The field token is missing or empty.")
    doubt = doubt_time(
        stated,
        per_second=SECONDS,
        received_at=delivery.received_at,
        named="The field timestamp",
        late_seconds=LATE_SECONDS,
    )
    if doubt:
        return refuse(METHOD, doubt)

    def make(secret: str) -> list[bytes]:
        return [mac(secret, to_bytes(f"{stated}{token}"))]

    given = [to_bytes(signature)]
    return prove(METHOD, given=given, config=config, make=make, named="The field signature")


def sign(delivery: Delivery, config: Config) -> Delivery:
    """The form with the three fields. Only url-encoded ones, as routes send mail without files."""
    stated = seconds_of(delivery)
    token = sha256(delivery.body).hexdigest()[:50]
    made = mac(config.secrets[0], to_bytes(f"{stated}{token}")).decode()
    added = dict(zip(FIELDS, (stated, token, made), strict=True))
    body = delivery.body + (b"&" if delivery.body else b"") + urlencode(added).encode()
    return replace(delivery, body=body, form={**delivery.form, **added})
