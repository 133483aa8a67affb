"""What a decision remembers of itself.

Stored is only what cannot be found again: the matched rule, the territory, and each choice with
what became of its candidates. The rules that were tried follow exactly from the version, which
never changes, and the stored facts: `explaining.explain_rules`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from routing.engine.eligibility import Fate, FateCode
from routing.engine.rules import DestinationKind

FORMAT = 1


class ChoiceResult(StrEnum):
    """TAKEN: the lead went there. KEPT: a sticky pool kept the person's rep. NO_ONE: nobody
    eligible. NO_OWNER: the account, territory, person or field has no such owner. TOO_LONG_AGO: the
    person's last rep had them longer ago than the choice allows. NO_SUCH_REP: the field's value is
    nobody's name. CLOSED: the pool is inactive or gone. FAULT: trying it failed (see `faults.py`)."""

    TAKEN = "TAKEN"
    KEPT = "KEPT"
    NO_ONE = "NO_ONE"
    NO_OWNER = "NO_OWNER"
    TOO_LONG_AGO = "TOO_LONG_AGO"
    NO_SUCH_REP = "NO_SUCH_REP"
    CLOSED = "CLOSED"
    FAULT = "FAULT"


class ChoiceTrace(NamedTuple):
    """`target` as in `Destination.target`; candidates in the order of the pool, passed over
    first. One of kind OVERFLOW belongs to the pool before it and is no choice of its own."""

    kind: DestinationKind
    target: int | str | None
    result: ChoiceResult
    candidates: tuple[Fate, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """`rule_id` is None when no rule matched, `territory` (a slug) when none did."""

    rule_id: int | None = None
    territory: str | None = None
    choices: tuple[ChoiceTrace, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A compact form: {"v", "rule", "territory", "choices": [[kind, target, result, [[rep id,
        code of one or two letters, *detail], …]], …]}."""
        return {
            "v": FORMAT,
            "rule": self.rule_id,
            "territory": self.territory,
            "choices": [
                [
                    kind,
                    target,
                    result,
                    [[rep_id, SHORT[code], *rest] for rep_id, code, rest in fates],
                ]
                for kind, target, result, fates in self.choices
            ],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Trace:
        """Raises: ValueError for a form that this release does not know."""
        if data.get("v") != FORMAT:
            raise ValueError(f"This trace has format {data.get('v')}, which is not known here.")
        choices = tuple(
            ChoiceTrace(
                DestinationKind(kind),
                target,
                ChoiceResult(result),
                tuple(Fate(rep_id, LONG[code], tuple(rest)) for rep_id, code, *rest in fates),
            )
            for kind, target, result, fates in data["choices"]
        )
        return cls(data["rule"], data["territory"], choices)


SHORT: dict[FateCode, str] = {
    FateCode.PICKED: "+",
    FateCode.NOT_THEIR_TURN: "-",
    FateCode.INACTIVE: "I",
    FateCode.NOT_A_MEMBER_ANYMORE: "M",
    FateCode.NO_SHARE: "W",
    FateCode.DECLINED_BEFORE: "D",
    FateCode.MISSING_SKILL: "K",
    FateCode.OFF_SHIFT: "S",
    FateCode.HOLIDAY: "HO",
    FateCode.ON_LEAVE: "L",
    FateCode.AWAY: "A",
    FateCode.UNAVAILABLE: "U",
    FateCode.FULL: "F",
    FateCode.DAY_CAP: "CD",
    FateCode.HOUR_CAP: "CH",
    FateCode.SOURCE_FULL: "SF",
    FateCode.SOURCE_DAY_CAP: "SD",
    FateCode.OUTRANKED: "O",
}
LONG: dict[str, FateCode] = {letters: code for code, letters in SHORT.items()}
