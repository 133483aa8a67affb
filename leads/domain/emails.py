"""Reading one e-mail cell: the address as shown, its matching key, and doubts about it."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from leads.domain.mail_domains import LIKELY_TYPOS, is_disposable_domain, is_free_mail_domain
from leads.domain.notes import Notes
from leads.domain.scripts import has_mixed_scripts, imitates_latin
from leads.domain.text import sanitise_text, shown

EMAIL_LIMIT = 254  # RFC 5321 section 4.5.3.1.3, less the angle brackets

# Generic mailboxes of RFC 2142 and what web sites use in practice.
ROLE_LOCAL_PARTS = frozenset(
    {"abuse", "accounting", "accounts", "admin", "billing", "bonjour", "buchhaltung", "careers",
     "comercial", "compras", "contact", "contacto", "contato", "einkauf", "enquiries", "events",
     "finance", "hello", "help", "helpdesk", "hi", "hola", "hostmaster", "hr", "info", "infos",
     "inquiries", "it", "jobs", "kontakt", "mail", "mailbox", "marketing", "no-reply", "noreply",
     "office", "orders", "post", "postmaster", "press", "purchasing", "reception", "root", "sales",
     "security", "service", "support", "team", "vendas", "ventas", "verkauf", "vertrieb",
     "webmaster"}
)  # fmt: skip

_ANGLED = re.compile(r"<\s*([^<>]*@[^<>]*)>")
_AROUND_AT = re.compile(r"\s*@\s*")
_ADDRESS = re.compile(r"[^\s,;<>()\[\]|\"]+@[^\s,;<>()\[\]|\"]+")
_WRAPPING = " \t.,;:'\"`<>()[]“”„‘’«»"


@dataclass(frozen=True, slots=True)
class EmailReading:
    """`key` and `domain` are empty when `shown` is no usable address; `fault` then says why."""

    shown: str = ""
    key: str = ""
    domain: str = ""
    is_free_mail: bool = False
    is_disposable: bool = False
    display_name: str = ""
    fault: str = ""


def read_email(raw: str, notes: Notes) -> EmailReading:
    """The one address in the cell. Two people's addresses are a problem; the rest is a fault."""
    text = sanitise_text(raw, limit=4 * EMAIL_LIMIT)
    if not text:
        return EmailReading()
    candidates, display_name = _find_candidates(unicodedata.normalize("NFKC", text))
    if len(candidates) > 1:
        return _refuse_two_people(text, notes)
    candidate = candidates[0] if candidates else text
    reading = _validate(candidate[: EMAIL_LIMIT + 1])
    if reading.fault:
        kept = sanitise_text(text, limit=EMAIL_LIMIT)
        return EmailReading(
            shown=kept, fault=f"E-mail “{shown(kept)}” is not an address: {reading.fault}"
        )
    notes.change("email", "address_extracted", raw, reading.shown)
    _note_doubts(reading, notes)
    return EmailReading(
        reading.shown, reading.key, reading.domain, reading.is_free_mail, reading.is_disposable,
        display_name,
    )  # fmt: skip


def is_role_mailbox(email_key: str) -> bool:
    """Whether the address belongs to a desk (info@, sales@) rather than to a person."""
    return email_key.partition("@")[0].partition("+")[0] in ROLE_LOCAL_PARTS


def _refuse_two_people(text: str, notes: Notes) -> EmailReading:
    kept = sanitise_text(text, limit=EMAIL_LIMIT)
    message = f"E-mail “{shown(kept)}” holds two people’s addresses; one row is one person."
    notes.refuse("email", "two_addresses", message)
    return EmailReading(shown=kept, fault=message)


