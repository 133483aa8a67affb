"""Invented deliveries for the simulator, before they are signed."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from leads.channels.adapter import Delivery


def json_sample(document: Any, at: datetime, headers: Mapping[str, str] | None = None) -> Delivery:
    """A posted JSON document."""
    body = json.dumps(document, separators=(",", ":")).encode()
    return _sample("application/json", body, at, headers)


def form_sample(
    fields: Mapping[str, str], at: datetime, headers: Mapping[str, str] | None = None
) -> Delivery:
    """A posted form."""
    body = urlencode(fields).encode()
    return _sample("application/x-www-form-urlencoded", body, at, headers)


def _sample(kind: str, body: bytes, at: datetime, headers: Mapping[str, str] | None) -> Delivery:
    said = {"content-type": kind, "user-agent": "sample", **(headers or {})}
    return Delivery(method="POST", url="", headers=said, body=body, received_at=at)
