"""Signatures of a moment and the body, so that a copy is worthless after five minutes."""

from dataclasses import dataclass, replace

from leads.channels.adapter import Config, Delivery, Proof
from leads.channels.signatures.proving import (
    SECONDS,
    doubt_time,
    header_of,
    mac,
    prove,
    refuse,
    seconds_of,
    to_bytes,
)

METHOD = "hmac-sha256-time-body"
_PARTS_LIMIT = 20


@dataclass(frozen=True, slots=True)
class TimedBodySignature:
    """Hex HMAC-SHA256 of `opening`, the moment, `separator`, the body and `closing`.

    The moment stands in `time_header`. Without one, the header itself reads `t=<moment>,v1=<hex>`,
    where v1 may be given several times.
    """

    header: str
    time_header: str = ""
    prefix: str = ""
    opening: bytes = b""
    separator: bytes = b"."
    closing: bytes = b""
    per_second: int = SECONDS

    def verify(self, delivery: Delivery, config: Config) -> Proof:
        value, named = header_of(delivery, self.header), f"The header {self.header}"
        if not value:
            return refuse(METHOD, f"{named} is missing or empty.")
        stated, given = self._read(delivery, value)
        when = (
            f"The header {self.time_header}" if self.time_header else f"The time in {self.header}"
        )
        doubt = doubt_time(
            stated, per_second=self.per_second, received_at=delivery.received_at, named=when
        )
        if doubt:
            return refuse(METHOD, doubt)
        if not given:
            start = f"does not begin with {self.prefix}" if self.time_header else "holds no v1="
            return refuse(METHOD, f"{named} {start}.")

        def make(secret: str) -> list[bytes]:
            return [self._make(secret, stated, delivery.body)]

        return prove(METHOD, given=given, config=config, make=make, named=named)

    def sign(self, delivery: Delivery, config: Config) -> Delivery:
        stated = seconds_of(delivery, self.per_second)
        made = self._make(config.secrets[0], stated, delivery.body).decode()
        if self.time_header:
            added = {self.time_header: stated, self.header: f"{self.prefix}{made}"}
        else:
            added = {self.header: f"t={stated},v1={made}"}
        return replace(delivery, headers={**delivery.headers, **added})

    def _read(self, delivery: Delivery, value: str) -> tuple[str, list[bytes]]:
        """(moment, signatures) as stated."""
        if self.time_header:
            is_ours = value.startswith(self.prefix)
            given = [to_bytes(value.removeprefix(self.prefix))] if is_ours else []
            return header_of(delivery, self.time_header), given
        parts = [one.strip().partition("=") for one in value.split(",", _PARTS_LIMIT)]
        moments = [text for name, _, text in parts if name == "t"]
        return (moments[0] if moments else ""), [
            to_bytes(t) for name, _, t in parts if name == "v1"
        ]

    def _make(self, secret: str, stated: str, body: bytes) -> bytes:
        moment = stated.encode()
        return mac(secret, self.opening + moment + self.separator + body + self.closing)
