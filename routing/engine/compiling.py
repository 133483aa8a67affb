"""A published version in the form that decisions use.

A plan never changes: make it once per version (and per change of territories) and share it freely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from routing.engine.conditions import compile_condition, list_attributes
from routing.engine.conditions.evaluating import Matcher, normalise_facts
from routing.engine.facts import Facts
from routing.engine.faults import Fault
from routing.engine.indexing import LINEAR_BELOW, RuleIndex
from routing.engine.rule_checks import RuleProblem, check_rules_basics, ends_in_catch_all
from routing.engine.rules import Destination, DestinationKind, Rule
from routing.engine.territories import Territory, TerritoryIndex
from routing.engine.windows import WeeklyWindow

__all__ = [
    "Destination",
    "DestinationKind",
    "Plan",
    "Rule",
    "RuleProblem",
    "WeeklyWindow",
    "check_rules_basics",
    "compile_plan",
    "ends_in_catch_all",
]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """`rules` in order of position; `attributes` are the names that any of their conditions
    uses. `index` is None where there are so few rules that trying one after another is faster.
    `faults`: what of the version cannot be used, or why this is not the newest one."""

    version_id: int
    version_number: int
    rules: tuple[Rule, ...]
    territory_index: TerritoryIndex
    zone: tzinfo
    attributes: tuple[str, ...]
    matchers: tuple[Matcher, ...]
    index: RuleIndex | None = None
    faults: tuple[Fault, ...] = ()

    def match(self, facts: Facts, now: datetime) -> Rule | None:
        """The first rule in force that the lead meets. Facts must already hold the territory."""
        for rule in self.iter_matches(facts):
            if not rule.is_limited or rule.is_in_force(now, self.zone):
                return rule
        return None

    def iter_matches(self, facts: Facts) -> Iterator[Rule]:
        """All rules that the lead meets, in order, whether in force or not."""
        normal = normalise_facts(facts, self.attributes)
        if self.index is not None:
            for number in self.index.iter_matches(normal):
                yield self.rules[number]
            return
        for rule, matches in zip(self.rules, self.matchers, strict=True):
            if matches(normal):
                yield rule


def compile_plan(
    version_id: int,
    number: int,
    rules: Iterable[Rule],
    territories: Iterable[Territory],
    timezone: str | tzinfo,
) -> Plan:
    """The timezone is the rule set's: weekly windows and owners' days follow its clocks.

    Raises: ZoneInfoNotFoundError for an unknown zone name.
    """
    ordered = tuple(sorted(rules, key=lambda rule: rule.position))
    matchers = tuple(compile_condition(rule.condition) for rule in ordered)
    names = frozenset[str]().union(*(list_attributes(rule.condition) for rule in ordered))
    return Plan(
        version_id=version_id,
        version_number=number,
        rules=ordered,
        territory_index=TerritoryIndex(territories),
        zone=ZoneInfo(timezone) if isinstance(timezone, str) else timezone,
        attributes=tuple(sorted(names)),
        matchers=matchers,
        index=RuleIndex([rule.condition for rule in ordered], matchers)
        if len(ordered) >= LINEAR_BELOW
        else None,
    )
