"""JSON that somebody else wrote."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.channels.api.strict_json import (
    BODY_LIMIT,
    DEPTH_LIMIT,
    BodyTooLarge,
    UnreadableBody,
    read_object,
)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"[]", "one JSON object"),
        (b'"x"', "one JSON object"),
        (b"null", "one JSON object"),
        (b'{"a": }', "line 1, column 7"),
        (b'{"a": "b\x00"}', "not valid JSON"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": -Infinity}', "-Infinity is not a JSON number"),
        (b'{"a": 1e400}', "too large"),
        (b'{"a": -1e999}', "too large"),
        (b'{"a": 9223372036854775808}', "too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "too large"),
        (b'{"a": "\xff"}', "not UTF-8 (byte 7)"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"x": {"\\ud800": 1, "\\ud800": 2}}', "twice"),
        (b'{"a":' * DEPTH_LIMIT + b"1" + b"}" * DEPTH_LIMIT, ""),
        (b'{"a":' + b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT + b"}", "32 levels"),
        (b'{"a":' + b"[" * 5_000, "32 levels"),
        (b'{"a":' + b"[" * 100_000, "32 levels"),
        (b'{"a":' * 50_000, "32 levels"),
    ],
)
def test_what_is_no_object_of_storable_values_is_refused_in_one_sentence(
    raw: bytes, said: str
) -> None:
    if not said:
        assert read_object(raw)
        return
    with pytest.raises(UnreadableBody) as refusal:
        read_object(raw)
    assert said in refusal.value.message


def test_a_body_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(BodyTooLarge):
        read_object(b"[" * (BODY_LIMIT + 1))


def test_controls_go_and_lone_surrogates_become_replacement_characters() -> None:
    raw = rb'{"na\u0000me": "A\u0000d\u0007a\ud800 \ud83d\ude00\n", "n": [1, 2.5, true, null]}'
    data, repaired = read_object(raw)
    assert repaired == ["name"]
    assert data == {"name": "Ada\ufffd \U0001f600\n", "n": [1, 2.5, True, None]}


def test_clean_text_of_any_script_is_left_alone() -> None:
    body = {"name": "Łukasz Żółć 李 \u200fعمر\u200e \U0001f468\u200d\U0001f469", "m": "a\tb\nc"}
    assert read_object(b"\xef\xbb\xbf" + json.dumps(body, ensure_ascii=False).encode()) == (
        body,
        [],
    )


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8")))
def test_bytes_of_any_kind_are_read_or_refused(raw: bytes) -> None:
    try:
        data, _ = read_object(raw)
    except UnreadableBody:
        return
    assert isinstance(data, dict)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(st.characters()), _JSON))
def test_what_was_read_can_be_stored_by_every_database(body: dict[str, object]) -> None:
    try:
        data, _ = read_object(json.dumps(body).encode())
    except UnreadableBody:
        return
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    text.encode("utf-8")  # no lone surrogates
    assert "\\u0000" not in text
