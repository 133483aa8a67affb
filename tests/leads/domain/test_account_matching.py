"""Which company a lead works for, by evidence."""

import pytest

from leads.domain.account_matching import Company, match_company
from leads.domain.cleansing import inspect

ACME = Company(
    account_id=1, names=frozenset({"acme", "acme tools"}), domain="acme.example", country="DE",
    phone="+492285550", postal_code="53111", street="Am Markt 1",
)  # fmt: skip
OTHER = Company(account_id=2, names=frozenset({"beta"}), country="DE")


@pytest.mark.parametrize(
    ("lead", "sentence"),
    [
        (Company(names=frozenset({"acme"})), "By the name “acme”."),
        (Company(names=frozenset({"acme tools"}), country="DE"), "By the name “acme tools”."),
        (
            Company(names=frozenset({"acme"}), phone="+492285550123", domain="acme.test"),
            None,
        ),
        (
            Company(names=frozenset({"acme"}), phone="+492285550"),
            "By the name “acme” and the phone number +492285550.",
        ),
        (
            Company(names=frozenset({"acme toolss"}), postal_code="53111", street="Am Markt 1"),
            "By a name like “acme tools” and the address Am Markt 1, 53111.",
        ),
        (Company(names=frozenset({"acme"}), country="US"), None),
        (Company(names=frozenset({"acme toolz"})), None),
        (Company(phone="+492285550"), None),
        (Company(names=frozenset({"gamma"})), None),
    ],
)
def test_evidence_decides(lead: Company, sentence: str | None) -> None:
    found = match_company(lead, [OTHER, ACME])
    assert found == ((1, sentence) if sentence else None)


def test_two_accounts_that_fit_equally_are_no_match() -> None:
    twin = Company(account_id=3, names=frozenset({"acme"}))
    lead = Company(names=frozenset({"acme"}))
    assert match_company(lead, [ACME, twin]) is None
    at_market = Company(names=frozenset({"acme"}), postal_code="53111", street="Am Markt 1")
    assert match_company(at_market, [ACME, twin]) is not None


@pytest.mark.parametrize("email", ["eva@gmail.com", "eva@gmx.de", "eva@mailinator.com"])
def test_free_and_throw_away_mail_has_no_company_domain(email: str) -> None:
    assert inspect({"email": email, "company": "Acme"})[0].company_domain == ""
