"""A published version in the form that decisions use.

A plan never changes: make it once per version (and per change of territories) and share it freely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from routing.engine.conditions import compile_condition
from routing.engine.conditions.evaluating import LazyFacts, Matcher
from routing.engine.facts import Facts
from routing.engine.faults import Fault
from routing.engine.indexing import LINEAR_BELOW, RuleIndex, make_index
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
    """`rules` in order of position. `index` is None where there are so few rules that trying one
    after another is faster; only then are there `matchers`. `has_limits`: some rule is limited by
    date or hour. `faults`: what of the version cannot be used, or why this is not the newest
    one."""

    version_id: int
    version_number: int
    rules: tuple[Rule, ...]
    territory_index: TerritoryIndex
    zone: tzinfo
    has_limits: bool
    matchers: tuple[Matcher, ...] = ()
    index: RuleIndex | None = None
    faults: tuple[Fault, ...] = ()

    def match(self, facts: Facts, now: datetime) -> Rule | None:
        """The first rule in force that the lead meets. Facts must already hold the territory."""
        for rule in self.iter_matches(facts):
            if not self.has_limits or rule.is_in_force(now, self.zone):
                return rule
        return None

    def iter_matches(self, facts: Facts) -> Iterator[Rule]:
        """All rules that the lead meets, in order, whether in force or not."""
        rules = self.rules
        if self.index is not None:
            for number in self.index.iter_matches(facts):
                yield rules[number]
            return
        normal = LazyFacts(facts)
        for number, matches in enumerate(self.matchers):
            if matches(normal):
                yield rules[number]


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
    conditions = tuple(rule.condition for rule in ordered)
    is_indexed = len(ordered) >= LINEAR_BELOW
    return Plan(
        version_id=version_id,
        version_number=number,
        rules=ordered,
        territory_index=TerritoryIndex(territories),
        zone=ZoneInfo(timezone) if isinstance(timezone, str) else timezone,
        has_limits=any(rule.is_limited for rule in ordered),
        matchers=() if is_indexed else tuple(map(compile_condition, conditions)),
        index=make_index(conditions) if is_indexed else None,
    )
