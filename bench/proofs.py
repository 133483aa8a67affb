"""Proofs about many stored rules and territories: do they end in time, and are they right?

Some rules are planted that are never reached (below one that covers them, or below several that do so
only together) or contradict themselves; all of them must be found. Whatever else is said to be
unreachable, and as many rules that are said to be reached, are asked of Z3 as well, on an encoding
of its own; one different answer ends the benchmark.
"""

import importlib
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.rule_tables import COUNTRIES, SOURCES, make_table
from bench.stage import SEED
from bench.table import print_table
from leads.domain.countries import country_codes
from leads.models import Source
from routing.engine.conditions import All, Condition, Not, Test, condition_to_json
from routing.engine.conditions import Any as AnyOf
from routing.engine.operators import Operator
from routing.engine.proving.wording import Code
from routing.models import (
    DestinationKind,
    HoldingQueue,
    RoutingRule,
    RuleChoice,
    RuleSet,
    RuleSetVersion,
    Territory,
)
from routing.selectors.proofs import Proofs, prove_rule, prove_version

RULES = 5_000
TERRITORIES = 5_000
EDITS = 20
PLANTED = 25
ASKED = 25
WHOLE_GOAL_SECONDS = 30
EDIT_GOAL_SECONDS = 1
ISO = dict(zip(COUNTRIES, sorted(country_codes()), strict=False))


@dataclass
class Plan:
    """Conditions in order; what is planted, by name of the rule."""

    conditions: list[Condition] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, name: str, condition: Condition) -> None:
        self.names.append(name)
        self.conditions.append(condition)


