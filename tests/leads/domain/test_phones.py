import pytest

from leads.domain.cleansing import check, inspect
from leads.domain.notes import Notes
from leads.domain.phones import international_country, read_phone


@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [
        ("(415) 555-0101", "US", "+14155550101"),
        ("415.555.0101", "US", "+14155550101"),
        ("+1 555 010 0001", "", "+15550100001"),
        ("(555) 010-0001", "US", "+15550100001"),
        ("14155550101", "", "+14155550101"),
        ("14155552671.0", "US", "+14155552671"),
        ("'+49 30 1234567", "", "+49301234567"),
        ("030/1234567", "DE", "+49301234567"),
        ("0049 (0)30 1234567", "US", "+49301234567"),
        ("tel:+44-20-7946-0958", "", "+442079460958"),
        ("０３－１２３４－５６７８", "JP", "+81312345678"),
        ("+39 06 1234 5678", "", "+390612345678"),
    ],
)
def test_a_number_is_read_as_dialled_in_its_country(raw: str, region: str, e164: str) -> None:
    assert read_phone(raw, region, Notes()).e164 == e164


def test_an_extension_is_kept_and_tells_people_of_one_switchboard_apart() -> None:
    draft, _ = inspect({"phone": "+49 30 123456 ext. 12"})
    assert (draft.phone_e164, draft.phone_extension) == ("+4930123456", "12")
    assert draft.identity_keys == (("PHONE", "+4930123456;ext=12"),)


@pytest.mark.parametrize(
    ("raw", "region", "reason"),
    [
        ("555-0101", "US", "the area code is missing."),
        ("12345678", "", "no country code and the country is unknown."),
        ("call me", "US", "does not look like one."),
        ("1.41556E+10", "US", "a spreadsheet rounded it"),
        ("0000000000", "US", "a placeholder."),
        ("1234567890", "US", "a placeholder."),
        ("+49 30 12345678901234", "", "too many digits."),
    ],
)
def test_a_number_nobody_could_dial_is_kept_as_written_and_says_why(
    raw: str, region: str, reason: str
) -> None:
    reading = read_phone(raw, region, Notes())
    assert reading.e164 == ""
    assert reading.shown == raw
    assert reading.fault.startswith(f"Phone “{raw}” is not a number: ")
    assert reason in reading.fault


def test_a_possible_number_in_no_known_range_is_used_with_a_doubt() -> None:
    draft, problems = inspect({"phone": "+1 555 010 0001"})
    assert problems == ()
    assert [warning.code for warning in draft.warnings] == ["phone_unassigned"]


def test_the_lead_s_own_country_reads_the_number_before_the_source_s() -> None:
    fields = {"phone": "030 1234567", "country": "Germany"}
    draft, _ = inspect(fields, default_country="US")
    assert (draft.phone_e164, draft.phone_country) == ("+49301234567", "DE")


def test_of_two_numbers_the_first_is_read_and_the_other_mentioned() -> None:
    notes = Notes()
    assert read_phone("030/1234567; 0171 1234567", "DE", notes).e164 == "+49301234567"
    assert [warning.code for warning in notes.warnings] == ["phone_second"]


def test_only_an_international_number_names_its_country_by_itself() -> None:
    assert international_country("+49 30 1234567") == "DE"
    assert international_country("+1 416 555 0123") == "CA"
    assert international_country("030 1234567") == ""
    assert international_country("+1 555 010 0001") == ""


def test_a_bad_phone_beside_a_good_email_is_only_a_doubt() -> None:
    draft, problems = inspect({"email": "ada@example.com", "phone": "12"})
    assert problems == ()
    assert draft.phone == "12"
    assert [warning.code for warning in draft.warnings] == ["phone_invalid"]


def test_a_row_without_any_usable_address_names_what_was_wrong_with_each() -> None:
    problems = check({"email": "ada(at)example", "phone": "12"})
    assert [problem.field for problem in problems] == ["email", "phone"]
    assert problems[0].message.startswith("E-mail “ada(at)example” is not an address: ")
    assert problems[1].message.startswith("Phone “12” is not a number: ")


def test_a_row_with_neither_email_nor_phone_is_refused() -> None:
    (problem,) = check({"full_name": "Ada Lovelace"})
    assert problem.message == "E-mail and Phone are both empty; one is needed."
