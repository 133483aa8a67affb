from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.draft import FIELDS
from leads.files.columns import (
    Guess,
    guess_mapping,
    header_fingerprint,
    normalise_header,
    recognise,
)
from leads.files.mapping import mapping_of
from leads.files.synonyms import NOT_A_FIELD, REASON_COLUMN, ROW_COLUMN, SYNONYMS


def fields(headers: list[str], rows: list[list[str]] | None = None) -> list[str | None]:
    return [guess.field for guess in guess_mapping(headers, rows or [])]


def test_every_field_of_a_lead_has_synonyms_and_no_others() -> None:
    assert set(SYNONYMS) == set(FIELDS)


def test_no_header_is_a_synonym_of_two_fields() -> None:
    for field, synonyms in SYNONYMS.items():
        assert {recognise(synonym) for synonym in synonyms} == {field}
    assert {recognise(words) for words in NOT_A_FIELD} == {None}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            ["Badge ID", "Attendee First Name", "Attendee Last Name", "Company Name", "Job Title",
             "Work Email", "Mobile", "Country", "Scan Time", "Notes", "Lead Rating"],
            ["external_id", "first_name", "last_name", "company", "job_title",
             "email", "phone", "country", "occurred_at", "message", None],
        ),
        (
            ["Anrede", "Vorname", "Name", "Firma", "Straße", "PLZ", "Ort", "Bundesland", "Land",
             "Telefon", "E-Mail-Adresse", "Bemerkungen", "Faxnummer", "Einwilligung"],
            [None, "first_name", "last_name", "company", "street", "postal_code", "city",
             "subdivision", "country", "phone", "email", "message", None, "consent"],
        ),
        (
            ["Civilité", "Prénom", "Nom", "Société", "Fonction", "Courriel", "Téléphone",
             "Code postal", "Ville", "Pays", "Secteur d'activité", "Effectif", "Langue"],
            [None, "first_name", "last_name", "company", "job_title", "email", "phone",
             "postal_code", "city", "country", "industry", "employees", "language"],
        ),
        (
            ["Nombre", "Apellidos", "Empresa", "Cargo", "Correo electrónico", "Teléfono móvil",
             "Código postal", "Ciudad", "Provincia", "País", "Productos de interés", "Feria"],
            ["first_name", "last_name", "company", "job_title", "email", "phone",
             "postal_code", "city", "subdivision", "country", "products", "campaign"],
        ),
        (
            ["first_name", "lastName", "EMAIL_ADDRESS", "companyName", "phone-nr", "ZIP", "URL"],
            ["first_name", "last_name", "email", "company", "phone", "postal_code", "website"],
        ),
    ],
    ids=["badge scanner", "german", "french", "spanish", "programmer"],
)  # fmt: skip
def test_exports_in_four_languages_are_mapped(
    headers: list[str], expected: list[str | None]
) -> None:
    assert fields(headers) == expected


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Emial Address", "email"),
        ("Compnay Name", "company"),
        ("Frist Name", "first_name"),
        ("Strasse", "street"),
        ("Unternehmensgroesse", "employees"),
        ("TELEPHONE:", "phone"),
        ("Home phone", None),
        ("Lead Rating", None),
        ("Shoe size", None),
    ],
)
def test_a_misspelt_header_is_recognised_and_a_strange_one_is_not(
    header: str, field: str | None
) -> None:
    (guess,) = guess_mapping([header], [])
    assert guess.field == field
    assert guess.confidence == (0.0 if field is None else pytest.approx(0.9, abs=0.1))


def test_addresses_make_a_column_the_email_whatever_it_is_called() -> None:
    rows = [["Ann Lee", "ann@acme.test", "x"], ["Bo Li", "bo@acme.test", "y"], ["Cy", "", "z"]]
    assert fields(["Name", "Contact", "Shoe size"], rows) == ["full_name", "email", None]
    assert fields(["Alpha", "Beta", "Gamma"], rows) == [None, "email", None]


def test_a_column_called_email_without_addresses_yields_to_one_that_has_them() -> None:
    rows = [["yes", "ann@acme.test"], ["no", "bo@acme.test"]]
    assert fields(["Email", "Beta"], rows) == [None, "email"]


def test_phone_numbers_and_web_addresses_are_found_by_content() -> None:
    rows = [["+49 170 1234567", "https://acme.test", "1"], ["(020) 7946-0018", "www.acme.de", "2"]]
    assert fields(["A1", "B1", "C1"], rows) == ["phone", "website", None]


def test_fax_numbers_are_never_taken_for_phones() -> None:
    rows = [["+49 89 123456"], ["+49 89 123457"]]
    assert fields(["Fax"], rows) == [None]
    assert fields(["Fax", "Whatever"], [[row[0], row[0]] for row in rows]) == [None, "phone"]


def test_of_two_phone_columns_the_mobile_wins_unless_it_is_empty() -> None:
    assert fields(["Phone", "Mobile"]) == [None, "phone"]
    rows = [["+49 89 123456", ""], ["+49 89 123457", ""]]
    assert fields(["Phone", "Mobile"], rows) == ["phone", None]


def test_a_second_column_of_the_same_header_stays_unmapped() -> None:
    assert fields(["Email", "Email (2)"]) == ["email", None]


def test_a_lone_name_column_is_the_full_name_in_every_language() -> None:
    for header in ("Name", "Nom", "Nombre"):
        assert fields([header, "Email"]) == ["full_name", "email"]


def test_the_columns_of_a_refused_rows_file_are_ignored() -> None:
    guesses = guess_mapping(["Email", ROW_COLUMN, REASON_COLUMN], [["a@b.test", "7", "c@d.test"]])
    assert [guess.field for guess in guesses] == ["email", None, None]
    assert "ignored" in guesses[1].reason


headers_lists = st.lists(
    st.sampled_from([s for names in SYNONYMS.values() for s in names]) | st.text(max_size=12),
    max_size=12,
)
cells = st.sampled_from(["", "ann@acme.test", "+49 170 1234567", "Ann", "www.acme.test", "7"])


@given(headers_lists, st.lists(st.lists(cells, max_size=12), max_size=5))
def test_each_column_gets_one_guess_and_each_field_at_most_one_column(
    headers: list[str], rows: list[list[str]]
) -> None:
    guesses = guess_mapping(headers, rows)
    assert [guess.column_index for guess in guesses] == list(range(len(headers)))
    chosen = [guess.field for guess in guesses if guess.field]
    assert len(chosen) == len(set(chosen))
    assert set(chosen) <= set(FIELDS)
    assert all(0 <= guess.confidence <= 1 and guess.reason for guess in guesses)
    assert guesses == guess_mapping(headers, rows)


def test_the_fingerprint_ignores_spelling_and_our_own_columns_but_not_order() -> None:
    base = header_fingerprint(["First Name", "E-Mail"])
    assert base == header_fingerprint(["first_name", " e mail "])
    assert base == header_fingerprint(["First Name", "E-Mail", ROW_COLUMN, REASON_COLUMN])
    assert base != header_fingerprint(["E-Mail", "First Name"])
    assert base != header_fingerprint(["First Name", "E-Mail", "City"])
    assert len(base) == 32


@given(st.text())
def test_normalising_a_header_twice_changes_nothing_more(header: str) -> None:
    once = normalise_header(header)
    assert normalise_header(once) == once


def test_the_mapping_of_guesses_holds_the_guessed_columns_only() -> None:
    guesses = [Guess(0, "E", "email", 1.0, "x"), Guess(1, "?", None, 0.0, "y")]
    assert mapping_of(guesses) == {0: "email"}
