"""Which known site a referrer or a source belongs to: the longest host first, then the longest path."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from leads.domain.mail_domains import registrable_domain
from leads.domain.referrer_hosts import BY_CATEGORY

CATEGORIES = {
    "SEARCH": "Search engines",
    "SOCIAL": "Social networks",
    "VIDEO": "Video",
    "SHOPPING": "Shopping",
    "MAIL": "Web mail",
    "ASSISTANT": "AI assistants",
    "OTHER": "Other sites",
}


@dataclass(frozen=True, slots=True)
class Site:
    """A known site. `address` is what matched: "google.*/maps"."""

    name: str
    category: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Directory:
    """Known sites: {host: ((path prefix, site), …) longest path first} and {word: site}."""

    hosts: Mapping[str, tuple[tuple[str, Site], ...]]
    words: Mapping[str, Site]


@dataclass(slots=True)
class _Building:
    hosts: dict[str, dict[str, Site]] = field(default_factory=dict)
    words: dict[str, Site] = field(default_factory=dict)

    def add(self, name: str, category: str, address: str) -> None:
        if "." in address:
            host, _, path = address.lower().partition("/")
            self.hosts.setdefault(host, {})[path] = Site(name, category, address)
        self.words[address.lower()] = Site(name, category, address)


def make_directory(own: Iterable[tuple[str, str, str]] = ()) -> Directory:
    """The built-in sites, and over them the organisation's own: (name, category, address) each."""
    building = _Building()
    for category, lines in BY_CATEGORY.items():
        for line in lines.strip().splitlines():
            name, *addresses = line.split()
            building.words.setdefault(name, Site(name, category, name))
            for address in addresses:
                building.add(name, category, address)
    for name, category, address in own:
        building.words[name.lower()] = Site(name.lower(), category, name)
        building.add(name.lower(), category, address)
    hosts = {
        host: tuple(sorted(paths.items(), key=lambda pair: -len(pair[0])))
        for host, paths in building.hosts.items()
    }
    return Directory(hosts, building.words)


@lru_cache(maxsize=1)
def built_in_directory() -> Directory:
    """The sites everybody knows."""
    return make_directory()


def host_of(url: str) -> str:
    """The host of a web address in lower case without "www."; empty for anything else."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
    return host.removeprefix("www.") if parts.scheme.lower() in ("http", "https") else ""


def find_site(url: str, directory: Directory) -> Site | None:
    """The known site a referrer lies in."""
    host = host_of(url)
    return _look_up(host, urlsplit(url).path.lower(), directory) if host else None


def find_source(word: str, directory: Directory) -> Site | None:
    """The known site that a marketer means by a source: its name, another word for it, or a host."""
    word = word.strip().lower()
    named = directory.words.get(word)
    if named is not None or "." not in word:
        return named
    host, _, path = word.removeprefix("www.").partition("/")
    return _look_up(host, f"/{path}", directory)


def _look_up(host: str, path: str, directory: Directory) -> Site | None:
    for name in _names_of(host):
        for prefix, site in directory.hosts.get(name, ()):
            if _is_below(path, prefix):
                return site
    return None


def _is_below(path: str, prefix: str) -> bool:
    return not prefix or path == f"/{prefix}" or path.startswith(f"/{prefix}/")


@lru_cache(maxsize=4096)
def _names_of(host: str) -> tuple[str, ...]:
    """A host and its parents, longest first; what was registered also as "brand.*"."""
    labels = host.split(".")
    names = [".".join(labels[n:]) for n in range(len(labels) - 1)]
    registered = registrable_domain(host)
    if registered in names:
        brand = f"{registered.partition('.')[0]}.*"
        names.insert(names.index(registered) + 1, brand)
    return tuple(names)


def is_own_host(host: str, own_hosts: Iterable[str]) -> bool:
    """Whether a host is one of our own or lies below one."""
    return any(host == own or host.endswith(f".{own}") for own in own_hosts if own)
