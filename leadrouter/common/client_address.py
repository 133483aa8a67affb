"""Where a request really came from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request


def client_ip(request: HttpRequest | Request) -> str | None:
    """The address of the client, None when it cannot be told.

    X-Forwarded-For is believed only as far as TRUSTED_PROXY_COUNT proxies of ours wrote it:
    anything further left was sent by the client and may be forged.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if hops := settings.TRUSTED_PROXY_COUNT:
        forwarded = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
        address = forwarded[-min(hops, len(forwarded))] or address
    return _address(address)


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def network_of(ip: str | None) -> str:
    """What one subscriber holds: the IPv4 address, or the /64 of an IPv6 address."""
    if ip is None:
        return "unknown"
    address = ipaddress.ip_address(ip)
    if address.version == 4:
        return ip
    return str(ipaddress.ip_network(f"{ip}/64", strict=False))
