"""How alike two people are, field by field, and what follows from it.

The model is that of record linkage: each field is compared and found on one of a few levels, and each
level has a weight in bits, log2(m / u), where m is how often the level is met between two records of
one person and u how often between two records of different people. The sum is the logarithm of how
many times likelier "the same" became. Sources: Fellegi and Sunter, A Theory for Record Linkage, JASA
64 (1969); levels by string comparators, Winkler, String Comparator Metrics and Enhanced Decision
Rules in the Fellegi-Sunter Model (1990); a common name counts less, Winkler, Frequency-Based
Matching in the Fellegi-Sunter Model (2000). The weights below were estimated from labelled pairs of
`bench/identity_people.py` with another seed than the one that is reported (`bench/identity.py`), then
rounded.

Where the model's assumption of independent fields is plainly false, the code says so instead of
adding up: colleagues share an office, so place and switchboard count little beside the company; and
whoever bears another name is somebody else, however much else agrees.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import log2

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from leads.domain.blocking import compact_local_part
from leads.domain.emails import is_role_mailbox, may_imitate
from leads.domain.mail_domains import LIKELY_TYPOS
from leads.domain.person import Person
from leads.domain.similar_names import compare_name_words, is_typo
from leads.domain.text import fold


class Verdict(StrEnum):
    """CERTAIN is merged at once, LIKELY is shown to a person, UNLIKELY stays apart."""

    CERTAIN = "CERTAIN"
    LIKELY = "LIKELY"
    UNLIKELY = "UNLIKELY"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From how many bits on a pair is certain and likely."""

    certain: float = 29.0
    likely: float = 17.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One field, the level on which the two agree or differ there, and what it weighs in bits."""

    field: str
    level: str
    weight: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """All findings about a pair and their sum."""

    total: float
    findings: tuple[Finding, ...]

    def levels(self) -> frozenset[str]:
        return frozenset(f"{one.field}.{one.level}" for one in self.findings)


WEIGHTS: dict[str, dict[str, float]] = {
    "name": {
        "same": 15.0, "nickname": 12.0, "swapped": 14.0, "initial": 9.5, "part": 10.0,
        "typo_family": 12.0, "typo_given": 11.0, "typo_both": 7.0, "single": 3.0, "unknown": 0.0,
        "given_only": -3.0, "family_only": -30.0, "different": -40.0,
    },
    "email": {
        "same": 20.0, "domain_typo": 15.0, "local_typo": 10.0, "same_local": 8.0,
        "same_local_of_name": 3.5, "unknown": 0.0, "other_domain": -1.5, "other_person": -6.0,
        "lookalike": -6.0,
    },
    "phone": {
        "same": 16.0, "other_extension": -2.0, "typo": 8.0, "same_switchboard": 2.0,
        "unknown": 0.0, "different": -1.0,
    },
    "company": {
        "same_domain": 8.5, "same_name": 8.5, "similar_name": 7.0, "unknown": 0.0,
        "different": -2.5,
    },
    "place": {
        "same_street": 12.0, "same_postal_code": 8.0, "same_city": 5.0, "same_office": 2.0,
        "postal_typo": 4.0, "same_country": 1.0, "unknown": 0.0, "other_city": -3.0,
        "other_country": -5.0,
    },
    "job_title": {"same": 2.0, "similar": 1.0, "unknown": 0.0, "different": -1.0},
}  # fmt: skip

# Made once: an arriving lead is compared with dozens.
_FINDINGS = {
    field: {level: Finding(field, level, weight) for level, weight in levels.items()}
    for field, levels in WEIGHTS.items()
}
_NAMES_THAT_AGREE = frozenset({"same", "nickname", "swapped", "part", "typo_family", "typo_given"})
_CONTACT = frozenset({"email.same", "email.domain_typo", "email.local_typo", "email.same_local",
                      "phone.same", "phone.typo"})  # fmt: skip
_COMPANY = frozenset({"company.same_domain", "company.same_name", "company.similar_name"})
_PLACE = frozenset({"place.same_street", "place.same_postal_code", "place.same_office",
                    "place.same_city"})  # fmt: skip
_AGAINST = frozenset({"email.other_person", "email.lookalike", "phone.other_extension",
                      "place.other_country"})  # fmt: skip
# Past this the other fields cannot make up for the name.
_HOPELESS = -20.0


def compare(one: Person, other: Person, *, namesakes: int = 0) -> Likeness:
    """Weighs every field of the pair. `namesakes` is how many other leads bear this name."""
    name = _compare_names(one, other)
    findings = [_find("name", name)]
    if findings[0].weight > 0 and namesakes > 1:
        rarity = findings[0].weight - log2(namesakes)
        findings[0] = Finding("name", name, round(max(rarity, 1.0), 1))
    if findings[0].weight > _HOPELESS:
        company = _compare_companies(one, other)
        is_office = company.startswith("same")
        findings += (
            _find("email", _compare_emails(one, other, name)),
            _find("phone", _compare_phones(one, other)),
            _find("company", company),
            _find("place", _compare_places(one, other, is_office=is_office)),
            _find("job_title", _compare_titles(one, other)),
        )
    total = sum(finding.weight for finding in findings)
    return Likeness(round(total, 1), tuple(findings))


def judge(likeness: Likeness, thresholds: Thresholds) -> Verdict:
    """What the sum means. Certain asks for more than a sum, because nobody looks at it before it counts:

    a name that agrees, a way to reach the person (or company and place) that does, and nothing that
    speaks against it.
    """
    if likeness.total < thresholds.likely:
        return Verdict.UNLIKELY
    levels = likeness.levels()
    name = likeness.findings[0].level
    has_contact = bool(levels & _CONTACT) or bool(levels & _COMPANY and levels & _PLACE)
    if likeness.total < thresholds.certain or name not in _NAMES_THAT_AGREE:
        return Verdict.LIKELY
    return Verdict.CERTAIN if has_contact and not levels & _AGAINST else Verdict.LIKELY


def names_may_agree(one: Person, given: tuple[str, ...], family: tuple[str, ...]) -> bool:
    """Whether a pair is worth comparing further, by the names alone."""
    level = compare_name_words(one.given, one.family, given, family)
    return WEIGHTS["name"][level] > _HOPELESS


def _find(field: str, level: str) -> Finding:
    return _FINDINGS[field][level]


def _compare_names(one: Person, other: Person) -> str:
    return compare_name_words(one.given, one.family, other.given, other.family)


# --- Ways to reach them -----------------------------------------------------------------------


def _compare_emails(one: Person, other: Person, name: str) -> str:
    if not one.email or not other.email:
        return "unknown"
    if one.email == other.email:
        return "same"
    if may_imitate(one.email) or may_imitate(other.email):
        return "lookalike"  # who imitates an address copies the rest of the signature too
    return _compare_addresses(one, other, name)


def _compare_addresses(one: Person, other: Person, name: str) -> str:
    """Two addresses that differ."""
    (local, _, domain), (local2, _, domain2) = (
        one.email.rpartition("@"),
        other.email.rpartition("@"),
    )
    if is_role_mailbox(one.email) or is_role_mailbox(other.email):
        return "unknown"
    if local == local2:
        if LIKELY_TYPOS.get(domain, domain) == LIKELY_TYPOS.get(domain2, domain2):
            return "domain_typo"
        if OSA.distance(domain, domain2, score_cutoff=2) <= 2:
            return "domain_typo"
    if domain == domain2 and not one.is_free_mail:
        return _compare_locals(local, local2, name)
    if domain == domain2 and is_typo(local, local2) and name == "same":
        return "local_typo" if _digits(local) == _digits(local2) else "other_domain"
    compact = compact_local_part(one.email)
    if compact and compact == compact_local_part(other.email):
        return "same_local_of_name" if _is_made_of_name(compact, one, other) else "same_local"
    return "other_domain"


def _compare_locals(local: str, local2: str, name: str) -> str:
    """Two mailboxes of one domain: a slip of the keyboard, or two people.

    Digits that differ are no slip: m.schmidt1 and m.schmidt2 are colleagues. Nor is it one where the
    names differ as the mailboxes do: joy.taylor and jody.taylor.
    """
    if (
        _digits(local) == _digits(local2)
        and name in ("same", "swapped", "part")
        and is_typo(local, local2)
    ):
        return "local_typo"
    return "other_person"


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _is_made_of_name(compact: str, one: Person, other: Person) -> bool:
    """Whether the name alone explains the address: two John Smiths both have a john.smith somewhere."""
    return any(
        word in compact and len(word) >= 3 for person in (one, other) for word in person.family
    )


def _compare_phones(one: Person, other: Person) -> str:
    if not one.phone or not other.phone:
        return "unknown"
    if one.phone == other.phone:
        differ = one.extension and other.extension and one.extension != other.extension
        return "other_extension" if differ else "same"
    if len(one.phone) == len(other.phone):
        if (
            OSA.distance(one.phone, other.phone, score_cutoff=1) <= 1
            and one.phone[-2:] == other.phone[-2:]
        ):
            return "typo"
        if one.phone[:-3] == other.phone[:-3]:
            return "same_switchboard"
    return "different"


# --- Company and place ------------------------------------------------------------------------


def _compare_companies(one: Person, other: Person) -> str:
    if one.company_domain and one.company_domain == other.company_domain:
        return "same_domain"
    if one.company and one.company == other.company:
        return "same_name"
    if one.company and other.company:
        ratio = fuzz.token_sort_ratio(one.company, other.company, score_cutoff=86)
        if ratio or _is_longer_form(one.company, other.company):
            return "similar_name"
        return "different"
    if one.company_domain and other.company_domain:
        return "different"
    return _compare_name_with_domain(one, other)


def _is_longer_form(one: str, other: str) -> bool:
    """ "acme" and "acme europe": the first words agree and say something."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and long.startswith(short + " ")


