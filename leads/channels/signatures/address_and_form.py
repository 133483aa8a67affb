"""Signatures of the address and the form's fields (Twilio).

Source: Twilio's published package: each field's name and value, in the order of names, stand behind
the address with nothing between; a body that is no form is covered by its hash in the address.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, parse_qsl, urlsplit

from leads.channels.adapter import Config, Delivery, Proof
from leads.channels.signatures.proving import Encoding, header_of, mac, prove, refuse, to_bytes

_ALGORITHMS = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
_DEFAULT_ALGORITHM = "HMAC_SHA1"
_BODY_HASH = "bodySHA256"
_FIELDS_LIMIT = 2_000
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class AddressAndFormSignature:
    """Base64 HMAC of the address and the fields; SHA-1 unless `settings_header` names SHA-256."""

    header: str
    settings_header: str
    method: str = "hmac-address-form"

    def verify(self, delivery: Delivery, config: Config) -> Proof:
        named = self._algorithm(delivery)
        algorithm = _ALGORITHMS.get(named.upper())
        if algorithm is None:
            return refuse(
                self.method, f"The header {self.settings_header} names no known algorithm."
            )
        fields = read_fields(delivery)
        if fields is None:
            return refuse(self.method, "The body is no form, and the address holds no hash of it.")

        def make(secret: str) -> list[bytes]:
            # Whether the port is signed differs among the sender's own servers.
            return [
                _make(secret, url, fields, algorithm) for url in _with_and_without_port(delivery)
            ]

        given = [to_bytes(header_of(delivery, self.header))]
        where = f"The header {self.header}"
        return prove(self.method, given=given, config=config, make=make, named=where)

    def sign(self, delivery: Delivery, config: Config) -> Delivery:
        if not _is_form(delivery):
            delivery = _with_body_hash(delivery)
        algorithm = _ALGORITHMS[self._algorithm(delivery).upper()]
        fields = read_fields(delivery) or []
        made = _make(config.secrets[0], delivery.url, fields, algorithm).decode()
        return replace(delivery, headers={**delivery.headers, self.header: made})

    def _algorithm(self, delivery: Delivery) -> str:
        for part in header_of(delivery, self.settings_header).split(","):
            name, _, value = part.partition("=")
            if name.strip() == "algorithm" and value.strip():
                return value.strip()
        return _DEFAULT_ALGORITHM


def read_fields(delivery: Delivery) -> list[tuple[str, str]] | None:
    """The form's fields as they are signed; none for another body that the address vouches for, and
    None for one that nothing does."""
    if _is_form(delivery):
        try:
            text = delivery.body.decode("utf-8", "replace")
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS_LIMIT)
        except ValueError:
            return None
        return sorted(set(pairs))
    stated = parse_qs(urlsplit(delivery.url).query).get(_BODY_HASH, [""])[0]
    if not delivery.body and not stated:
        return []
    right = hashlib.sha256(delivery.body).hexdigest()
    return [] if hmac.compare_digest(to_bytes(stated), right.encode()) else None


def _is_form(delivery: Delivery) -> bool:
    kind = delivery.headers.get("content-type", "").partition(";")[0]
    return kind.strip().lower() == _FORM


def _make(secret: str, url: str, fields: Iterable[tuple[str, str]], algorithm: str) -> bytes:
    signed = to_bytes(url + "".join(name + value for name, value in fields))
    return mac(secret, signed, algorithm=algorithm, encoding=Encoding.BASE64)


def _with_and_without_port(delivery: Delivery) -> list[str]:
    """The host as it is written: Twilio signs capitals as they were entered there."""
    parts = urlsplit(delivery.url)
    host = parts.netloc.rpartition("@")[2]
    bare = host.removesuffix(f":{parts.port}")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return [parts._replace(netloc=netloc).geturl() for netloc in (bare, f"{bare}:{port}")]


def _with_body_hash(delivery: Delivery) -> Delivery:
    joint = "&" if "?" in delivery.url else "?"
    hashed = hashlib.sha256(delivery.body).hexdigest()
    return replace(delivery, url=f"{delivery.url}{joint}{_BODY_HASH}={hashed}")
