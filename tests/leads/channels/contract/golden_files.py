"""Reads the golden files: what a sender sends, and exactly what it means.

`golden/<channel in lower case>/<case>.json`:
- `says`: what the case shows, in words
- `received_at`; `options`; `secrets` (newest first): the endpoint, where it is not as in `setups.py`
- `request`: `method` (POST), `query`, `headers`, and one of `json` (sent without blanks), `text` (the
  exact body), `form` (sent form-encoded), or nothing
- `is_signed`: the request carries its sender's real signature, which must be accepted
- `envelopes`: for each thing the delivery tells `{"dedupe_key", "payload"}`, the payload as
  `to_payload` gives it, with `"warnings"` and `"has_weak_key"` if any; or `{"dedupe_key", "reason"}`
  for what is kept aside
- `fetch` and `answer` instead of a request: what was announced, and what the sender's API answers (JSON
  data), which `envelopes` say; `asks`: the address and the headers of the question
- `reply`: `{"status", "body", "content_type"}` of a handshake or of a reply of its own
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from leads.channels.adapter import Adapter, Config, Delivery
from leads.channels.receiving.requests import make_delivery
from leads.channels.registry import ADAPTERS
from leads.domain.envelope import Envelope, Unreadable, to_payload
from tests.leads.channels.contract.setups import NOW, SITE, setup_of

FOLDER = Path(__file__).parent / "golden"


@dataclass(frozen=True, slots=True)
class Case:
    adapter: Adapter
    path: Path
    document: dict[str, Any]

    @property
    def config(self) -> Config:
        setup = setup_of(self.adapter.channel)
        return Config(
            endpoint_id="ep",
            secrets=tuple(self.document.get("secrets", [setup.secret])),
            options=self.document.get("options", dict(setup.options)),
        )

    @property
    def delivery(self) -> Delivery:
        said = self.document.get("request", {})
        headers = {name.lower(): value for name, value in said.get("headers", {}).items()}
        body, kind = _body(said)
        if kind:
            headers.setdefault("content-type", kind)
        query = said.get("query", "")
        stated = self.document.get("received_at")
        return make_delivery(
            method=said.get("method", "POST"),
            url=f"{SITE}/in/ep/{'?' if query else ''}{query}",
            headers=headers,
            body=body,
            query=query,
            client_ip=None,
            received_at=datetime.fromisoformat(stated) if stated else NOW,
        )


def list_cases() -> Iterator[Case]:
    for adapter in ADAPTERS.values():
        for path in sorted((FOLDER / adapter.channel.lower()).glob("*.json")):
            yield Case(adapter, path, json.loads(path.read_text()))


def describe(parsed: Any) -> list[dict[str, Any]]:
    """What was read, in the shape of `envelopes` above."""
    return [_describe(one) for one in parsed]


def _describe(one: Envelope | Unreadable) -> dict[str, Any]:
    if isinstance(one, Unreadable):
        return {"dedupe_key": one.dedupe_key, "reason": one.reason}
    said: dict[str, Any] = {"dedupe_key": one.dedupe_key, "payload": to_payload(one)}
    if one.warnings:
        said["warnings"] = [dict(warning) for warning in one.warnings]
    return said


def _body(said: dict[str, Any]) -> tuple[bytes, str]:
    if "json" in said:
        text = json.dumps(said["json"], ensure_ascii=False, separators=(",", ":"))
        return text.encode(), "application/json"
    if "form" in said:
        return urlencode(said["form"]).encode(), "application/x-www-form-urlencoded"
    return said.get("text", "").encode(), ""
