"""The origin of a web address: who a browser says is asking."""

from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """“https://www.example.com” of any address there, as browsers write it; empty for what is no web
    address."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not host:
        return ""
    try:
        shown = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        return ""
    name = f"[{shown}]" if ":" in shown else shown
    return f"{scheme}://{name}" + (f":{port}" if port and port != _PORTS[scheme] else "")
