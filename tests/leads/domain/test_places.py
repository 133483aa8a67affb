import pytest

from leads.domain.cleansing import inspect
from leads.domain.countries import find_country, read_country, read_language
from leads.domain.notes import Notes
from leads.domain.postal_codes import read_postal_code, subdivision_of_postal_code
from leads.domain.subdivisions import find_subdivision


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("us", "US"), ("USA", "US"), ("U.S.", "US"), ("United States", "US"), ("EE.UU.", "US"),
        ("the United States of America", "US"), ("UK", "GB"), ("England", "GB"),
        ("Great Britain", "GB"), ("Vereinigtes Königreich", "GB"), ("Holland", "NL"),
        ("The Netherlands", "NL"), ("Deutschland", "DE"), ("Allemagne", "DE"), ("Alemania", "DE"),
        ("ドイツ", "DE"), ("德国", "DE"), ("Niemcy", "DE"), ("DEU", "DE"), ("Österreich", "AT"),
        ("OSTERREICH", "AT"), ("Côte d’Ivoire", "CI"), ("Ivory Coast", "CI"), ("South Korea", "KR"),
        ("Türkiye", "TR"), ("Turkey", "TR"), ("Czech Republic", "CZ"), ("Brasil", "BR"),
        ("Россия", "RU"), ("Schweiz", "CH"), ("Namibia", "NA"), ("NA", "NA"), ("Kosovo", "XK"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_codes_and_names_in_many_languages(name: str, code: str) -> None:
    assert find_country(name) == code


@pytest.mark.parametrize(
    "name", ["Korea", "Congo", "Atlantis", "840", "Germny", "Europe", "California"]
)
def test_a_country_is_never_guessed(name: str) -> None:
    notes = Notes()
    assert read_country(name, notes) == ""
    assert notes.warnings[0].field == "country"


def test_an_ambiguous_country_names_the_choice() -> None:
    notes = Notes()
    read_country("Korea", notes)
    assert notes.warnings[0].code == "country_ambiguous"
    assert "KR" in notes.warnings[0].message
    assert "KP" in notes.warnings[0].message


@pytest.mark.parametrize(
    ("name", "country", "code"),
    [
        ("CA", "US", "US-CA"), ("US-CA", "US", "US-CA"), ("california", "US", "US-CA"),
        ("State of New York", "US", "US-NY"), ("Bayern", "DE", "DE-BY"), ("Bavaria", "DE", "DE-BY"),
        ("Québec", "CA", "CA-QC"), ("ON", "CA", "CA-ON"), ("Comunidad de Madrid", "ES", "ES-MD"),
        ("Cataluña", "ES", "ES-CT"), ("Lombardy", "IT", "IT-25"), ("São Paulo", "BR", "BR-SP"),
        ("England", "GB", "GB-ENG"), ("Tokyo", "JP", "JP-13"), ("La Rioja", "ES", "ES-RI"),
    ],
)  # fmt: skip
def test_a_region_is_known_by_code_and_name_within_its_country(
    name: str, country: str, code: str
) -> None:
    assert find_subdivision(name, country) == code


def test_a_region_of_another_country_is_not_found() -> None:
    assert find_subdivision("Bayern", "US") == ""


@pytest.mark.parametrize(
    ("fields", "default_country", "country"),
    [
        ({"subdivision": "CA", "postal_code": "94105"}, "", "US"),
        ({"subdivision": "MA", "postal_code": "2134.0"}, "", "US"),
        ({"subdivision": "ON", "postal_code": "m5v2t6"}, "", "CA"),
        ({"subdivision": "Texas", "phone": "+1 512 555 0101"}, "", "US"),
        ({"subdivision": "CA"}, "US", "US"),
        ({"subdivision": "Bavaria"}, "DE", "DE"),
        ({"subdivision": "DE-BY"}, "", "DE"),
    ],
)
def test_a_bare_state_proves_its_country_with_a_second_sign(
    fields: dict[str, str], default_country: str, country: str
) -> None:
    draft, _ = inspect(fields, default_country=default_country)
    assert draft.country == country
    assert draft.subdivision.startswith(f"{country}-")
    assert any(c.field == "country" and c.rule.startswith("inferred_from_") for c in draft.changes)


@pytest.mark.parametrize(
    ("fields", "default_country"),
    [
        ({"subdivision": "CA"}, ""),
        ({"subdivision": "CA", "postal_code": "10115"}, ""),  # a code of New York
        ({"subdivision": "CA", "phone": "+49 30 1234567"}, ""),
        ({"subdivision": "CA"}, "DE"),
        ({"postal_code": "94105"}, "US"),
        ({"phone": "+49 30 1234567"}, ""),
    ],
)
def test_without_a_second_sign_the_country_stays_open(
    fields: dict[str, str], default_country: str
) -> None:
    draft, _ = inspect(fields, default_country=default_country)
    assert draft.country == ""
    assert draft.subdivision == ""


@pytest.mark.parametrize(
    ("raw", "country", "code"),
    [
        ("2134.0", "US", "02134"), ("2134", "US", "02134"), ("501", "US", "00501"),
        ("94105-1234", "US", "94105"), ("941051234", "US", "94105"), ("1067", "DE", "01067"),
        ("D-80331", "DE", "80331"), ("DE 80331", "DE", "80331"), ("sw1a1aa", "GB", "SW1A 1AA"),
        ("m1 1ae", "GB", "M1 1AE"), ("k1a-0b1", "CA", "K1A 0B1"), ("1234ab", "NL", "1234 AB"),
        ("11122", "SE", "111 22"), ("1000001", "JP", "100-0001"), ("00950", "PL", "00-950"),
        ("800", "AU", "0800"), ("CH-8001", "CH", "8001"), ("ab 12", "", "AB 12"),
        ("d02af30", "IE", "D02 AF30"), ("1310100", "BR", "01310-100"),
    ],
)  # fmt: skip
def test_a_postal_code_has_its_country_s_form(raw: str, country: str, code: str) -> None:
    notes = Notes()
    assert read_postal_code(raw, country, notes) == code
    assert notes.warnings == []
    assert read_postal_code(code, country, notes) == code


@pytest.mark.parametrize(("raw", "country"), [("SW1A", "US"), ("12", "DE"), ("٠٢١٣٤", "US")])
def test_a_postal_code_of_another_form_is_kept_with_a_doubt(raw: str, country: str) -> None:
    notes = Notes()
    assert read_postal_code(raw, country, notes) == raw
    assert [warning.code for warning in notes.warnings] == ["postal_code_form"]


@pytest.mark.parametrize(
    ("postal_code", "country", "code"),
    [("02134", "US", "US-MA"), ("75501", "US", "US-TX"), ("71854", "US", "US-AR"),
     ("20001", "US", "US-DC"), ("20101", "US", "US-VA"), ("H2Y 1C6", "CA", "CA-QC"),
     ("X0A 0H0", "CA", ""), ("80331", "DE", "")],
)  # fmt: skip
def test_a_north_american_postal_code_tells_its_state(
    postal_code: str, country: str, code: str
) -> None:
    assert subdivision_of_postal_code(postal_code, country) == code


def test_a_postal_code_of_another_state_is_doubted() -> None:
    draft, _ = inspect({"country": "US", "subdivision": "CA", "postal_code": "02134"})
    assert "postal_code_elsewhere" in {warning.code for warning in draft.warnings}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("de-AT", "de"),
        ("German", "de"),
        ("Deutsch", "de"),
        ("pt_BR", "pt"),
        ("日本語", "ja"),
        ("EN", "en"),
    ],
)
def test_a_language_is_known_by_tag_and_name(raw: str, code: str) -> None:
    assert read_language(raw, Notes()) == code


def test_an_unknown_language_is_left_empty_with_a_doubt() -> None:
    notes = Notes()
    assert read_language("Klingonese", notes) == ""
    assert notes.warnings[0].code == "language_unknown"
