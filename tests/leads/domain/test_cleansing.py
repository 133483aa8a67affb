import subprocess
import sys
from dataclasses import fields as dataclass_fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.domain.cleansing import check, cleanse, inspect, warm_up
from leads.domain.draft import FIELD_LABELS, FIELDS, Draft, fields_of

VALUES = [
    field.name for field in dataclass_fields(Draft) if field.name not in ("changes", "warnings")
]
# Pieces that real cells are made of, so that the search reaches beyond the first check.
PIECES = [
    "ada", "@", "example.com", ".", " ", ",", "<", ">", "/", "-", "+", "1", "415",
    "5550101", "0", "49", "Dr.", "LOVELACE", "van", "de", "Jr.", "&", "and", "GmbH", "Co",
    "(USA)", "株式会社", "US", "CA", "Bavaria", "94105", "k", "Jan", "2026-01-05", "T", "Z",
    "03/04/2026", ":", "http://", "xn--", "é", "ß", "İ", "ﬀ", "а", "\u200b", "\x00",
    "\ud800", "\u202e", "\n", "\t", "ext", "n/a", "'", '"', "½", "²", "٣",
]  # fmt: skip
# Lengths of the columns these values are stored in.
LIMITS = {
    "first_name": 200, "last_name": 200, "full_name": 200, "email": 254, "email_key": 254,
    "phone": 60, "job_title": 200, "company_name": 200, "company_key": 200, "website": 2048,
    "industry": 100, "city": 200, "postal_code": 20, "language": 10, "campaign": 200,
    "message": 20_000, "external_id": 255, "street": 500,
}  # fmt: skip
cells = st.one_of(
    st.text(alphabet=st.characters(), max_size=40),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
)
rows = st.dictionaries(st.sampled_from(FIELDS), cells, max_size=8)
countries = st.sampled_from(["", "US", "DE", "GB", "ZZ"])


@settings(max_examples=600, deadline=None)
@given(rows, countries)
def test_any_text_is_read_without_error_and_cleansing_twice_changes_nothing(
    row: dict[str, str], default_country: str
) -> None:
    draft, problems = inspect(row, default_country=default_country)
    again, problems_again = inspect(fields_of(draft), default_country=default_country)
    assert {name: getattr(again, name) for name in VALUES} == {
        name: getattr(draft, name) for name in VALUES
    }
    assert bool(problems_again) == bool(problems)


@settings(max_examples=200, deadline=None)
@given(rows)
def test_whatever_comes_out_can_be_stored(row: dict[str, str]) -> None:
    draft, problems = inspect(row)
    texts = [v for name in VALUES if isinstance(v := getattr(draft, name), str)]
    texts += [*draft.products, *(p.message for p in problems), *(w.message for w in draft.warnings)]
    texts += [text for c in draft.changes for text in (c.before, c.after)]
    for text in texts:
        text.encode("utf-8")
        assert "\x00" not in text


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(LIMITS)), st.sampled_from(["ß", "İ", "ﬃ", "ŉ", "x", "\u0344"]))
def test_letters_that_grow_stay_within_the_columns(name: str, letter: str) -> None:
    """Some letters become two or three in another case or normal form."""
    field = {"company_name": "company", "company_key": "company"}.get(name, name)
    for prefix in ("", "ada@", "https://example.com/", "x "):
        draft = cleanse({field: prefix + letter * 2500})
        assert len(getattr(draft, name)) <= LIMITS[name]


@settings(max_examples=200, deadline=None)
@given(rows)
def test_a_row_is_refused_exactly_when_nobody_can_be_reached_or_two_are_named(
    row: dict[str, str],
) -> None:
    draft, problems = inspect(row)
    has_two = any(problem.code == "two_addresses" for problem in problems)
    assert bool(problems) == (has_two or not draft.identity_keys)


def test_every_change_names_its_field_and_rule() -> None:
    draft = cleanse({"email": "mailto:ada@example.com", "country": "Deutschland", "city": " Bonn "})
    assert [(c.field, c.rule, c.before, c.after) for c in draft.changes] == [
        ("email", "address_extracted", "mailto:ada@example.com", "ada@example.com"),
        ("country", "iso_code", "Deutschland", "DE"),
        ("city", "tidied", " Bonn ", "Bonn"),
    ]


def test_a_clean_lead_has_no_changes_and_no_doubts() -> None:
    draft, problems = inspect(
        {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "country": "GB",
         "phone": "+442079460958", "postal_code": "SW1A 1AA", "employees": "50", "consent": "yes"}
    )  # fmt: skip
    assert (draft.changes, draft.warnings, problems) == ((), (), ())


@pytest.mark.parametrize(
    "fields",
    [{"country": "Atlantis"}, {"employees": "lots"}, {"website": "none of it"},
     {"occurred_at": "soon"}, {"consent": "perhaps"}, {"phone": "12"}, {"language": "?!"}],
)  # fmt: skip
def test_a_doubt_does_not_make_a_reachable_lead_unacceptable(fields: dict[str, str]) -> None:
    row = {"email": "ada@example.com", **fields}
    draft, problems = inspect(row)
    assert problems == check(row) == ()
    assert {warning.field for warning in draft.warnings} == fields.keys()


def test_long_text_is_capped_and_a_cut_message_is_told() -> None:
    draft = cleanse({"message": "word " * 9000, "job_title": "x" * 900, "city": "y" * 900})
    assert len(draft.message) <= 20_000
    assert (len(draft.job_title), len(draft.city)) == (200, 200)
    assert "cut" in {warning.code for warning in draft.warnings}


def test_unknown_fields_are_ignored() -> None:
    assert cleanse({"email": "ada@example.com", "shoe_size": "40"}).email_key == "ada@example.com"


def test_every_field_has_a_label() -> None:
    assert tuple(FIELD_LABELS) == FIELDS
    assert fields_of(Draft()).keys() == set(FIELDS)


def test_importing_reads_no_large_table_and_warming_up_reads_them_all() -> None:
    script = (
        "import sys\n"
        "from leads.domain import cleansing, countries, subdivisions\n"
        "assert not {'pycountry', 'babel', 'django'} & sys.modules.keys()\n"
        "cleansing.warm_up()\n"
        "assert countries.country_index.cache_info().currsize == 1\n"
        "assert subdivisions.subdivision_index.cache_info().currsize == 1\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


def test_warming_up_twice_is_harmless() -> None:
    warm_up()
    warm_up()


@settings(max_examples=200, deadline=None)
@given(rows, countries)
def test_a_check_alone_finds_the_same_problems(row: dict[str, str], default_country: str) -> None:
    assert (
        check(row, default_country=default_country)
        == inspect(row, default_country=default_country)[1]
    )