def _find_candidates(text: str) -> tuple[list[str], str]:
    """The distinct addresses in the text, and the display name of "Name <a@b>" if there is one."""
    if text.count("@") == 1 and " " not in text and "<" not in text:
        return [_unwrap(text)], ""  # nearly every lead: nothing to take apart
    text = _AROUND_AT.sub("@", text)
    angled = _ANGLED.findall(text)
    found = angled or _ADDRESS.findall(text)
    if not angled and not found:
        return [], ""
    pieces = [piece for item in found for piece in _split_glued(item)]
    distinct = {_unwrap(piece).lower(): _unwrap(piece) for piece in pieces if _unwrap(piece)}
    before = text.partition("<")[0] if len(angled) == 1 else ""
    return list(distinct.values()), "" if "@" in before else before.strip(_WRAPPING)


def _split_glued(piece: str) -> list[str]:
    """Apart "a@b.com/c@d.com"; a slash inside one local part is legal and stays."""
    return piece.split("/") if piece.count("@") > 1 else [piece]


def _unwrap(text: str) -> str:
    text = text.strip(_WRAPPING)
    if text[:7].lower() == "mailto:":
        text = text[7:].partition("?")[0].strip(_WRAPPING)
    return text


@lru_cache(maxsize=2048)
def _validate(candidate: str) -> EmailReading:
    """Syntax only, no look-up. Reserved .test domains pass so that trials work."""
    if len(candidate) > EMAIL_LIMIT:
        return EmailReading(fault=f"it is longer than {EMAIL_LIMIT} characters.")
    try:
        valid = validate_email(
            candidate, strict=True, check_deliverability=False, test_environment=True
        )
    except EmailNotValidError as error:
        return EmailReading(fault=_as_clause(str(error)))
    except (ValueError, IndexError):  # malformed punycode surfaces as codec errors
        return EmailReading(fault="its domain cannot be read.")
    domain = (valid.ascii_domain or valid.domain).lower()
    local = unicodedata.normalize("NFKC", valid.local_part.lower())
    if len(local) + 1 + len(domain) > EMAIL_LIMIT:
        return EmailReading(fault=f"it is longer than {EMAIL_LIMIT} characters.")
    return EmailReading(
        # The ASCII form gives a look-alike away; the local part has none.
        shown=f"{valid.local_part}@{domain}" if may_imitate(valid.normalized) else valid.normalized,
        key=f"{local}@{domain}",
        domain=domain,
        is_free_mail=is_free_mail_domain(domain),
        is_disposable=is_disposable_domain(domain),
    )


def _as_clause(sentence: str) -> str:
    sentence = shown(sentence).strip() or "it cannot be read."
    return sentence[0].lower() + sentence[1:]


def _note_doubts(reading: EmailReading, notes: Notes) -> None:
    address = reading.shown
    if may_imitate(address):
        notes.warn(
            "email",
            "email_lookalike",
            f"E-mail “{address}” has letters of several scripts and may imitate another address.",
        )
    if reading.is_disposable:
        notes.warn("email", "email_disposable", f"E-mail “{address}” is a throw-away address.")
    if is_role_mailbox(reading.key):
        notes.warn("email", "email_role", f"E-mail “{address}” is a shared mailbox, not a person.")
    if better := LIKELY_TYPOS.get(reading.domain):
        notes.warn("email", "email_typo", f"E-mail “{address}” may be meant to end in @{better}.")


def may_imitate(address: str) -> bool:
    """Whether an address, its domain in whichever form, looks like another one in Latin letters.

    Such a one is kept apart from its Latin twin: its key is its own, and a person is told.
    """
    local, _, domain = address.rpartition("@")
    if local.isascii() and domain.isascii() and "xn--" not in domain:
        return False  # nearly every address
    labels = [_decode_label(label) for label in domain.split(".")]
    is_imitation = labels[-1].isascii() and any(imitates_latin(label) for label in labels[:-1])
    return is_imitation or any(has_mixed_scripts(one) for one in (local, *labels))


def _decode_label(label: str) -> str:
    """A label of a domain as it is read by people."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode().decode("punycode")
    except UnicodeError:
        return label
