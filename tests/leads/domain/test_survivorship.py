from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.cleansing import cleanse
from leads.domain.draft import FIELDS, Draft
from leads.domain.survivorship import Value, merge_fields


def known(**fields: str) -> dict[str, Value]:
    """A stored lead as cleansing left it, without the notes."""
    values = asdict(cleanse(fields, default_country="US"))
    for name in ("changes", "warnings", "identity_keys"):
        del values[name]
    return values


def test_blanks_are_filled() -> None:
    existing = known(email="ada@example.com")
    draft = cleanse({"email": "ada@example.com", "full_name": "Ada Lovelace", "country": "DE"})
    changed = merge_fields(existing, draft)
    assert changed == {
        "first_name": "Ada",
        "last_name": "Lovelace",
        "full_name": "Ada Lovelace",
        "country": "DE",
    }


def test_a_newer_job_and_company_win() -> None:
    existing = known(email="ada@example.com", job_title="Analyst", company="Old Ltd")
    draft = cleanse({"email": "ada@example.com", "job_title": "CTO", "company": "New Inc"})
    changed = merge_fields(existing, draft)
    assert changed == {"job_title": "CTO", "company_name": "New Inc", "company_key": "new"}


def test_a_name_stays_and_is_never_mixed_from_two() -> None:
    existing = known(email="ada@example.com", first_name="Ada")
    assert (
        merge_fields(existing, Draft(first_name="Bob", last_name="Jones", full_name="Bob Jones"))
        == {}
    )


def test_a_second_address_does_not_replace_the_first() -> None:
    existing = known(email="ada@example.com", phone="+14155550101")
    assert merge_fields(existing, cleanse({"email": "ada@example.org"})).keys() == {
        "company_domain"
    }


def test_a_usable_address_replaces_an_unusable_one_and_never_the_other_way() -> None:
    bad, good = (
        {"email": "ada(at)example", "phone": "12"},
        {"email": "ada@gmail.com", "phone": "+14155550101"},
    )
    changed = merge_fields(known(**bad), cleanse(good))
    assert changed["email"] == changed["email_key"] == "ada@gmail.com"
    assert changed["phone_e164"] == "+14155550101"
    assert merge_fields(known(**good), cleanse(bad)) == {}


def test_a_newer_phone_wins_as_one_unit() -> None:
    existing = known(email="ada@gmail.com", phone="+14155550101 ext 5")
    changed = merge_fields(existing, cleanse({"email": "ada@gmail.com", "phone": "+49 30 1234567"}))
    assert changed == {
        "phone": "+49 30 1234567",
        "phone_e164": "+49301234567",
        "phone_country": "DE",
        "phone_extension": "",
    }


def test_a_contradicting_place_changes_nothing_and_an_agreeing_one_fills_in() -> None:
    existing = known(email="a@gmail.com", country="DE", city="Berlin")
    assert merge_fields(existing, cleanse({"country": "FR", "postal_code": "75001"})) == {}
    agreeing = cleanse({"country": "DE", "city": "BERLIN", "postal_code": "10115"})
    assert merge_fields(existing, agreeing) == {"postal_code": "10115"}


def test_products_add_up_without_repeats() -> None:
    existing = {"products": ["CRM"]}
    assert merge_fields(existing, Draft(products=("crm", "CPQ"))) == {"products": ("CRM", "CPQ")}  # type: ignore[arg-type]


def test_a_withdrawn_consent_wins_and_silence_does_not() -> None:
    assert merge_fields({"consent": True}, Draft(consent=False)) == {"consent": False}
    assert merge_fields({"consent": True}, Draft(consent=None)) == {}


def test_a_late_delivery_fills_blanks_and_overrules_nothing() -> None:
    existing: dict[str, Value] = {"job_title": "CTO", "industry": ""}
    draft = Draft(job_title="Analyst", industry="Retail")
    assert merge_fields(existing, draft, is_newer=False) == {"industry": "Retail"}


def test_fields_a_lead_does_not_have_are_left_alone() -> None:
    assert merge_fields({"email": "", "email_domain": ""}, cleanse({"email": "a@b.example"})) == {
        "email": "a@b.example",
        "email_domain": "b.example",
    }


SOME_FIELDS = {
    name: st.sampled_from(values)
    for name, values in {
        "email": ["", "ada@example.com", "ada@gmail.com", "broken"],
        "phone": ["", "+14155550101", "12", "+49 30 1234567 ext 3"],
        "full_name": ["", "Ada Lovelace", "Bob"],
        "company": ["", "Acme Inc", "Other AG"],
        "website": ["", "example.com"],
        "country": ["", "US", "DE"],
        "subdivision": ["", "CA", "Bavaria"],
        "city": ["", "Berlin", "Paris"],
        "employees": ["", "50", "1k"],
        "products": ["", "CRM", "CPQ, CRM"],
        "consent": ["", "yes", "no"],
    }.items()
}
some_leads = st.fixed_dictionaries(SOME_FIELDS)


@given(some_leads, some_leads, st.booleans())
def test_merging_never_loses_a_value_and_settles_at_once(
    first: dict[str, str], second: dict[str, str], is_newer: bool
) -> None:
    existing, draft = known(**first), cleanse(second, default_country="US")
    changed = merge_fields(existing, draft, is_newer=is_newer)
    merged = existing | changed
    units = {"phone", "phone_country", "phone_extension", "email", "is_free_mail", "is_disposable"}
    for name in existing.keys() - units:
        assert merged[name] not in ("", None, ()) or existing[name] in ("", None, ())
    assert merge_fields(merged, draft, is_newer=is_newer) == {}


@pytest.mark.parametrize(
    "name", ["email_key", "phone_e164", "full_name", "company_name", "country"]
)
def test_an_empty_draft_changes_nothing(name: str) -> None:
    fields = dict.fromkeys(FIELDS, "") | {"email": "ada@example.com", "phone": "+14155550101"}
    existing = known(
        **fields,
    ) | {name: "kept"}
    assert merge_fields(existing, Draft()) == {}
