"""Puts the answers of a form where they belong: into fields of a lead, a visit's tracking, or kept as
answers. An administrator can name the question of each field; else its usual name decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from leads.channels.adapter import Option
from leads.channels.api.schema import canonical_name
from leads.channels.field_mapping import ADDRESSES, PREFIX, make_touch
from leads.domain.attribution import CLICK_ID_KEYS, UTM_KEYS, Touch
from leads.domain.draft import FIELD_LABELS, FIELDS
from leads.domain.envelope import Answer

_TRACKING = frozenset({*UTM_KEYS, *CLICK_ID_KEYS})
# Said by the sender itself, not by an answer.
_NOT_ASKED = frozenset({"external_id", "occurred_at"})


@dataclass(slots=True)
class Placed:
    """`answers` are those that no field took."""

    fields: dict[str, str] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    tracking: dict[str, str] = field(default_factory=dict)

    def touch(self, **known: str) -> Touch:
        """The visit. `known` are utm_* and click ids that the sender's own data gives; what the
        form's tracking fields say goes first."""
        said = {name: text for name, text in known.items() if text}
        return make_touch(self.addresses, said | self.tracking)


def question_options() -> tuple[Option, ...]:
    """One option for each field: the question that asks for it."""
    return tuple(
        Option(
            f"{PREFIX}{name}",
            label,
            help_text="The name of the question at the sender." if name == "full_name" else "",
            group="Which question asks for what (empty: found by its usual names)",
        )
        for name, label in FIELD_LABELS.items()
        if name not in _NOT_ASKED
    )


def place_answers(
    answers: Iterable[Answer], options: Mapping[str, Any], *, known: Mapping[str, str] | None = None
) -> Placed:
    """Sorts the answers. `known` are the sender's own names of our fields, in lower case.

    A consent is one only where a question of that name, or the one that an administrator named, was
    answered; never because of anything else.
    """
    placed = Placed()
    named = _named_questions(options)
    given = [one for one in answers if one.value.strip()]
    # What an administrator named goes before what only looks alike.
    for one in sorted(given, key=lambda answer: _named(answer, named) == ""):
        name = _named(one, named) or _usual_name(one, known or {})
        if name in FIELDS and name not in _NOT_ASKED and name not in placed.fields:
            placed.fields[name] = one.value
        elif name in ADDRESSES and name not in placed.addresses:
            placed.addresses[name] = one.value
        elif name in _TRACKING and name not in placed.tracking:
            placed.tracking[name] = one.value
        else:
            placed.answers.append(one)
    return placed


def _named_questions(options: Mapping[str, Any]) -> dict[str, str]:
    return {
        str(question).strip().casefold(): name.removeprefix(PREFIX)
        for name, question in options.items()
        if name.startswith(PREFIX) and str(question or "").strip()
    }


def _named(answer: Answer, named: Mapping[str, str]) -> str:
    return named.get(answer.key.strip().casefold()) or named.get(
        answer.label.strip().casefold(), ""
    )


def _usual_name(answer: Answer, known: Mapping[str, str]) -> str:
    for text in (answer.key, answer.label):
        if name := known.get(text.lower()) or canonical_name(text):
            return name
    # A question's type says it where its name does not.
    return known.get(f"({answer.kind})", "")