def _compare_name_with_domain(one: Person, other: Person) -> str:
    """One named the company, the other only its site."""
    for named, by_site in ((one, other), (other, one)):
        label = by_site.company_domain.partition(".")[0].replace("-", "")
        if len(label) >= 4 and label == named.company.replace(" ", ""):
            return "similar_name"
    return "unknown"


def _compare_places(one: Person, other: Person, *, is_office: bool) -> str:
    if one.country and other.country and one.country != other.country:
        return "other_country"
    code, code2 = fold(one.postal_code), fold(other.postal_code)
    city, city2 = fold(one.city), fold(other.city)
    is_postal = bool(code) and code == code2
    is_city = bool(city) and (city == city2 or is_typo(city, city2))
    is_near = bool(code and code2) and len(code) >= 4 and OSA.distance(code, code2) <= 1
    if is_postal or is_city:
        if is_office:
            return "same_office"
        if _is_same_street(one.street, other.street):
            return "same_street"
        return "same_postal_code" if is_postal else "same_city"
    if is_near:
        return "same_street" if _is_same_street(one.street, other.street) else "postal_typo"
    if (city and city2) or (code and code2):
        return "other_city"
    return "same_country" if one.country and other.country else "unknown"


def _is_same_street(street: str, street2: str) -> bool:
    if not street or not street2:
        return False
    return bool(fuzz.token_sort_ratio(fold(street), fold(street2), score_cutoff=80))


def _compare_titles(one: Person, other: Person) -> str:
    if not one.job_title or not other.job_title:
        return "unknown"
    title, title2 = fold(one.job_title), fold(other.job_title)
    if title == title2:
        return "same"
    return "similar" if fuzz.token_set_ratio(title, title2, score_cutoff=85) else "different"
