"""Rules as sentences."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from routing.engine.attributes import Registry
from routing.engine.conditions import ConditionError, describe, parse_condition
from routing.engine.conditions.wording import Words
from routing.engine.windows import say_limits
from routing.models import DestinationKind, RoutingRule, RuleChoice
from routing.selectors.attributes import get_registry
from routing.selectors.words import get_words


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of the list: who it is for, where they go, and what is odd about it."""

    rule: RoutingRule
    number: int
    who: str
    where: str
    limits: str
    is_broken: bool


def make_lines(rules: Iterable[RoutingRule]) -> list[RuleLine]:
    """Rules with `choices` and their targets loaded, in order."""
    words, registry = get_words(), get_registry()
    return [_make_line(rule, number, words, registry) for number, rule in enumerate(rules, start=1)]


def _make_line(rule: RoutingRule, number: int, words: Words, registry: Registry) -> RuleLine:
    try:
        who, is_broken = describe(parse_condition(rule.condition, registry), words), False
    except ConditionError as error:
        who, is_broken = f"cannot be read: {error}", True
    return RuleLine(
        rule, number, who, say_choices(rule.choices.all()), say_rule_limits(rule), is_broken
    )


def say_choices(choices: Iterable[RuleChoice]) -> str:
    """“pool “DACH”, else the holding queue “Overflow””."""
    return ", else ".join(say_choice(choice) for choice in choices) or "nowhere yet"


def say_choice(choice: RuleChoice) -> str:
    return _say_target(choice) + _say_skill(choice)


def _say_skill(choice: RuleChoice) -> str:
    if not choice.required_skill:
        return ""
    level = f", level {choice.required_level} or more" if choice.required_level > 1 else ""
    return f" (with {choice.required_skill}{level})"


def _say_target(choice: RuleChoice) -> str:
    match choice.kind:
        case DestinationKind.POOL:
            return f"the pool “{choice.pool}”"
        case DestinationKind.REP:
            return str(choice.rep)
        case DestinationKind.TERRITORY_OWNER:
            return f"the {choice.get_territory_role_display()} of the territory"
        case DestinationKind.ACCOUNT_OWNER:
            return "the owner of the account"
        case DestinationKind.PREVIOUS_OWNER:
            within = f" of the last {choice.max_age_days} days" if choice.max_age_days else ""
            return f"the previous owner{within}"
        case DestinationKind.LEAD_FIELD:
            return f"the rep named as {_say_field(choice.lead_field)}"
        case DestinationKind.HOLDING_QUEUE:
            return f"the holding queue “{choice.holding_queue}”"
        case DestinationKind.NURTURE:
            return f"nurturing “{choice.nurture_track}”"
        case _:
            return f"rejection: {choice.reason}"


def _say_field(name: str) -> str:
    attribute = get_registry().get(name)
    return attribute.label if attribute else name


def say_rule_limits(rule: RoutingRule) -> str:
    """“from 1 Dec 2026 09:00, Mon–Fri 09:00–17:00”; "" for a rule that is always in force."""
    # Dates are typed and shown on the reader's clocks, weekdays and hours on the rule set's.
    zone = timezone.get_current_timezone()
    return say_limits(rule.starts_at, rule.ends_at, rule.weekly_window, zone)
