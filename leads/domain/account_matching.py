"""Which company a lead works for, with the reason as a sentence.

A web domain decides by itself; free mail has none (`Draft.company_domain` is empty there). Otherwise
evidence adds up: the name or an alias, the switchboard, the address; another country speaks against
it. Two companies that fit equally well are no match, because a wrong owner is worse than none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from leads.domain.text import fold

_ENOUGH = 4
_LIKE_NAMES = 92
_STREET = 85
_DIALLED_BEHIND = 3  # digits behind a switchboard's own


@dataclass(frozen=True, slots=True)
class Company:
    """What is known of a company; unknown is empty. `names` are keys, aliases included."""

    account_id: int = 0
    names: frozenset[str] = frozenset()
    domain: str = ""
    phone: str = ""
    country: str = ""
    postal_code: str = ""
    street: str = ""


def match_company(lead: Company, accounts: Iterable[Company]) -> tuple[int, str] | None:
    """(account id, sentence) of the one account that fits best, None if none or several do."""
    scored = sorted(((*_weigh(lead, one), one.account_id) for one in accounts), reverse=True)
    if not scored or scored[0][0] < _ENOUGH:
        return None
    best, reasons, account_id = scored[0]
    if len(scored) > 1 and scored[1][0] == best:
        return None
    return account_id, f"By {_join(reasons)}."


def _weigh(lead: Company, account: Company) -> tuple[int, Sequence[str]]:
    points, reasons = 0, []
    for worth, reason in (
        _weigh_name(lead, account), _weigh_phone(lead, account), _weigh_address(lead, account),
    ):  # fmt: skip
        points += worth
        if reason:
            reasons.append(reason)
    if lead.country and account.country and lead.country != account.country:
        points -= 4
    if lead.domain and account.domain and lead.domain != account.domain:
        points -= 1
    return points, reasons


def _weigh_name(lead: Company, account: Company) -> tuple[int, str]:
    if same := lead.names & account.names:
        return 4, f"the name “{min(same)}”"
    for name in lead.names:
        for other in account.names:
            if fuzz.token_sort_ratio(name, other, score_cutoff=_LIKE_NAMES):
                return 2, f"a name like “{other}”"
    return 0, ""


def _weigh_phone(lead: Company, account: Company) -> tuple[int, str]:
    if not lead.phone or not account.phone:
        return 0, ""
    if lead.phone == account.phone:
        return 3, f"the phone number {account.phone}"
    head = account.phone[:-_DIALLED_BEHIND]
    if len(head) >= 8 and lead.phone.startswith(head):
        return 2, f"the switchboard of {account.phone}"
    return 0, ""


def _weigh_address(lead: Company, account: Company) -> tuple[int, str]:
    if not lead.postal_code or fold(lead.postal_code) != fold(account.postal_code):
        return 0, ""
    street, street2 = fold(lead.street), fold(account.street)
    if street and street2 and fuzz.token_sort_ratio(street, street2, score_cutoff=_STREET):
        return 3, f"the address {account.street}, {account.postal_code}"
    return 1, f"the postal code {account.postal_code}"


def _join(reasons: Sequence[str]) -> str:
    *most, last = reasons
    return f"{', '.join(most)} and {last}" if most else last
