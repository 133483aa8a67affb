"""Senders that follow the Standard Webhooks specification."""

import json
from datetime import datetime

from leads.channels.adapter import Adapter, Config, Delivery, Option, Parsed
from leads.channels.field_mapping import mapping_options, to_text
from leads.channels.generic_webhook.parse import read_item
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.signatures.standard_webhooks import sign, verify
from leads.domain.envelope import Envelope, Kind, Unreadable


def parse(delivery: Delivery, config: Config) -> Parsed:
    """One lead; events of types that the endpoint does not name are only counted."""
    key = delivery.headers.get("webhook-id", "")
    try:
        document = read_json_object(delivery.body)
    except NotReadableError as problem:
        return [Unreadable(str(problem), key)]
    wanted = {
        one.strip() for one in str(config.options.get("types") or "").split(",") if one.strip()
    }
    if wanted and to_text(document.get("type")) not in wanted:
        return [Envelope(kind=Kind.PING, dedupe_key=key)]
    inner = document.get("data")
    item = inner if isinstance(inner, dict) else document
    options = dict(config.options)
    return [read_item(item, options, key=key)]


def make_sample(number: int, at: datetime) -> Delivery:
    document = {
        "type": "lead.created",
        "timestamp": at.isoformat(),
        "data": {
            "id": f"lead_{number}",
            "full_name": f"Ada Example {number}",
            "email": f"ada.example{number}@example.com",
            "company": "Example GmbH",
            "message": "Please call me.",
        },
    }
    return Delivery(
        method="POST",
        url="",
        headers={"content-type": "application/json", "webhook-id": f"msg_{number}"},
        body=json.dumps(document).encode(),
        received_at=at,
    )


ADAPTER = Adapter(
    channel="STANDARD_WEBHOOKS",
    label="Standard Webhooks",
    parse=parse,
    verify=verify,
    sign=sign,
    make_sample=make_sample,
    options=(
        Option(
            "types",
            "Types of events that are leads",
            help_text="Separated by commas, e.g. lead.created. Empty: all of them.",
            group="Shape",
        ),
        *mapping_options(),
    ),
    steps=(
        "Copy the address and add it as an endpoint at the sender.",
        "Copy the signing secret that the sender shows (it begins with whsec_) and set it here.",
        "Let the sender send an example event and look at the last deliveries below.",
    ),
    secret_label="Signing secret (whsec_…)",
)
