"""YAML text and data."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routing.configuration.document import parse_document, render_document
from routing.configuration.errors import ConfigurationError, ConfigurationProblem

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | FLOATS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(entries=st.lists(st.dictionaries(TEXT, VALUES, min_size=1, max_size=4), max_size=4))
@example(entries=[{"": "0E0"}])
def test_what_is_written_is_read_back_the_same(entries: list[dict[str, Any]]) -> None:
    document = {"leadrouter": 1, "teams": entries}
    text = render_document(document)
    assert parse_document(text) == document
    assert render_document(parse_document(text)) == text


@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    problems: list[ConfigurationProblem] = []
    try:
        parsed = parse_document(text)
    except ConfigurationError as error:
        problems = error.problems
    assert problems or isinstance(parsed, dict)


@pytest.mark.parametrize("word", ["NO", "10:30", "2026-01-01", "0123", "yes", "1_000"])
def test_plain_words_stay_the_words_they_are(word: str) -> None:
    assert parse_document(f"a: {word}") == {"a": word}


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("a: 1\nb: [", "line 2", "expected"),
        ("a: 1\na: 2", "line 2, column 1", "“a” is stated twice"),
        ("a: &x [1]\nb: *x", "line 2", "aliases (*name) are not allowed"),
        ("a: !!python/object/apply:os.system ['true']", "line 1", "could not determine"),
        ("- 1", "", "starts with"),
        ("a: \x07", "", "not readable as YAML"),
        ("[" * 5000, "", "not readable as YAML"),
        ("? [a]\n: 1", "line 1", "plain text"),
    ],
)
def test_unreadable_text_is_refused_with_its_place(text: str, place: str, reason: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_document(text)
    (problem,) = caught.value.problems
    assert problem.path.startswith(place)
    assert reason in problem.reason
