"""Whether a delivery is of somebody who is blocked, said in a sentence."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from leads.domain.draft import Draft
from leads.domain.emails import read_email
from leads.domain.mail_domains import registrable_domain
from leads.domain.notes import Notes

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class BlockList:
    """Who is blocked: {value: reason} of each kind; `phones` are prefixes with a plus."""

    emails: Mapping[str, str] = field(default_factory=dict)
    domains: Mapping[str, str] = field(default_factory=dict)
    phones: Mapping[str, str] = field(default_factory=dict)
    networks: tuple[tuple[Network, str], ...] = ()


def read_blocked(kind: str, text: str) -> str:
    """The normal form of a value of a list. Raises: ValueError with a sentence."""
    text = text.strip()
    if kind == "EMAIL":
        return _read_address(text)
    if kind == "DOMAIN":
        return _read_domain(text)
    if kind == "PHONE":
        digits = "".join(char for char in text if char.isdigit())
        if not (text.startswith("+") and 2 <= len(digits) <= 15):
            raise ValueError("Phone prefix: write it with its country code, such as +49900.")
        return f"+{digits}"
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError("Network: write it as 203.0.113.0/24 or 2001:db8::/48.") from None
    if network.prefixlen < (8 if network.version == 4 else 16):
        raise ValueError("Network: so large a network would block half of the world.")
    return str(network)


def _read_address(text: str) -> str:
    key = read_email(text, Notes()).key
    if not key:
        raise ValueError("E-mail address: this is no address.")
    return key


def _read_domain(text: str) -> str:
    key = read_email(f"x@{text.removeprefix('@')}", Notes()).domain
    if not key or not registrable_domain(key):
        raise ValueError("E-mail domain: write a domain such as example.com.")
    return key


def make_block_list(rows: Iterable[tuple[str, str, str]]) -> BlockList:
    """A list of rows (kind, value, reason)."""
    kinds: dict[str, dict[str, str]] = {"EMAIL": {}, "DOMAIN": {}, "PHONE": {}, "NETWORK": {}}
    for kind, value, reason in rows:
        kinds[kind][value] = reason
    networks = tuple(
        (ipaddress.ip_network(value), reason) for value, reason in kinds["NETWORK"].items()
    )
    return BlockList(kinds["EMAIL"], kinds["DOMAIN"], kinds["PHONE"], networks)


def find_block(draft: Draft, ip: str | None, blocked: BlockList) -> str:
    """Why the delivery is held, as a sentence; empty when nothing speaks against it."""
    if draft.email_key in blocked.emails:
        return _say(f"The address {draft.email_key}", blocked.emails[draft.email_key])
    for domain in _parents(draft.email_domain):
        if domain in blocked.domains:
            return _say(f"The domain {domain}", blocked.domains[domain])
    for prefix, reason in blocked.phones.items():
        if draft.phone_e164.startswith(prefix):
            return _say(f"The phone prefix {prefix}", reason)
    if ip and blocked.networks:
        address = ipaddress.ip_address(ip)
        for network, reason in blocked.networks:
            if address in network:
                return _say(f"The network {network}", reason)
    return ""


def _say(what: str, reason: str) -> str:
    return f"{what} is blocked: {reason}." if reason else f"{what} is blocked."


def _parents(domain: str) -> list[str]:
    labels = domain.split(".") if domain else []
    return [".".join(labels[n:]) for n in range(len(labels) - 1)]
