import pytest

from leads.domain.cleansing import inspect
from leads.domain.companies import company_key, read_website
from leads.domain.notes import Notes


@pytest.mark.parametrize(
    "name",
    ["Acme", "ACME Inc.", "The Acme Company (USA) Inc.", "Acme GmbH & Co. KG",
     "Acme Aktiengesellschaft", "Acme, S.A. de C.V.", "Acme Sp. z o.o.",
     "Acmé SARL", "Acme Pty Ltd", "Acme Co., Ltd.",
     "OOO Acme", "株式会社Acme", "Acme (Germany) GmbH", "Acme & Co"],
)  # fmt: skip
def test_legal_forms_do_not_tell_companies_apart(name: str) -> None:
    assert company_key(name) == "acme"


@pytest.mark.parametrize(
    ("name", "key"),
    [("AG", "ag"), ("Co", "co"), ("株式会社", "株式会社"), ("ООО Ромашка", "ромашка"),
     ("Texas Instruments", "texas instruments"), ("Barnes & Noble", "barnes and noble"),
     ("!!!", "!!!"),     ("Müller GmbH", "muller"), ("Acme (West)", "acme west")],
)  # fmt: skip
def test_a_key_keeps_what_names_the_company(name: str, key: str) -> None:
    assert company_key(name) == key


@pytest.mark.parametrize(
    ("raw", "url", "domain"),
    [
        ("WWW.Example.com/", "https://www.example.com", "example.com"),
        ("http://shop.example.co.uk/a?b=1", "http://shop.example.co.uk/a?b=1", "example.co.uk"),
        ("example.com:8080", "https://example.com:8080", "example.com"),
        ("https://acme.github.io", "https://acme.github.io", "acme.github.io"),
        ("linkedin.com/company/acme", "https://linkedin.com/company/acme", ""),
        ("https://münchen.de", "https://xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("n/a", "", ""),
    ],
)
def test_a_website_names_the_domain_the_company_owns(raw: str, url: str, domain: str) -> None:
    assert read_website(raw, Notes()) == (url, domain)
    assert read_website(url, Notes()) == (url, domain)


@pytest.mark.parametrize(
    "raw",
    ["javascript:alert(1)", "not a site", "http://", "https://user:pw@example.com", "http://[::1",
     "localhost", "ftp://example.com", "http://exa mple.com", "mailto:ada@example.com",
     "https://example.com:99999"],
)  # fmt: skip
def test_what_is_no_web_address_is_dropped_with_a_doubt(raw: str) -> None:
    notes = Notes()
    assert read_website(raw, notes) == ("", "")
    assert [warning.code for warning in notes.warnings] == ["website_invalid"]


def test_the_company_domain_comes_from_the_site_before_the_mail() -> None:
    both, _ = inspect({"email": "ada@mail.example.org", "website": "www.example.com"})
    mail, _ = inspect({"email": "ada@mail.example.org"})
    assert both.company_domain == "example.com"
    assert mail.company_domain == "example.org"


def test_a_site_serves_a_free_mail_lead() -> None:
    draft, _ = inspect({"email": "ada@gmail.com", "website": "example.com"})
    assert draft.company_domain == "example.com"


def test_a_placeholder_is_no_company() -> None:
    draft, _ = inspect({"email": "ada@example.com", "company": "N/A"})
    assert (draft.company_name, draft.company_key) == ("", "")
