"""The plain mistakes of a draft that its shape alone shows. Proofs over all leads come
elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.engine.conditions import find_constant, is_always
from routing.engine.rules import FINAL_KINDS, Destination, DestinationKind, Rule


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """`code`: NO_CATCH_ALL, NO_DESTINATION, INCOMPLETE_DESTINATION, UNREACHABLE_DESTINATION,
    UNREACHABLE_RULE, NEVER_TRUE or NEVER_IN_FORCE. `rule_id` is None for the rule set as a
    whole."""

    code: str
    rule_id: int | None
    message: str


def is_catch_all(rule: Rule) -> bool:
    """Whether the rule takes every lead at any time."""
    return is_always(rule.condition) and not rule.is_limited


def ends_in_catch_all(rules: Sequence[Rule]) -> bool:
    """Whether the last rule by position is a catch-all."""
    return bool(rules) and is_catch_all(max(rules, key=lambda rule: rule.position))


def check_rules_basics(rules: Sequence[Rule]) -> list[RuleProblem]:
    """All problems, in the order of the rules; the missing catch-all comes last."""
    problems: list[RuleProblem] = []
    catch_all: Rule | None = None
    for rule in sorted(rules, key=lambda rule: rule.position):
        if catch_all is not None:
            text = f"“{rule.name}” is never reached: “{catch_all.name}” above takes every lead."
            problems.append(RuleProblem("UNREACHABLE_RULE", rule.id, text))
        elif is_catch_all(rule):
            catch_all = rule
        problems += [RuleProblem(code, rule.id, text) for code, text in _check_rule(rule)]
    if not ends_in_catch_all(rules):
        text = "The last rule must take every lead (no conditions, no dates, no hours)."
        problems.append(RuleProblem("NO_CATCH_ALL", None, text))
    return problems


def _check_rule(rule: Rule) -> Iterator[tuple[str, str]]:
    if find_constant(rule.condition) is False:
        yield "NEVER_TRUE", f"The condition of “{rule.name}” can never be true."
    if rule.starts_at and rule.ends_at and rule.ends_at <= rule.starts_at:
        yield "NEVER_IN_FORCE", f"“{rule.name}” ends before it starts."
    if rule.weekly_window is not None and not rule.weekly_window.weekdays:
        yield "NEVER_IN_FORCE", f"“{rule.name}” is limited to no weekday at all."
    if not rule.choices:
        yield "NO_DESTINATION", f"“{rule.name}” has no destination."
    for number, choice in enumerate(rule.choices, 1):
        if _lacks_target(choice):
            text = f"Choice {number} of “{rule.name}” does not say which {_NEEDS[choice.kind]}."
            yield "INCOMPLETE_DESTINATION", text
        if choice.kind in FINAL_KINDS and number < len(rule.choices):
            text = (
                f"Choice {number} of “{rule.name}” takes every lead; later choices are never used."
            )
            yield "UNREACHABLE_DESTINATION", text


_NEEDS: dict[DestinationKind, str] = {
    DestinationKind.POOL: "pool",
    DestinationKind.REP: "rep",
    DestinationKind.TERRITORY_OWNER: "role",
    DestinationKind.LEAD_FIELD: "field",
    DestinationKind.HOLDING_QUEUE: "holding queue",
    DestinationKind.NURTURE: "track",
    DestinationKind.REJECT: "reason",
}


def _lacks_target(choice: Destination) -> bool:
    return choice.kind in _NEEDS and choice.target in (None, "")
