"""What the timeline says of calls, chats and mails, whatever their senders wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.domain.conversations import Details, Line, join_details, say_duration, thread_of


def call(**touchpoint) -> dict:
    return {"thread": "twilio:CA1", "touchpoint": {"kind": "CALL", **touchpoint}}


def test_a_call_is_told_by_the_last_that_is_known_of_it() -> None:
    details = join_details(
        [
            call(was_answered=False, duration_seconds=0),
            call(was_answered=True, duration_seconds=185),
            call(was_answered=None, recording_url="https://calls.example/1.mp3"),
        ]
    )
    assert details.facts == ("3 min 5 s",)
    assert details.recording_url == "https://calls.example/1.mp3"


def test_a_missed_outgoing_call_says_so() -> None:
    facts = join_details([call(is_inbound=False, was_answered=False)]).facts
    assert facts == ("Outgoing", "Not answered")


def test_a_transcript_that_grows_is_told_once() -> None:
    first = [["Ada", "Hello"], ["Bot", "Hi"]]
    details = join_details(
        [
            call(transcript=first),
            call(transcript=[*first, ["Ada", "Price?"]]),
            call(transcript=[["Sam", "10"]]),
        ]
    )
    assert details.lines == (
        Line("Ada", "Hello"), Line("Bot", "Hi"), Line("Ada", "Price?"), Line("Sam", "10"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example/x", "http://", "ftp://a.example/x",
     "https://user@evil.example/", "http://[", 7, None],
)  # fmt: skip
def test_only_web_addresses_become_links(address: object) -> None:
    assert join_details([call(recording_url=address)]).recording_url == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(45, "45 s"), (60, "1 min"), (185, "3 min 5 s"), (3600, "1 h"), (4810, "1 h 20 min")],
)
def test_durations_in_words(seconds: int, words: str) -> None:
    assert say_duration(seconds) == words


json_data = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = (
    "duration_seconds",
    "recording_url",
    "transcript",
    "attachments",
    "starts_at",
    "is_inbound",
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "thread": json_data,
                "answers": json_data,
                "touchpoint": st.one_of(
                    json_data, st.dictionaries(st.sampled_from(NAMES), json_data, max_size=4)
                ),
            },
        ),
        max_size=3,
    )
)
def test_nothing_that_a_sender_writes_breaks_the_timeline(deliveries: list[dict]) -> None:
    details = join_details(deliveries)
    assert isinstance(details, Details)
    assert all(isinstance(thread_of(one), str) for one in deliveries)
