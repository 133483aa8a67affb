"""What went wrong inside a decision, and how a decision goes on all the same.

A rule that cannot be evaluated counts as not met, a choice that cannot be tried as failed, a
territory that cannot be looked up as none. Nothing of it is silent: each is a fault that the caller
records. On the way without faults all this costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from routing.engine.conditions import holds
from routing.engine.facts import Facts
from routing.engine.rules import Rule

if TYPE_CHECKING:
    from routing.engine.compiling import Plan

MAX_MESSAGE = 500


class FaultKind(StrEnum):
    VERSION = "VERSION"
    RULE = "RULE"
    CHOICE = "CHOICE"
    TERRITORY = "TERRITORY"


@dataclass(frozen=True, slots=True)
class Fault:
    """`location` says where in the words of a manager, `message` what, with the kind of error."""

    kind: FaultKind
    location: str
    message: str
    rule_id: int | None = None


def describe_error(error: BaseException) -> str:
    """“ValueError: There is no strategy called “X”.”; one line, cut to what an incident keeps."""
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:MAX_MESSAGE]


def match_carefully(
    plan: Plan, facts: Facts, now: datetime
) -> tuple[Rule | None, tuple[Fault, ...]]:
    """The first rule in force that the lead meets and that can be evaluated at all, and the others.

    For after `Plan.match` has raised: each rule is tried by itself.
    """
    faults: list[Fault] = []
    for rule in plan.rules:
        try:
            if rule.is_in_force(now, plan.zone) and holds(rule.condition, facts):
                return rule, tuple(faults)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the other rules still count
            location = f"the condition of “{rule.name}”"
            faults.append(Fault(FaultKind.RULE, location, describe_error(error), rule.id))
    return None, tuple(faults)
