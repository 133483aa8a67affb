import pytest

from leads.domain.cleansing import check, inspect
from leads.domain.emails import is_role_mailbox, read_email
from leads.domain.notes import Notes


def key_of(raw: str) -> str:
    return read_email(raw, Notes()).key


def warning_codes(raw: str) -> set[str]:
    notes = Notes()
    read_email(raw, notes)
    return {warning.code for warning in notes.warnings}


@pytest.mark.parametrize(
    "raw",
    [
        "ada@example.com",
        " Ada@Example.COM ",
        "Ada Lovelace <ADA@example.com>",
        '"Lovelace, Ada" <ada@example.com>',
        "mailto:ada@example.com?subject=Hi",
        "ada@example.com.",
        "'ada@example.com'",
        "ada @ example.com",
        "ada@example.com (work)",
        "ada@example.com, ADA@example.com",
        "ａｄａ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "a\u200bda@example.com\x00",
    ],
)
def test_every_way_to_write_one_address_has_one_key(raw: str) -> None:
    assert key_of(raw) == "ada@example.com"


def test_an_international_domain_is_keyed_in_ascii_and_shown_as_written() -> None:
    reading = read_email("Ada@Münchner-Hütte.de", Notes())
    assert reading.key == "ada@xn--mnchner-htte-dlbi.de"
    assert reading.shown == "Ada@münchner-hütte.de"
    assert key_of("ada@XN--mnchner-htte-dlbi.de") == reading.key


def test_plus_tags_and_dots_stay_because_only_the_server_knows_what_they_mean() -> None:
    assert key_of("a.da+show@example.com") == "a.da+show@example.com"


@pytest.mark.parametrize("raw", ["ada@exаmple.com", "аda@example.com", "ada@асе.com"])
def test_a_lookalike_is_flagged_and_kept_apart_from_its_latin_twin(raw: str) -> None:
    assert "email_lookalike" in warning_codes(raw)
    assert key_of(raw) not in ("ada@example.com", "ada@ace.com")


@pytest.mark.parametrize("raw", ["иван@пример.рф", "jörg@müller.de", "ada@example.com"])
def test_an_address_in_one_script_is_not_called_a_lookalike(raw: str) -> None:
    assert "email_lookalike" not in warning_codes(raw)


@pytest.mark.parametrize(
    "raw",
    ["ada@example.com; bob@example.com", "ada@example.com/bob@example.com",
     "Ada <ada@example.com>, Bob <bob@example.com>", "ada@example.com\nbob@example.com"],
)  # fmt: skip
def test_two_addresses_in_one_cell_are_refused_even_with_a_phone(raw: str) -> None:
    (problem,) = check({"email": raw, "phone": "+14155550101"})
    assert problem.field == "email"
    assert "holds two people’s addresses; one row is one person" in problem.message


def test_a_cell_with_two_addresses_names_nobody_by_email() -> None:
    draft, _ = inspect({"email": "ada@example.com; bob@example.com"})
    assert draft.email_key == ""
    assert draft.identity_keys == ()


@pytest.mark.parametrize(
    "raw",
    ["ada(at)example", "ada@", "@example.com", "ada@example", "a..b@example.com", "ada@[1.2.3.4]",
     "ada@exa mple.com", "a" * 65 + "@example.com",
     "a@" + "b" * 300 + ".com", "ada@xn--.com"],
)  # fmt: skip
def test_what_is_no_address_has_no_key_and_says_why(raw: str) -> None:
    reading = read_email(raw, Notes())
    assert reading.key == ""
    assert reading.fault.startswith("E-mail “")
    assert " is not an address: " in reading.fault


@pytest.mark.parametrize(
    "domain", ["gmail.com", "proton.me", "hey.com", "tuta.io", "yahoo.co.uk", "web.de"]
)
def test_free_mail_names_no_company(domain: str) -> None:
    draft, _ = inspect({"email": f"ada@{domain}"})
    assert draft.is_free_mail
    assert draft.company_domain == ""


def test_a_throw_away_address_is_flagged_and_names_no_company() -> None:
    draft, problems = inspect({"email": "ada@mailinator.com"})
    assert draft.is_disposable
    assert draft.company_domain == ""
    assert "email_disposable" in {warning.code for warning in draft.warnings}
    assert problems == ()


def test_a_likely_typing_error_is_pointed_out_and_not_corrected() -> None:
    assert "email_typo" in warning_codes("ada@gmail.con") | warning_codes("ada@hotmial.com")
    assert key_of("ada@hotmial.com") == "ada@hotmial.com"


@pytest.mark.parametrize(
    "key", ["info@example.com", "sales+eu@example.com", "no-reply@example.com"]
)
def test_a_desk_is_told_from_a_person(key: str) -> None:
    assert is_role_mailbox(key)
    assert not is_role_mailbox("ada@example.com")


def test_a_display_name_fills_a_missing_name_and_never_replaces_one() -> None:
    blank, _ = inspect({"email": "Ada Lovelace <ada@example.com>"})
    named, _ = inspect({"email": "Sales Desk <ada@example.com>", "full_name": "Ada Byron"})
    assert (blank.first_name, blank.last_name) == ("Ada", "Lovelace")
    assert named.full_name == "Ada Byron"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("ada@exаmple.com", "ada@xn--exmple-4nf.com"),
        ("ada@асе.com", "ada@xn--80ak9a.com"),
        ("jörg@müller.de", "jörg@müller.de"),
        ("иван@пример.рф", "иван@пример.рф"),
    ],
)
def test_a_lookalike_is_shown_in_the_form_that_gives_it_away(raw: str, shown: str) -> None:
    notes = Notes()
    reading = read_email(raw, notes)
    assert reading.shown == shown
    again = read_email(shown, Notes())
    assert (again.shown, again.key) == (shown, reading.key)
    assert all(shown in warning.message for warning in notes.warnings)


def test_a_lookalike_written_in_ascii_is_flagged_as_well() -> None:
    assert "email_lookalike" in warning_codes("ada@xn--exmple-4nf.com")
    assert "email_lookalike" not in warning_codes("ada@xn--mnchner-htte-dlbi.de")
