"""The secret itself as the proof, for senders that sign nothing: whoever saw it once can forge.

The secret is looked for in one place, which the channel names; `hide_secrets` takes it out of what is
stored.
"""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from leads.channels.adapter import Config, Delivery, Proof
from leads.channels.json_body import NotReadableError, read_json_object
from leads.channels.signatures.proving import header_of, prove, to_bytes

USER = "leadrouter"


def _alone(secret: str) -> Iterable[bytes]:
    return [to_bytes(secret)]


def _prove(method: str, given: Any, config: Config, named: str) -> Proof:
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    return prove(method, given=[to_bytes(text)], config=config, make=_alone, named=named)


@dataclass(frozen=True, slots=True)
class HeaderToken:
    """The secret in a header, alone or behind the word Bearer."""

    header: str
    method: str = "token-header"

    def verify(self, delivery: Delivery, config: Config) -> Proof:
        text = header_of(delivery, self.header).removeprefix("Bearer ")
        return _prove(self.method, text, config, f"The header {self.header}")

    def sign(self, delivery: Delivery, config: Config) -> Delivery:
        return replace(delivery, headers={**delivery.headers, self.header: config.secrets[0]})


@dataclass(frozen=True, slots=True)
class BasicPassword:
    """The secret as the password of a Basic header, whatever the user name."""

    method: str = "basic"

    def verify(self, delivery: Delivery, config: Config) -> Proof:
        password = _password(header_of(delivery, "authorization"))
        named = "The password (header Authorization: Basic)"
        return prove(self.method, given=[password], config=config, make=_alone, named=named)

    def sign(self, delivery: Delivery, config: Config) -> Delivery:
        encoded = base64.b64encode(to_bytes(f"{USER}:{config.secrets[0]}")).decode()
        headers = {**delivery.headers, "authorization": f"Basic {encoded}"}
        return replace(delivery, headers=headers)


@dataclass(frozen=True, slots=True)
class AddressToken:
    """The secret in the query of the address."""

    name: str
    method: str = "token-address"

    def verify(self, delivery: Delivery, config: Config) -> Proof:
        named = f"The value of {self.name} in the address"
        return _prove(self.method, delivery.query.get(self.name, ""), config, named)

    def sign(self, delivery: Delivery, config: Config) -> Delivery:
        joint = "&" if "?" in delivery.url else "?"
        url = f"{delivery.url}{joint}{urlencode({self.name: config.secrets[0]})}"
        return replace(delivery, url=url, query={**delivery.query, self.name: config.secrets[0]})


@dataclass(frozen=True, slots=True)
class BodyToken:
    """The secret in a top-level field of the JSON body."""

    name: str
    method: str = "token-body"

    def verify(self, delivery: Delivery, config: Config) -> Proof:
        named = f"The field {self.name} of the body"
        try:
            given = read_json_object(delivery.body).get(self.name)
        except NotReadableError as problem:
            # Nobody has proven anything yet, so what cannot be read is not kept either.
            return Proof(is_valid=False, method=self.method, reason=f"{named}: {problem}")
        return _prove(self.method, given, config, named)

    def sign(self, delivery: Delivery, config: Config) -> Delivery:
        """Leaves a body alone that is no JSON object: it has no place for a secret."""
        try:
            document = read_json_object(delivery.body)
        except NotReadableError:
            return delivery
        body = json.dumps({**document, self.name: config.secrets[0]}).encode()
        return replace(delivery, body=body)


def _password(text: str) -> bytes:
    """The password of a Basic header; empty when it is none."""
    kind, _, encoded = text.partition(" ")
    if kind.lower() != "basic":
        return b""
    try:
        return base64.b64decode(to_bytes(encoded), validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return b""