def run(*, is_quick: bool) -> None:
    """Prints seconds of a whole proof and of the answer after one edit, beside Z3's for a few rules."""
    if connection.vendor != "sqlite":
        print("\nProofs: they read the database in six statements, see SQLite.")
        return
    rules, territories = (300, 300) if is_quick else (RULES, TERRITORIES)
    plan = make_plan(rules)
    version = store(plan, territories)
    began = time.perf_counter()
    proofs = prove_version(version, timezone.now())
    whole = time.perf_counter() - began
    dead = compare_planted(plan, proofs, territories)
    edits = sorted(time_edits(version))
    z3, asked = ask_z3(plan, dead)
    print_table(
        f"Proofs: {len(plan.names):,} rules, {territories:,} territories, in seconds",
        ("", "seconds", "goal"),
        [
            ("everything, read from the database", whole, f"{WHOLE_GOAL_SECONDS}"),
            ("  of it a rule, in milliseconds", whole * 1e3 / len(plan.names), ""),
            (f"one edited rule, worst of {len(edits)}", edits[-1], f"{EDIT_GOAL_SECONDS}"),
            ("  median", edits[len(edits) // 2], ""),
            ("Z3, a rule, in milliseconds", z3, f"{asked} rules, all answers equal"),
        ],
    )
    for name, took, goal in (
        ("everything", whole, WHOLE_GOAL_SECONDS),
        ("one edited rule", edits[-1], EDIT_GOAL_SECONDS),
    ):
        print(f"  {name}: {took:.2f} s (goal {goal}: {'reached' if took <= goal else 'MISSED'})")
    print(
        f"  never reached or contradictory: {len(dead)} rules, the {3 * PLANTED} planted among them; "
        f"{len(proofs.about_territories)} findings about territories"
    )


def make_plan(count: int) -> Plan:
    table = make_table(count - 5 * PLANTED, leads=0, seed=SEED, mixed_share=0.3)
    draw = random.Random(SEED)
    plan = Plan()
    for number, condition in enumerate(table.conditions):
        plan.add(f"rule {number}", to_iso(condition))
    for number in range(PLANTED):
        above = plan.conditions[draw.randrange(len(table.conditions) // 2)]
        more = Test("score", Operator.AT_LEAST, draw.randrange(1, 50))
        plan.add(f"covered {number}", All((above, more)))
        plan.add(f"contradictory {number}", All((above, Not(above))))
    for number in range(PLANTED):
        city = Test("city", Operator.EQUALS, f"only here {number}")
        half = Test("employees", Operator.AT_LEAST, 10 * number + 1)
        plan.add(f"half {number}", All((city, half)))
        plan.add(f"other half {number}", All((city, Not(half))))
        plan.add(f"covered by both {number}", AnyOf((city, All((city, Not(half))))))
    return plan


def to_iso(condition: Condition) -> Condition:
    """With countries that exist: others are known to be those of no lead."""
    match condition:
        case All(parts):
            return All(tuple(map(to_iso, parts)))
        case AnyOf(parts):
            return AnyOf(tuple(map(to_iso, parts)))
        case Not(part):
            return Not(to_iso(part))
        case Test("country", operator, tuple() as values):
            return Test("country", operator, tuple(ISO[str(value)] for value in values))
    return condition


def store(plan: Plan, territories: int) -> RuleSetVersion:
    now = timezone.now()
    Source.objects.bulk_create(
        Source(slug=slug, name=slug, kind=Source.Kind.OTHER) for slug in SOURCES
    )
    queue = HoldingQueue.objects.create(name="Proved queue", slug="proved-queue")
    rule_set = RuleSet.objects.create(name="Proved", slug="proved")
    version = RuleSetVersion.objects.create(rule_set=rule_set, number=1, created_at=now)
    rows = RoutingRule.objects.bulk_create(
        RoutingRule(
            version=version, position=place, name=name, condition=condition_to_json(condition)
        )
        for place, (name, condition) in enumerate(
            zip([*plan.names, "all"], [*plan.conditions, All()], strict=True), 1
        )
    )
    RuleChoice.objects.bulk_create(
        RuleChoice(rule=row, kind=DestinationKind.HOLDING_QUEUE, holding_queue=queue)
        for row in rows
    )
    Territory.objects.bulk_create(make_territory(number) for number in range(territories))
    return version


def make_territory(number: int) -> Territory:
    """Patches of three digits; every hundredth is there twice, so that only the slug decides."""
    own = number - 1 if number % 100 == 99 else number
    codes = sorted(ISO.values())
    return Territory(
        name=f"Patch {number}",
        slug=f"patch-{number:05}",
        countries=[codes[own // 1_000 % len(codes)]],
        postal_prefixes=[f"{own % 1_000:03}"],
        industries=[f"industry {own % 7}"] if own % 3 == 0 else [],
    )


def compare_planted(plan: Plan, proofs: Proofs, territories: int) -> set[int]:
    """The places of all rules said to be dead. Ends the benchmark when a planted one is not among
    them, or a tie of territories is missed."""
    dead_codes = (Code.UNREACHABLE, Code.CONTRADICTION)
    first = RoutingRule.objects.get(name=plan.names[0]).pk
    dead = {
        one.rule_id - first
        for one in proofs.about_rules
        if one.code in dead_codes and one.rule_id is not None
    }
    planted = {
        place
        for place, name in enumerate(plan.names)
        if name.startswith(("covered", "contradictory"))
    }
    if missed := planted - dead:
        sys.exit(f"Not found: {[plan.names[place] for place in missed]}.")
    if any(one.code is Code.UNDECIDED for one in proofs.about_rules):
        sys.exit("The proofs gave a rule up.")
    ties = sum(one.code is Code.OVERLAP for one in proofs.about_territories)
    if ties != min(territories // 100, 50):
        sys.exit(f"{ties} ties of territories were found, not {territories // 100}.")
    return dead


def time_edits(version: RuleSetVersion) -> Sequence[float]:
    """Seconds from the edit of a rule to what is proved about it, for rules all over the list."""
    rules = list(RoutingRule.objects.filter(version=version).order_by("position"))
    times = []
    for rule in rules[:: max(1, len(rules) // EDITS)]:
        rule.condition = {"all": [rule.condition, {"test": LARGE}]}
        rule.save()
        began = time.perf_counter()
        prove_rule(version, rule.pk, timezone.now())
        times.append(time.perf_counter() - began)
    return times


LARGE = {"attribute": "employees", "operator": "AT_LEAST", "value": 3}


def ask_z3(plan: Plan, dead: set[int]) -> tuple[float | str, int]:
    """Milliseconds a rule, and how many were asked."""
    try:
        z3 = importlib.import_module("z3")
    except ImportError:
        return "skipped: not installed", 0
    draw = random.Random(SEED)
    alive = [place for place in range(len(plan.names)) if place not in dead]
    asked = {*draw.sample(sorted(dead), ASKED), *draw.sample(alive, ASKED)}
    words = Z3Words(z3)
    solver = z3.Solver()
    solver.add(words.say_what_is_known())
    took = 0.0
    for place, condition in enumerate(plan.conditions):
        began = time.perf_counter()
        formula = words.say(condition)
        if place in asked:
            solver.push()
            solver.add(formula)
            is_reached = solver.check() == z3.sat
            solver.pop()
            if is_reached == (place in dead):
                sys.exit(f"Z3 says {is_reached} of “{plan.names[place]}”.")
        solver.add(z3.Not(formula))
        took += time.perf_counter() - began
    return took * 1e3 / len(asked), len(asked)


class Z3Words:
    """Conditions as Z3 formulas: a number and “known” for each attribute, a switch for each product."""

    def __init__(self, z3: Any) -> None:
        self._z3 = z3
        self._numbers: dict[tuple[str, str], int] = {}

    def say_what_is_known(self) -> Any:
        """Every lead has a source, of those there are, and no company fewer than no employees."""
        z3 = self._z3
        sources = [z3.Int("source") == self._code("source", slug) for slug in SOURCES]
        return z3.And(z3.Bool("source known"), z3.Or(sources), z3.Int("employees") >= 0)

    def say(self, condition: Condition) -> Any:
        z3 = self._z3
        match condition:
            case All(parts):
                return z3.And([self.say(part) for part in parts])
            case AnyOf(parts):
                return z3.Or([self.say(part) for part in parts])
            case Not(part):
                return z3.Not(self.say(part))
        return z3.And(z3.Bool(f"{condition.attribute} known"), self._test(condition))

    def _test(self, test: Test) -> Any:
        z3, name, value = self._z3, test.attribute, test.value
        number = z3.Int(name)
        match test.operator, value:
            case Operator.CONTAINS, tuple():
                return z3.Or([z3.Bool(f"{name} {item}") for item in value])
            case Operator.IN, tuple():
                return z3.Or([number == self._code(name, str(item)) for item in value])
            case Operator.EQUALS, str():
                return number == self._code(name, value)
            case Operator.BETWEEN, (low, high):
                return z3.And(number >= low, number <= high)
            case Operator.AT_LEAST, _:
                return number >= value
            case Operator.STARTS_WITH, str():
                low = int(value.ljust(5, "0"))
                return z3.And(number >= low, number <= int(value.ljust(5, "9")))
            case Operator.WITHIN_POSTAL_RANGE, (low, high):
                return z3.And(number >= int(low), number <= int(high))
        raise AssertionError(test)

    def _code(self, name: str, value: str) -> int:
        return self._numbers.setdefault((name, value.casefold()), len(self._numbers))
