import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.text import fold, sanitise_text, shown

any_text = st.text(alphabet=st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("  Ada \t\n Lovelace ", "Ada Lovelace"),
        ("A\x00d\x07a\x9f", "Ada"),
        ("Ada\u202egnp.exe", "Adagnp.exe"),
        ("A\u200bd\ufeffa", "Ada"),
        ("Ame\u0301lie", "Amélie"),
        ("bad \ud83d half", "bad \ufffd half"),
        ("one\x85two\u2028three", "one two three"),
    ],
)
def test_a_single_line_keeps_only_what_can_be_seen(raw: str, kept: str) -> None:
    assert sanitise_text(raw, limit=200) == kept


def test_a_message_keeps_its_lines_tabs_and_emoji_joiners() -> None:
    family = "👩\u200d👧"
    raw = f"Hello\r\n\tthere \x00{family}\u202e  \nbye"
    assert sanitise_text(raw, limit=200, keeps_lines=True) == f"Hello\n\tthere {family}\nbye"


@given(any_text, st.integers(1, 30), st.booleans())
def test_sanitised_text_is_storable_bounded_and_stays_as_it_is(
    raw: str, limit: int, keeps_lines: bool
) -> None:
    text = sanitise_text(raw, limit=limit, keeps_lines=keeps_lines)
    assert len(text) <= limit
    assert text == sanitise_text(text, limit=limit, keeps_lines=keeps_lines)
    assert unicodedata.is_normalized("NFC", text)
    text.encode("utf-8")
    controls = {c for c in text if unicodedata.category(c) == "Cc"}
    assert controls <= ({"\n", "\t"} if keeps_lines else set())


@given(any_text)
def test_a_value_quoted_beside_a_change_can_be_stored(raw: str) -> None:
    quoted = shown(raw)
    assert "\x00" not in quoted
    quoted.encode("utf-8")


@pytest.mark.parametrize(
    ("one", "other"),
    [("U.S.A.", "usa"), ("Côte d'Ivoire", "cote divoire"), ("Łódź", "LODZ"), ("A & B", "a and b")],
)
def test_folding_forgives_case_accents_and_punctuation(one: str, other: str) -> None:
    assert fold(one) == fold(other)
