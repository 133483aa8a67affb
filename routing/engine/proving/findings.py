"""What proofs about rules find."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from routing.engine.conditions import Condition
from routing.engine.facts import Facts


@dataclass(frozen=True, slots=True)
class Witness:
    """A lead, and a moment, that show what a finding says."""

    facts: Facts
    at: datetime


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No lead ever comes as far as this rule. `covered_by` (rule ids, in order): together they take
    every lead that would; leaving one out, some would get through, unless there are very many."""

    rule_id: int
    covered_by: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """These parts of the rule's condition (paths into it) exclude each other, so nothing meets it.

    `is_alternative`: only one alternative of the condition is concerned, the rest can be met.
    Without parts the rule's dates and hours are never to come.
    """

    rule_id: int
    paths: tuple[str, ...]
    parts: tuple[Condition, ...] = ()
    is_alternative: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A lead that no rule above the catch-all takes. `unknown`: attributes that are unknown of it,
    only where they must be. `any_value`: attributes whose value plays no part. `is_timed`: at other
    moments a rule limited in time takes it, or leads like it."""

    witness: Witness
    unknown: tuple[str, ...] = ()
    any_value: tuple[str, ...] = ()
    is_timed: bool = False


@dataclass(slots=True)
class Findings:
    """`undecided` (rule ids): the search was given up, nothing is claimed about them."""

    unreachable: list[Unreachable] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    undecided: list[int] = field(default_factory=list)


class ProofError(AssertionError):
    """A witness is not what the proof says: a mistake in the proofs, never in the rules."""
