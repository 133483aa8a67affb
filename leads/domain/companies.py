"""Companies: the name as shown, a key for matching, the site, and the domain the company owns."""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from cleanco import prepare_default_terms

from leads.domain.countries import find_country
from leads.domain.mail_domains import is_shared_host, registrable_domain
from leads.domain.notes import Notes
from leads.domain.text import NAME_LIMIT, URL_LIMIT, fold, is_placeholder, sanitise_text, shown

# Legal forms the package does not know, folded; "sp z o o" is how "Sp. z o.o." folds without dots.
_MORE_FORMS = (
    "aktiengesellschaft", "gesellschaft mit beschrankter haftung", "kommanditgesellschaft",
    "gmbh and co kg", "gmbh and co kgaa", "gmbh and co ohg", "ag and co kg", "ug and co kg",
    "ug haftungsbeschrankt", "haftungsbeschrankt", "ug", "gmbh", "mbh", "kg", "ohg", "se", "ek",
    "societe anonyme", "sarl", "sas", "sasu", "eurl", "societa per azioni", "spa", "srl", "srls",
    "sociedad anonima", "sociedad limitada", "sl", "slu", "sau", "limitada", "ltda", "lda", "sa",
    "sa de cv", "s de rl de cv", "sapi de cv", "naamloze vennootschap", "bv", "nv", "cv",
    "aktiebolag", "aktieselskab", "aksjeselskap", "osakeyhtio", "sp zoo", "sp z oo", "spzoo",
    "spolka akcyjna", "sro", "spol s ro", "kft", "zrt", "nyrt", "doo", "dd", "as", "ood", "eood",
    "co", "company", "and co", "and company", "inc", "llc", "ltd", "limited", "plc", "corp",
    "corporation", "incorporated", "pty ltd", "pte ltd", "pvt ltd", "private limited", "co ltd",
    "kk", "godo kaisha", "kabushiki kaisha", "anonim sirketi", "limited sirketi", "sdn bhd", "bhd",
    "ооо", "оао", "зао", "пао", "ао", "тоо",
)  # fmt: skip
_LEADING_FORMS = frozenset(
    {"ооо", "оао", "зао", "пао", "ао", "тоо", "ooo", "oao", "zao", "pt", "the"}
)
# Written without a blank before or after the name.
_ATTACHED_FORMS = (
    "株式会社",
    "有限会社",
    "合同会社",
    "有限公司",
    "股份有限公司",
    "주식회사",
    "(株)",
    "㈱",
    "(有)",
)
# Two-letter words of cleanco's list that end real names more often than they mark a legal form.
_NOT_FORMS = frozenset({("et",), ("the",), ("nl",), ("hf",), ("kb",), ("private",), ("unlimited",)})
_BRACKETED = re.compile(r"\(([^()]*)\)")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]*:(?!\d)")


def read_company(raw: str, notes: Notes) -> tuple[str, str]:
    """The name as shown and its matching key (see `company_key`)."""
    name = sanitise_text(raw, limit=NAME_LIMIT)
    if is_placeholder(name):
        name = ""
    notes.change("company", "tidied", raw, name)
    return name, company_key(name) if name else ""


@lru_cache(maxsize=4096)
def company_key(name: str) -> str:
    """The name folded, without legal forms and country in brackets; never empty for a real name.

    "The Acme Company (USA) Inc." and "ACME" share "acme"; "AG" alone stays "ag".
    """
    text = _BRACKETED.sub(lambda m: " " if find_country(m[1]) else m[0], name)
    for form in _ATTACHED_FORMS:
        text = text.replace(form, " ")
    words = fold(text).split() or fold(name).split()
    words = _strip_leading(_strip_trailing(words))
    return " ".join(words)[:NAME_LIMIT].rstrip() or name.casefold()[:NAME_LIMIT].rstrip()


def _strip_trailing(words: list[str]) -> list[str]:
    terms = legal_forms()
    while True:
        for size in range(min(5, len(words) - 1), 0, -1):
            if tuple(words[-size:]) in terms:
                words = words[:-size]
                break
        else:
            return words[:-1] if len(words) > 1 and words[-1] == "and" else words


def _strip_leading(words: list[str]) -> list[str]:
    while len(words) > 1 and words[0] in _LEADING_FORMS:
        words = words[1:]
    return words


@lru_cache(maxsize=1)
def legal_forms() -> frozenset[tuple[str, ...]]:
    """Folded words of each legal form, from cleanco's list and our own."""
    known = {tuple(fold(" ".join(words)).split()) for _, words in prepare_default_terms()}
    ours = {tuple(form.split()) for form in _MORE_FORMS}
    return frozenset((known | ours) - _NOT_FORMS - {()})


def read_website(raw: str, notes: Notes) -> tuple[str, str]:
    """The http(s) address and the domain the company owns there; both empty if it is none.

    The domain is empty for a page on a social network.
    """
    text = sanitise_text(raw, limit=URL_LIMIT)
    if not text or is_placeholder(text):
        return "", ""
    url, host = _normalise_url(text)
    if not url:
        notes.warn("website", "website_invalid", f"Website “{shown(text)}” is not a web address.")
        return "", ""
    notes.change("website", "web_address", raw, url)
    domain = registrable_domain(host)
    return url, "" if is_shared_host(domain) else domain


@lru_cache(maxsize=2048)
def _normalise_url(text: str) -> tuple[str, str]:
    """The address with scheme and lower-case host, and the host in ASCII without www."""
    if " " in text:
        return "", ""
    address = text if _SCHEME.match(text) else f"https://{text.lstrip('/')}"
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii").lower()
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # malformed brackets, port or label
        return "", ""
    is_web = parts.scheme.lower() in ("http", "https") and "." in host and not parts.username
    if not is_web or not re.fullmatch(r"[a-z0-9.\-]+", host) or ".." in host:
        return "", ""
    url = parts._replace(scheme=parts.scheme.lower(), netloc=host + port).geturl()
    if parts.path == "/" and not parts.query and not parts.fragment:
        url = url.rstrip("/")
    return (url, host.removeprefix("www.")) if len(url) <= URL_LIMIT else ("", "")
