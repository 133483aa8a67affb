"""Several deliveries of one call, chat or mail thread, told as one thing that happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

LONGEST_TRANSCRIPT = 500


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was said. `who` is as the sender names them."""

    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Details:
    """What is known beyond the words of an entry; empty where nothing is.

    `facts` are short sentences. `recording_url` is http(s) or empty. `lines` are in order; `answers`
    are pairs of question and answer.
    """

    facts: tuple[str, ...] = ()
    recording_url: str = ""
    lines: tuple[Line, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(
            self.facts or self.recording_url or self.lines or self.answers or self.attachments
        )


def thread_of(data: Mapping[str, Any]) -> str:
    """The conversation that a delivery belongs to, or ""."""
    thread = data.get("thread")
    return thread if isinstance(thread, str) else ""


def join_details(deliveries: Iterable[Mapping[str, Any]]) -> Details:
    """The details of one conversation from its deliveries, earliest first; later ones know better.

    Senders write these data, so nothing is taken for granted about them.
    """
    touchpoints, answers = [], []
    for data in deliveries:
        touchpoint = data.get("touchpoint")
        touchpoints.append(touchpoint if isinstance(touchpoint, Mapping) else {})
        answers.extend(_read_answers(data.get("answers")))
    latest: dict[str, Any] = {}
    for touchpoint in touchpoints:
        latest |= {name: value for name, value in touchpoint.items() if value not in (None, "", [])}
    return Details(
        facts=tuple(_say_facts(latest)),
        recording_url=_web_address(latest.get("recording_url")),
        lines=tuple(_join_lines(touchpoints))[:LONGEST_TRANSCRIPT],
        answers=tuple(dict.fromkeys(answers)),
        attachments=tuple(
            dict.fromkeys(name for one in touchpoints for name in _name_attachments(one))
        ),
    )


def _say_facts(touchpoint: Mapping[str, Any]) -> list[str]:
    facts = []
    if touchpoint.get("is_inbound") is False:
        facts.append("Outgoing")
    if touchpoint.get("was_answered") is False:
        facts.append("Not answered")
    seconds = touchpoint.get("duration_seconds")
    if isinstance(seconds, int) and not isinstance(seconds, bool) and seconds > 0:
        facts.append(say_duration(seconds))
    starts_at = touchpoint.get("starts_at")
    if isinstance(starts_at, str) and starts_at:
        facts.append(f"Starts {starts_at[:16].replace('T', ' ')} UTC")
    return facts


def say_duration(seconds: int) -> str:
    """ "45 s", "3 min 5 s", "1 h 20 min"."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return f"{rest} s"
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def _join_lines(touchpoints: Sequence[Mapping[str, Any]]) -> list[Line]:
    """What was said, each thing once: some senders repeat the whole transcript every time."""
    joined: list[Line] = []
    for touchpoint in touchpoints:
        lines = _read_lines(touchpoint.get("transcript"))
        known = len(joined) if lines[: len(joined)] == joined else 0
        joined += lines[known:]
    return joined


def _read_lines(transcript: Any) -> list[Line]:
    pairs = transcript if isinstance(transcript, (list, tuple)) else ()
    return [
        Line(str(pair[0]), str(pair[1]))
        for pair in pairs
        if isinstance(pair, (list, tuple)) and len(pair) == 2
    ]


def _read_answers(answers: Any) -> list[tuple[str, str]]:
    found = answers if isinstance(answers, (list, tuple)) else ()
    return [
        (str(one.get("label") or one.get("key") or ""), str(one.get("value") or ""))
        for one in found
        if isinstance(one, Mapping)
    ]


def _name_attachments(touchpoint: Mapping[str, Any]) -> list[str]:
    found = touchpoint.get("attachments")
    return [
        str(one["name"])
        for one in (found if isinstance(found, (list, tuple)) else ())
        if isinstance(one, Mapping) and one.get("name")
    ]


def _web_address(raw: Any) -> str:
    """The address if a browser may be sent there: http(s) with a host and without a user name."""
    if not isinstance(raw, str):
        return ""
    try:
        parts = urlsplit(raw)
    except ValueError:
        return ""
    is_web = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return raw if is_web else ""
