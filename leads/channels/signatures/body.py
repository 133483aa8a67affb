"""Signatures of the body: most senders', each with its own header, prefix, algorithm and writing."""

from dataclasses import dataclass, replace

from leads.channels.adapter import Config, Delivery, Proof
from leads.channels.signatures.proving import Encoding, header_of, mac, prove, refuse, to_bytes


@dataclass(frozen=True, slots=True)
class BodySignature:
    """HMAC of the raw body, or of `literal` and the body.

    Any of `prefixes` and `encodings` is accepted; the signer writes the first of each. Nothing in it
    says when it was made: the sender's event id is all that stops a copy.
    """

    header: str
    prefixes: tuple[str, ...] = ("",)
    algorithm: str = "sha256"
    encodings: tuple[Encoding, ...] = (Encoding.HEX,)
    literal: bytes = b""

    @property
    def method(self) -> str:
        return f"hmac-{self.algorithm}-body"

    def verify(self, delivery: Delivery, config: Config) -> Proof:
        value, named = header_of(delivery, self.header), f"The header {self.header}"
        given = [
            to_bytes(value.removeprefix(prefix))
            for prefix in self.prefixes
            if value.startswith(prefix)
        ]
        if value and not given:
            return refuse(self.method, f"{named} does not begin with {self.prefixes[0]}.")

        def make(secret: str) -> list[bytes]:
            return [self._make(secret, delivery.body, one) for one in self.encodings]

        return prove(self.method, given=given, config=config, make=make, named=named)

    def sign(self, delivery: Delivery, config: Config) -> Delivery:
        made = self._make(config.secrets[0], delivery.body, self.encodings[0]).decode()
        headers = {**delivery.headers, self.header: f"{self.prefixes[0]}{made}"}
        return replace(delivery, headers=headers)

    def _make(self, secret: str, body: bytes, encoding: Encoding) -> bytes:
        return mac(secret, self.literal + body, algorithm=self.algorithm, encoding=encoding)
