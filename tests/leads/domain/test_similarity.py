"""Who is how alike: each kind of dirt, and each trap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.blocking import blocking_keys, compact_local_part, lock_names
from leads.domain.cleansing import inspect
from leads.domain.person import Person, person_of_draft, read_extension
from leads.domain.similar_names import is_typo
from leads.domain.similarity import WEIGHTS, Thresholds, Verdict, compare, judge
from leads.domain.similarity_words import explain, sentence_for

ADA = {
    "full_name": "Ada Lovelace", "email": "ada.lovelace@analytical.com", "phone": "+44 20 7946 0018",
    "company": "Analytical Engines Ltd", "country": "GB", "city": "London",
    "postal_code": "SW1A 1AA", "job_title": "Head of Engineering",
}  # fmt: skip


def person(**fields: str) -> Person:
    """Ada with these fields instead, cleansed as any delivery is; empty fields are unknown."""
    return person_of_draft(inspect(ADA | fields)[0])


def verdict(**fields: str) -> Verdict:
    return judge(compare(person(), person(**fields)), Thresholds())


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "CERTAIN"),
        ({"full_name": "Lovelace, Ada"}, "CERTAIN"),
        ({"full_name": "Ada Lovelase"}, "CERTAIN"),
        ({"email": "ada.lovelace@analytcal.com"}, "CERTAIN"),
        ({"email": "ada.lovelce@analytical.com", "phone": ""}, "CERTAIN"),
        ({"email": "adal@gmail.com", "phone": "+44 20 7946 0018 ext. 4"}, "CERTAIN"),
        # A changed job, with the own phone.
        ({"email": "ada@babbage.example", "company": "Babbage"}, "CERTAIN"),
        # The same name in the same firm with a mailbox of its own is for a person to decide.
        ({"email": "ada.lovelace2@analytical.com", "phone": ""}, "LIKELY"),
        ({"email": "", "phone": "", "city": "", "postal_code": ""}, "LIKELY"),
        ({"phone": "", "email": "adal@gmail.com", "company": ""}, "LIKELY"),
        # Two colleagues, two relatives, two namesakes.
        ({"full_name": "Grace Hopper", "email": "grace.hopper@analytical.com"}, "UNLIKELY"),
        ({"full_name": "Byron Lovelace", "email": "byron@gmail.com", "company": ""}, "UNLIKELY"),
        (
            {"email": "adal@gmail.com", "phone": "", "company": "Other", "city": "Perth",
             "postal_code": "6000", "country": "AU"},
            "UNLIKELY",
        ),
        ({"full_name": "Ada"} | dict.fromkeys(("email", "phone", "company"), ""), "UNLIKELY"),
    ],
)  # fmt: skip
def test_the_verdict_about_ada_and_somebody_is(fields: dict[str, str], expected: str) -> None:
    assert verdict(**fields) == expected


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Bill Gates", "William Gates", "nickname"),
        ("W. Gates", "William Gates", "initial"),
        ("Gates Bill", "William Gates", "swapped"),
        ("Anna Maria Weber", "Anna Weber", "same"),
        ("Eva Müller-Schmidt", "Eva Schmidt", "part"),
        ("Eva Müller", "Eva Muller", "same"),
        ("Eva Mueller", "Eva Muller", "typo_family"),
        ("Jonh Carter", "John Carter", "typo_given"),
        ("Eva", "Eva Braun", "single"),
        ("Eva Weber", "Eva Braun", "given_only"),
        ("Eva Weber", "Tom Weber", "family_only"),
        ("Eva Weber", "Tom Braun", "different"),
        ("", "Tom Braun", "unknown"),
        ("Лев Толстой", "Толстой Лев", "swapped"),
    ],
)
def test_names_are_found_on_the_level(one: str, other: str, level: str) -> None:
    found = compare(person(full_name=one), person(full_name=other)).findings[0]
    assert (found.field, found.level) == ("name", level)


@pytest.mark.parametrize(
    ("fields", "level"),
    [
        ({"email": "ada.lovelace@gmail.com"}, "email.same_local_of_name"),
        ({"email": "info@analytical.com"}, "email.unknown"),
        ({"email": "grace@analytical.com"}, "email.other_person"),
        ({"phone": "+44 20 7911 0777"}, "phone.different"),
        ({"phone": "+44 20 7947 0018"}, "phone.typo"),
        ({"phone": "+44 20 7946 0999"}, "phone.same_switchboard"),
        ({"company": "Analytical Engines"}, "company.same_domain"),
        ({"email": "", "company": "ANALYTICAL ENGINES limited"}, "company.same_name"),
        ({"email": "", "company": "Analytical Engine"}, "company.similar_name"),
        ({"email": "", "company": "Babbage"}, "company.different"),
        ({"email": "", "company": "", "city": "Londn", "postal_code": ""}, "place.same_city"),
        ({"country": "US", "postal_code": "10001"}, "place.other_country"),
        ({"job_title": "Head of engineering"}, "job_title.same"),
    ],
)
def test_other_fields_are_found_on_the_level(fields: dict[str, str], level: str) -> None:
    assert level in compare(person(), person(**fields)).levels()


def test_a_switchboard_with_two_extensions_speaks_against_one_person() -> None:
    one = person(phone="+44 20 7946 0018 ext. 3", email="")
    other = person(phone="+44 20 7946 0018 ext. 4", email="")
    likeness = compare(one, other)
    assert "phone.other_extension" in likeness.levels()
    assert judge(likeness, Thresholds(certain=10, likely=10)) == Verdict.LIKELY


def test_a_common_name_weighs_less() -> None:
    alone, crowded = (compare(person(), person(), namesakes=count) for count in (1, 64))
    assert alone.total - crowded.total == pytest.approx(6)


def test_the_evidence_is_sentences_with_the_heaviest_first() -> None:
    other = person(full_name="Ada Lovelase", phone="")
    found = explain(compare(person(), other), person(), other)
    assert found[0] == {
        "field": "email",
        "sentence": "The e-mail addresses are the same: ada.lovelace@analytical.com.",
        "weight": 20.0,
    }
    assert "The family names differ by a slip: Ada Lovelace, Ada Lovelase." in [
        one["sentence"] for one in found
    ]


def test_every_level_with_a_weight_has_a_sentence() -> None:
    from leads.domain.similarity import Finding

    silent = {
        f"{field}.{level}"
        for field, levels in WEIGHTS.items()
        for level, weight in levels.items()
        if weight and not sentence_for(Finding(field, level, weight), person(), person())
    }
    assert silent == set()


WORDS = st.sampled_from(("ada", "adda", "bill", "william", "weber", "веб", "li", "o", "maria"))
PEOPLE = st.builds(
    Person,
    given=st.lists(WORDS, max_size=2).map(tuple),
    family=st.lists(WORDS, max_size=2).map(tuple),
    email=st.sampled_from(("", "ada@a.example", "adda@a.example", "ada@b.example")),
    phone=st.sampled_from(("", "+4420794600", "+4420794601")),
    company=st.sampled_from(("", "acme", "acme europe", "beta")),
    country=st.sampled_from(("", "DE", "FR")),
    city=st.sampled_from(("", "Berlin", "Bonn")),
    postal_code=st.sampled_from(("", "10115", "10116")),
)


@given(PEOPLE, PEOPLE)
def test_it_does_not_matter_who_is_compared_with_whom(one: Person, other: Person) -> None:
    assert compare(one, other) == compare(other, one)


@pytest.mark.parametrize(
    "fields",
    [
        {"full_name": "Lovelace Ada", "email": "x@y.example", "phone": ""},
        {"full_name": "Ada Lovelase", "email": "", "phone": "", "company": ""},
        {"full_name": "Adda Lovelace", "email": "", "phone": "", "postal_code": ""},
        {"full_name": "A. Lovelace", "email": "ada.lovelace@gmail.com", "phone": "", "company": ""},
        {"email": "", "phone": "", "company": "", "postal_code": "", "city": ""},
    ],
)
def test_each_kind_of_dirt_leaves_a_key_whole(fields: dict[str, str]) -> None:
    assert set(blocking_keys(person())) & set(blocking_keys(person(**fields)))


def test_keys_are_few_and_fit_64_bits() -> None:
    keys = blocking_keys(person())
    assert len(keys) <= 9
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert blocking_keys(Person()) == ()


def test_two_deliveries_of_one_person_are_locked_by_the_same_words() -> None:
    one, other = person(full_name="Bill Gates"), person(full_name="Gates, William", phone="")
    assert set(lock_names(one)) & set(lock_names(other))
    assert lock_names(person(full_name="Ada")) == ()


@pytest.mark.parametrize(
    ("email", "local"),
    [
        ("ada.lovelace+fair@x.example", "adalovelace"),
        ("ada_lovelace77@y.example", "adalovelace"),
        ("info@x.example", ""),
        ("al@x.example", ""),
    ],
)
def test_the_compact_local_part_is(email: str, local: str) -> None:
    assert compact_local_part(email) == local


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("weber", "webre", True), ("li", "lo", False), ("anna", "hans", False),
        ("schmidt", "schmitt", True), ("catherine", "katharine", True), ("meyer", "weber", False),
    ],
)  # fmt: skip
def test_a_typo_is_one_slip_or_two_in_long_words(one: str, other: str, expected: bool) -> None:
    assert is_typo(one, other) is expected


@pytest.mark.parametrize(
    ("phone", "extension"), [("+49 30 12 ext. 7", "7"), ("030 12 x34", "34"), ("+49 30 12", "")]
)
def test_the_extension_as_typed_is_read(phone: str, extension: str) -> None:
    assert read_extension(phone) == extension
