"""What is wrong with a version before it is published, each with its place in the rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from routing.engine.attributes import AttributeType, Registry
from routing.engine.compiling import check_rules_basics
from routing.engine.conditions import ConditionError, parse_condition
from routing.engine.conditions.contradictions import find_contradictions
from routing.engine.overflow import find_circle
from routing.engine.rules import Rule
from routing.models import DestinationKind, Pool, RoutingRule, RuleChoice, RuleSetVersion
from routing.selectors.attributes import get_draft_registry
from routing.selectors.plans import list_engine_rules
from routing.selectors.words import find_strangers, get_words

WARNINGS = frozenset({"UNREACHABLE_RULE", "UNREACHABLE_DESTINATION", "NEVER_TRUE"})
NAMING = frozenset({AttributeType.TEXT, AttributeType.CHOICE})


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """One thing a check found; `is_blocking` ones keep a version from being published. `code` is
    that of `RuleProblem`, if it comes from there. `path` looks like “rules[DACH].when.all[1].value”
    or “rules[DACH].then[0].pool”, and is “rules” for the version as a whole."""

    message: str
    rule_id: int | None = None
    is_blocking: bool = True
    code: str = ""
    path: str = "rules"


def check_version(*, version: RuleSetVersion) -> list[PlanProblem]:
    """Returns what keeps the version from being published, then what deserves a second look."""
    found = list(_check_conditions(version))
    if not found:
        rules = list_engine_rules(version)
        names = {rule.id: f"rules[{rule.name}]" for rule in rules}
        found = [
            PlanProblem(
                p.message, p.rule_id, p.code not in WARNINGS, p.code,
                names.get(p.rule_id or 0, "rules"),
            )
            for p in check_rules_basics(rules)
        ]  # fmt: skip
        found += _check_values(rules)
    found += _check_choices(version)
    return sorted(found, key=lambda problem: not problem.is_blocking)


def _check_conditions(version: RuleSetVersion) -> Iterator[PlanProblem]:
    """What cannot be read or can never be true: unknown attributes, wrong types, empty lists, ranges
    that exclude each other."""
    registry = get_draft_registry()
    for rule in RoutingRule.objects.filter(version=version, is_enabled=True).order_by("position"):
        for path, sentence in _find_faults(rule.condition, registry):
            where = f".{path}" if path else ""
            place = f" (at {path})" if path else ""
            yield PlanProblem(
                f"“{rule.name}”: {sentence}{place}", rule.pk, path=f"rules[{rule.name}].when{where}"
            )


def _find_faults(stored: object, registry: Registry) -> list[tuple[str, str]]:
    try:
        return find_contradictions(parse_condition(stored, registry))
    except ConditionError as error:
        return error.errors


def _check_values(rules: list[Rule]) -> list[PlanProblem]:
    """Names tests for sources, territories or reps that do not exist: they can never be true."""
    words = get_words()
    return [
        PlanProblem(
            f"“{rule.name}”: {sentence}.", rule.id, is_blocking=False,
            path=f"rules[{rule.name}].when",
        )
        for rule in rules
        for sentence in find_strangers(rule.condition, words)
    ]  # fmt: skip


def _check_choices(version: RuleSetVersion) -> Iterator[PlanProblem]:
    """What the choices point at and is closed, gone, empty, or leads round in a circle."""
    choices = RuleChoice.objects.filter(rule__version=version, rule__is_enabled=True)
    rows = choices.select_related("rule", "pool", "rep", "holding_queue").prefetch_related(
        "pool__members__rep"
    )
    pools = {pool.pk: pool for pool in Pool.objects.all()}
    registry = get_draft_registry()
    for choice in rows.order_by("rule__position", "order"):
        for column, sentence, is_blocking in (
            *_find_closed(choice), *_find_bad_overflow(choice, pools),
            *_find_bad_field(choice, registry),
        ):  # fmt: skip
            number = choice.order
            yield PlanProblem(
                f"“{choice.rule.name}”, choice {number}: {sentence}",
                choice.rule_id,
                is_blocking,
                path=f"rules[{choice.rule.name}].then[{number - 1}].{column}",
            )


Found = tuple[str, str, bool]
"""The column, what is wrong with it, and whether that keeps the version from being published."""


def _find_closed(choice: RuleChoice) -> Iterator[Found]:
    if choice.rep and not choice.rep.is_active:
        yield "rep", f"{choice.rep.name} is not active.", True
    if choice.holding_queue and not choice.holding_queue.is_active:
        yield "holding_queue", f"the queue “{choice.holding_queue.name}” is closed.", True
    if choice.kind == DestinationKind.POOL and choice.pool:
        members = [m for m in choice.pool.members.all() if m.is_active and m.rep.is_active]
        if not choice.pool.is_active:
            yield "pool", f"the pool “{choice.pool.name}” is closed.", True
        elif not members:
            yield "pool", f"the pool “{choice.pool.name}” has no active members.", False


def _find_bad_overflow(choice: RuleChoice, pools: Mapping[int, Pool]) -> Iterator[Found]:
    if choice.pool_id is None:
        return
    circle = find_circle(choice.pool_id, {pk: pool.overflow_id for pk, pool in pools.items()})
    if circle:
        way = " → ".join(pools[pool_id].name for pool_id in circle)
        yield "pool", f"its pools hand on in a circle: {way}.", True


def _find_bad_field(choice: RuleChoice, registry: Registry) -> Iterator[Found]:
    if choice.kind != DestinationKind.LEAD_FIELD:
        return
    attribute = registry.get(choice.lead_field)
    if attribute is None:
        yield "lead_field", f"there is no attribute called “{choice.lead_field}”.", True
    elif attribute.type not in NAMING:
        yield "lead_field", f"{attribute.label} cannot hold the name of a rep.", True
