"""A published version in the form that decisions use.

A plan never changes: make it once per version (and per change of territories) and share it freely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from routing.engine.facts import Facts
from routing.engine.faults import Fault
from routing.engine.indexing import (
    RuleIndex,
    find_first_of_each,
    make_index,
    update_index,
)
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
    """`rules` in order of position; `index` knows their conditions by the same numbers.
    `has_limits`: some rule is limited by date or hour. `faults`: what of the version cannot be used,
    or why this is not the newest one."""

    version_id: int
    version_number: int
    rules: tuple[Rule, ...]
    territory_index: TerritoryIndex
    zone: tzinfo
    has_limits: bool
    index: RuleIndex
    faults: tuple[Fault, ...] = ()

    def match(self, facts: Facts, now: datetime) -> Rule | None:
        """The first rule in force that the lead meets. Facts must already hold the territory."""
        if not self.has_limits:
            number = self.index.find_first(facts)
            return None if number is None else self.rules[number]
        for rule in self.iter_matches(facts):
            if rule.is_in_force(now, self.zone):
                return rule
        return None

    def match_many(self, leads: Sequence[Facts], now: datetime) -> list[Rule | None]:
        """What `match` says of each lead, in less time for many."""
        rules = self.rules

        def is_open(number: int, _: int) -> bool:
            return rules[number].is_in_force(now, self.zone)

        found = find_first_of_each(self.index, leads, is_open if self.has_limits else None)
        return [None if number is None else rules[number] for number in found]

    def iter_matches(self, facts: Facts) -> Iterator[Rule]:
        """All rules that the lead meets, in order, whether in force or not."""
        rules = self.rules
        for number in self.index.iter_matches(facts):
            yield rules[number]


def compile_plan(
    version_id: int,
    number: int,
    rules: Iterable[Rule],
    territories: Iterable[Territory],
    timezone: str | tzinfo,
    previous: Plan | None = None,
) -> Plan:
    """The timezone is the rule set's: weekly windows and owners' days follow its clocks.

    `previous` is a plan whose rules are mostly the same, such as the version before: it stays as it
    is, and what did not change is shared with it. That is quickest where conditions are the same
    objects.
    Raises: ZoneInfoNotFoundError for an unknown zone name.
    """
    ordered = tuple(sorted(rules, key=lambda rule: rule.position))
    conditions = tuple(rule.condition for rule in ordered)
    return Plan(
        version_id=version_id,
        version_number=number,
        rules=ordered,
        territory_index=TerritoryIndex(territories),
        zone=ZoneInfo(timezone) if isinstance(timezone, str) else timezone,
        has_limits=any(rule.is_limited for rule in ordered),
        index=update_index(previous.index, conditions) if previous else make_index(conditions),
    )
