import pytest

from leads.domain.cleansing import cleanse
from leads.domain.draft import Draft
from leads.domain.identity import identity_keys, is_same_person, names_agree


def test_the_same_person_in_two_spellings_has_the_same_keys() -> None:
    web = cleanse({"email": "Ada@Example.com", "phone": "(415) 555-0101", "country": "USA"})
    show = cleanse({"email": "ADA@EXAMPLE.COM ", "phone": "+1 415 555 0101"})
    assert web.identity_keys == show.identity_keys == identity_keys(web)
    assert web.identity_keys == (("EMAIL", "ada@example.com"), ("PHONE", "+14155550101"))


def test_an_unusable_address_names_nobody() -> None:
    assert cleanse({"email": "ada(at)example", "phone": "12"}).identity_keys == ()


def test_a_shared_mailbox_still_identifies_by_email() -> None:
    assert cleanse({"email": "info@example.com"}).identity_keys == (("EMAIL", "info@example.com"),)


@pytest.mark.parametrize(
    ("name", "email", "existing_name", "existing_email", "same"),
    [
        ("Ada Lovelace", "ada@home.example", "Ada Lovelace", "ada@work.example", True),
        ("Bob Jones", "bob@example.com", "Ada Lovelace", "ada@example.com", False),
        ("Bob Jones", "", "Ada Lovelace", "ada@example.com", False),
        ("Bob Jones", "ada@example.com", "Ada Lovelace", "ada@example.com", True),
        ("A. Lovelace", "", "Ada Lovelace", "ada@example.com", True),
        ("", "", "Ada Lovelace", "ada@example.com", True),
        ("", "bob@example.com", "Ada Lovelace", "ada@example.com", False),
        ("", "bob@example.com", "", "info@example.com", True),
        ("Charles Lovelace", "", "Ada Lovelace", "", False),
    ],
)
def test_a_shared_phone_merges_only_what_nothing_speaks_against(
    name: str, email: str, existing_name: str, existing_email: str, same: bool
) -> None:
    draft = Draft(full_name=name, email_key=email, phone_e164="+14155550100")
    assert is_same_person(draft, existing_name, existing_email) is same


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Ada Lovelace", "LOVELACE Ada", True),
        ("Ada King Lovelace", "Ada Lovelace", True),
        ("Bob Jones", "Robert Jones", True),
        ("Alex Jones", "Alexander Jones", True),
        ("Al Jones", "Alma Jones", False),
        ("José Núñez", "Jose Nunez", True),
        ("Ada Lovelace", "Ada Byron", False),
    ],
)
def test_names_agree_despite_order_initials_and_short_forms(
    one: str, other: str, agree: bool
) -> None:
    assert names_agree(one, other) is agree
    assert names_agree(other, one) is agree
