"""Invented deliveries of channels that post JSON."""

import json
from datetime import datetime
from typing import Any

from leads.channels.adapter import Delivery


def json_sample(document: Any, at: datetime) -> Delivery:
    """The document as its sender would post it, unsigned and without an address."""
    return Delivery(
        method="POST",
        url="",
        headers={"content-type": "application/json"},
        body=json.dumps(document).encode(),
        received_at=at,
    )
