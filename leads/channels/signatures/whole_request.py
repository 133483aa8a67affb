"""Signatures of the whole request: method, address, body and moment (HubSpot).

Source: HubSpot's developer pages, “Validating requests”: version 3 is an HMAC; versions 1 and 2,
which workflows still use, are plain SHA-256 hashes that begin with the secret.
"""

import hashlib
from dataclasses import dataclass, replace

from leads.channels.adapter import Config, Delivery, Proof
from leads.channels.signatures.proving import (
    MILLISECONDS,
    Encoding,
    doubt_time,
    header_of,
    mac,
    prove,
    refuse,
    seconds_of,
    to_bytes,
)

# HubSpot signs these decoded, and leaves every other %XX of the address as it is.
_DECODED = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$", "%27": "'",
    "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class RequestSignature:
    """Version 3: base64 HMAC-SHA256 of method, address, body and moment (milliseconds)."""

    header: str
    time_header: str
    method: str = "hmac-sha256-request"

    def verify(self, delivery: Delivery, config: Config) -> Proof:
        value, stated = header_of(delivery, self.header), header_of(delivery, self.time_header)
        if not value:
            return refuse(self.method, f"The header {self.header} is missing or empty.")
        doubt = doubt_time(
            stated,
            per_second=MILLISECONDS,
            received_at=delivery.received_at,
            named=f"The header {self.time_header}",
        )
        if doubt:
            return refuse(self.method, doubt)

        def make(secret: str) -> list[bytes]:
            # Most addresses hold nothing to decode, and then both are the same.
            urls = {delivery.url, _decode_reserved(delivery.url)}
            return [self._make(secret, delivery, url, stated) for url in sorted(urls)]

        named = f"The header {self.header}"
        return prove(self.method, given=[to_bytes(value)], config=config, make=make, named=named)

    def sign(self, delivery: Delivery, config: Config) -> Delivery:
        stated = seconds_of(delivery, MILLISECONDS)
        url = _decode_reserved(delivery.url)
        made = self._make(config.secrets[0], delivery, url, stated).decode()
        headers = {**delivery.headers, self.time_header: stated, self.header: made}
        return replace(delivery, headers=headers)

    def _make(self, secret: str, delivery: Delivery, url: str, stated: str) -> bytes:
        signed = to_bytes(delivery.method + url) + delivery.body + stated.encode()
        return mac(secret, signed, encoding=Encoding.BASE64)


@dataclass(frozen=True, slots=True)
class RequestHash:
    """Version 2: hex SHA-256 of secret, method, address and body. Says nothing about time."""

    header: str
    method: str = "sha256-request"

    def verify(self, delivery: Delivery, config: Config) -> Proof:
        def make(secret: str) -> list[bytes]:
            return [self._make(secret, delivery)]

        given = [to_bytes(header_of(delivery, self.header))]
        named = f"The header {self.header}"
        return prove(self.method, given=given, config=config, make=make, named=named)

    def sign(self, delivery: Delivery, config: Config) -> Delivery:
        made = self._make(config.secrets[0], delivery).decode()
        return replace(delivery, headers={**delivery.headers, self.header: made})

    def _make(self, secret: str, delivery: Delivery) -> bytes:
        signed = to_bytes(secret + delivery.method + delivery.url) + delivery.body
        return hashlib.sha256(signed).hexdigest().encode()


def _decode_reserved(url: str) -> str:
    for code, character in _DECODED.items():
        url = url.replace(code, character).replace(code.lower(), character)
    return url
