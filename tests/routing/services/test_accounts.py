"""Leads find their account; accounts have families; their owners take leads."""

from datetime import UTC

import pytest

from leadrouter.common.errors import InvalidInput
from leads.models import Account, AccountAlias, Lead
from leads.services.account_files import import_accounts, preview_accounts
from leads.services.accounts import merge_accounts, save_account
from routing.selectors.facts import lead_facts
from tests.factories import AccountFactory
from tests.routing.services.conftest import NOW, Desk


@pytest.fixture
def acme(db: None) -> Account:
    account, _ = save_account(
        values={"name": "Acme GmbH", "domain": "www.acme.example", "aliases": ["Acme Tools", "acme.test"],
                "country": "Germany", "phone": "+49 228 5550"},
        now=NOW,
    )  # fmt: skip
    return account


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"email": "eva@acme.example"}, "By the domain acme.example."),
        ({"email": "eva@acme.test"}, "By the domain acme.test, another of the company’s."),
        ({"email": "eva@gmail.com", "company": "ACME"}, "By the name “acme”."),
        ({"email": "eva@gmail.com", "company": "Acme Tools Ltd"}, "By the name “acme tools”."),
    ],
)
def test_a_lead_finds_its_account_and_says_why(
    desk: Desk, acme: Account, fields: dict[str, str], why: str
) -> None:
    lead = desk.route(**fields)
    assert (lead.account, lead.account_match) == (acme, why)
    assert Account.objects.count() == 1


def test_free_mail_alone_finds_no_account(desk: Desk, acme: Account) -> None:
    lead = desk.route(email="eva@gmail.com", company="")
    assert (lead.account, lead.account_match) == (None, "")
    assert Account.objects.count() == 1


def test_the_owner_of_the_parent_takes_what_the_account_itself_has_no_owner_for(
    desk: Desk, acme: Account
) -> None:
    group = AccountFactory(name="Group", owner=desk.reps[1])
    acme.parent = group
    acme.save()
    desk.version.rules.get(name="Everybody else").choices.update(kind="ACCOUNT_OWNER", pool=None)
    lead = desk.route(email="eva@acme.example")
    assert lead.owner == desk.reps[1]
    facts = lead_facts(Lead.objects.get(pk=lead.pk), UTC)
    assert facts["parent_account_owner"] == desk.reps[1].slug
    assert "account_owner" not in facts


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({}, "name", "needs a name or a domain"),
        ({"domain": "gmail.com"}, "domain", "free mail"),
        ({"domain": "no domain"}, "domain", "not a web domain"),
        ({"name": "X", "owner": "nobody"}, "owner", "No rep is called"),
        ({"name": "X", "parent": "nowhere"}, "parent", "No account is called"),
        ({"name": "X", "country": "Atlantis"}, "country", "no country"),
        ({"name": "X", "employees": "many"}, "employees", "whole number"),
        ({"name": "X", "colour": "red"}, "colour", "no field"),
        ({"name": "X", "aliases": "Acme Tools"}, "aliases", "another account"),
    ],
)
def test_a_bad_value_is_refused_with_its_field_and_nothing_is_written(
    acme: Account, values: dict[str, str], field: str, words: str
) -> None:
    before = list(Account.objects.values())
    with pytest.raises(InvalidInput) as refused:
        save_account(values=values, now=NOW)
    assert words in refused.value.fields[field]
    assert list(Account.objects.values()) == before


def test_saving_twice_is_one_account(acme: Account) -> None:
    again, kind = save_account(values={"domain": "acme.example", "segment": "Key"}, now=NOW)
    assert (again, kind, again.segment) == (acme, "CHANGED", "Key")
    _, kind = save_account(values={"domain": "acme.example", "segment": "Key"}, now=NOW)
    assert kind == "SAME"


def test_families_have_no_circles(acme: Account) -> None:
    child, _ = save_account(values={"name": "Child", "parent": "acme.example"}, now=NOW)
    grandchild, _ = save_account(values={"name": "Grandchild", "parent": "Child"}, now=NOW)
    with pytest.raises(InvalidInput, match="Grandchild belongs to Acme GmbH itself"):
        save_account(values={"parent": "Grandchild"}, account=acme, now=NOW)
    acme.refresh_from_db()
    assert acme.parent is None
    assert grandchild.parent == child


def test_two_accounts_become_one_with_everything_they_had(desk: Desk, acme: Account) -> None:
    other, _ = save_account(
        values={"name": "Acme Inc.", "domain": "acme-us.example", "segment": "Key"}, now=NOW
    )
    child, _ = save_account(values={"name": "Child", "parent": "acme-us.example"}, now=NOW)
    lead = desk.route(email="eva@acme-us.example")
    merge_accounts(kept=acme, merged=other, now=NOW)
    lead.refresh_from_db()
    child.refresh_from_db()
    assert (lead.account, child.parent, acme.segment) == (acme, acme, "Key")
    assert AccountAlias.objects.filter(account=acme, value="acme-us.example").exists()
    assert desk.route(email="tom@acme-us.example").account == acme
    with pytest.raises(InvalidInput, match="with itself"):
        merge_accounts(kept=acme, merged=acme, now=NOW)


FILE = """Company,Website,Parent,Owner,Named account,Employees
Acme GmbH,acme.example,Holding,,yes,120
Holding,holding.example,,,no,
,,,,,9
Beta,beta.example,,nobody,no,5
"""


def test_a_file_is_previewed_and_then_changes_exactly_that(acme: Account) -> None:
    content = FILE.encode()
    seen = preview_accounts(content=content, file_name="a.csv")
    assert Account.objects.count() == 1, "a preview writes nothing"
    assert [(row.number, row.kind) for row in seen.rows] == [
        (2, "CHANGED"), (3, "NEW"), (4, "WRONG"), (5, "WRONG"),
    ]  # fmt: skip
    assert ("employees", "", "120") in seen.rows[0].changes
    import_accounts(content=content, file_name="a.csv", seen=seen.seen, now=NOW)
    acme.refresh_from_db()
    assert acme.parent is not None
    assert (acme.parent.name, acme.is_named, acme.employees) == ("Holding", True, 120)
    assert Account.objects.count() == 2


def test_what_changed_since_the_preview_is_not_overwritten(acme: Account) -> None:
    content = FILE.encode()
    seen = preview_accounts(content=content, file_name="a.csv")
    Account.objects.filter(pk=acme.pk).update(employees=7)
    with pytest.raises(InvalidInput, match="changed since the preview"):
        import_accounts(content=content, file_name="a.csv", seen=seen.seen, now=NOW)
    acme.refresh_from_db()
    assert (acme.employees, Account.objects.count()) == (7, 1)
