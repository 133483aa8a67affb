"""Decisions in sentences: for a manager line by line, for a rep in one paragraph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum

from routing.engine.conditions import describe, first_failure
from routing.engine.conditions.evaluating import LazyFacts, NormalFacts
from routing.engine.conditions.wording import NO_WORDS, Words, get_label
from routing.engine.eligibility import Fate, FateCode, format_balance, say_numbers
from routing.engine.facts import Facts
from routing.engine.rules import DestinationKind, Rule
from routing.engine.trace import ChoiceResult, ChoiceTrace, Trace


class RuleResult(StrEnum):
    MATCHED = "MATCHED"
    FAILED = "FAILED"
    OUT_OF_DATES = "OUT_OF_DATES"
    NOT_REACHED = "NOT_REACHED"


@dataclass(frozen=True, slots=True)
class RuleLine:
    """What became of one rule. `sentence` says why it failed or what it matched; `path` points into
    the condition at what failed first, "" otherwise."""

    rule_id: int
    position: int
    name: str
    result: RuleResult
    sentence: str = ""
    path: str = ""


def explain_rules(
    rules: Iterable[Rule], zone: tzinfo, facts: Facts, now: datetime, words: Words = NO_WORDS
) -> list[RuleLine]:
    """Every rule of a version in order, with the values called by `words`; the zone is the rule set's.

    Takes the facts as stored with the verdict: the territory is not looked up again, so the answer
    stays true when territories have changed since.
    """
    lines: list[RuleLine] = []
    is_decided = False
    normal = LazyFacts(facts)
    for rule in rules:
        line = (
            _make_line(rule, RuleResult.NOT_REACHED)
            if is_decided
            else _explain(rule, zone, (facts, normal), now, words)
        )
        is_decided = is_decided or line.result is RuleResult.MATCHED
        lines.append(line)
    return lines


def _explain(
    rule: Rule, zone: tzinfo, both: tuple[Facts, NormalFacts], now: datetime, words: Words
) -> RuleLine:
    if rule.fault:
        return _make_line(rule, RuleResult.FAILED, f"it cannot be read: {rule.fault}")
    if not rule.is_in_force(now, zone):
        limits = rule.say_limits(zone)
        return _make_line(rule, RuleResult.OUT_OF_DATES, f"not in force at that time: {limits}")
    failure = first_failure(rule.condition, *both)
    if failure is not None:
        return _make_line(rule, RuleResult.FAILED, failure.sentence(words), failure.path)
    return _make_line(rule, RuleResult.MATCHED, describe(rule.condition, words))


def _make_line(rule: Rule, result: RuleResult, sentence: str = "", path: str = "") -> RuleLine:
    return RuleLine(rule.id, rule.position, rule.name, result, sentence, path)


@dataclass(frozen=True, slots=True)
class Names:
    """Names by id for the sentences; what is missing is called by its id, what is None not
    named."""

    rules: Mapping[int, str] = field(default_factory=dict)
    reps: Mapping[int, str] = field(default_factory=dict)
    pools: Mapping[int, str] = field(default_factory=dict)
    queues: Mapping[int, str] = field(default_factory=dict)
    territories: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str] = field(default_factory=dict)

    def rep(self, rep_id: int) -> str:
        return self.reps.get(rep_id, f"rep {rep_id}")

    def rule(self, rule_id: int) -> str:
        return f"“{self.rules[rule_id]}”" if rule_id in self.rules else f"rule {rule_id}"

    def attribute(self, name: object) -> str:
        return self.attributes.get(str(name)) or get_label(str(name))

    def territory(self, slug: str) -> str:
        return f"“{self.territories.get(slug, slug)}”"


_ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth")


def sentences(trace: Trace, names: Names) -> list[str]:
    """One line per finding, in the order in which the decision was made."""
    lines = [_say_rule(trace, names)]
    if trace.territory is not None:
        lines.append(f"Territory: {names.territory(trace.territory)}.")
    number = 0
    for choice in trace.choices:
        if choice.kind is DestinationKind.OVERFLOW:
            lines.append(f"It overflows into {say_target(choice, names)}: {_say_result(choice)}.")
        else:
            number += 1
            ordinal = _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"{number}th"
            lines.append(f"{ordinal} choice, {say_target(choice, names)}: {_say_result(choice)}.")
        for fate in sorted(choice.candidates, key=_sort_key):
            lines.append(f"{names.rep(fate.rep_id)}: {fate.sentence()}.")  # noqa: PERF401
    if trace.rule_id is not None and not _is_settled(trace):
        lines.append("No choice is left, so the lead is parked until somebody can take it.")
    return lines


def _say_rule(trace: Trace, names: Names) -> str:
    if trace.rule_id is None:
        return "No rule matched, so the lead is parked."
    return f"The first matching rule is {names.rule(trace.rule_id)}."


def _sort_key(fate: Fate) -> tuple[bool, bool, float]:
    """The picked one, then those who wait for their turn by account, then the others."""
    is_waiting = fate.code is FateCode.NOT_THEIR_TURN
    balance = float(fate.detail[0]) if is_waiting and fate.detail else 0.0
    return (fate.code is not FateCode.PICKED, not is_waiting, -balance)


def _is_settled(trace: Trace) -> bool:
    return bool(trace.choices) and trace.choices[-1].result in (
        ChoiceResult.TAKEN,
        ChoiceResult.KEPT,
    )


def say_target(choice: ChoiceTrace, names: Names) -> str:
    """“pool “Account executives””, “owner of the territory (SDR)”, “holding queue “Overflow””."""
    target = choice.target
    match choice.kind:
        case DestinationKind.POOL | DestinationKind.OVERFLOW:
            return f"pool {_quote(names.pools, target)}"
        case DestinationKind.REP:
            return names.rep(target) if isinstance(target, int) else "a rep"
        case DestinationKind.TERRITORY_OWNER:
            return f"owner of the territory ({target})"
        case DestinationKind.ACCOUNT_OWNER:
            return "owner of the account"
        case DestinationKind.PREVIOUS_OWNER:
            return "previous owner" + (f" of the last {target} days" if target else "")
        case DestinationKind.LEAD_FIELD:
            return f"rep named as {names.attribute(target)}"
        case DestinationKind.HOLDING_QUEUE:
            return f"holding queue {_quote(names.queues, target)}"
        case DestinationKind.NURTURE:
            return f"nurture track “{target}”"
        case DestinationKind.REJECT:
            return "reject"


def _quote(names: Mapping[int, str], key: int | str | None) -> str:
    return f"“{names[key]}”" if isinstance(key, int) and key in names else f"{key}"


def _say_result(choice: ChoiceTrace) -> str:
    match choice.result:
        case ChoiceResult.KEPT:
            return "the rep who already knows this person keeps the lead"
        case ChoiceResult.NO_ONE:
            return "nobody could take the lead"
        case ChoiceResult.NO_OWNER:
            return _NO_OWNER.get(choice.kind, "there is no such owner")
        case ChoiceResult.TOO_LONG_AGO:
            return "the rep who had this person had them too long ago"
        case ChoiceResult.NO_SUCH_REP:
            return "no rep has the user name or e-mail address in this field"
        case ChoiceResult.CLOSED:
            return "the pool is closed"
        case ChoiceResult.FAULT:
            return "it could not be tried because something is wrong with it"
        case ChoiceResult.TAKEN if choice.kind is DestinationKind.REJECT:
            return f"rejected, {choice.target}" if choice.target else "rejected"
        case ChoiceResult.TAKEN:
            return "takes the lead"


_NO_OWNER = {
    DestinationKind.PREVIOUS_OWNER: "nobody had this person before",
    DestinationKind.LEAD_FIELD: "the field is empty",
}


def why_me(trace: Trace, rep_id: int, names: Names) -> str:
    """One paragraph to the rep: why this lead is theirs, or why it is not."""
    found = _find_own(trace, rep_id)
    if found is None:
        return f"{_say_rule(trace, names)} You were not among its candidates."
    choice, fate = found
    if fate.code is not FateCode.PICKED:
        return (
            f"{_say_rule(trace, names)} You were considered for {say_target(choice, names)}, "
            f"but the lead went elsewhere: {_say_to_rep(fate)}."
        )
    parts = [
        _say_rule(trace, names),
        _say_place(trace, names),
        _say_why_picked(choice, fate, names),
    ]
    return " ".join(part for part in parts if part)


def _say_to_rep(fate: Fate) -> str:
    if fate.code is not FateCode.NOT_THEIR_TURN:
        return fate.sentence()
    return f"it was not your turn (balance {format_balance(int(fate.detail[0]))})"


def _find_own(trace: Trace, rep_id: int) -> tuple[ChoiceTrace, Fate] | None:
    """The last choice that considered the rep: a later one may have picked who was passed over."""
    for choice in reversed(trace.choices):
        for fate in choice.candidates:
            if fate.rep_id == rep_id:
                return choice, fate
    return None


def _say_place(trace: Trace, names: Names) -> str:
    if trace.territory is None:
        return ""
    return f"The lead belongs to the territory {names.territory(trace.territory)}."


def _say_why_picked(choice: ChoiceTrace, fate: Fate, names: Names) -> str:
    if choice.result is ChoiceResult.KEPT:
        return f"You already know this person, and {say_target(choice, names)} keeps it that way."
    match choice.kind:
        case DestinationKind.TERRITORY_OWNER:
            return f"You own this territory ({choice.target})."
        case DestinationKind.ACCOUNT_OWNER:
            return "You own this account."
        case DestinationKind.PREVIOUS_OWNER:
            return "You had this person before."
        case DestinationKind.LEAD_FIELD:
            return f"The lead names you as {names.attribute(choice.target)}."
        case DestinationKind.REP:
            return "The rule names you."
        case _:
            return _say_turn(choice, fate, names)


def _say_turn(choice: ChoiceTrace, fate: Fate, names: Names) -> str:
    waiting = [
        other
        for other in choice.candidates
        if other.code in (FateCode.NOT_THEIR_TURN, FateCode.OUTRANKED)
    ]
    others = [
        f"{names.rep(other.rep_id)} ({other.sentence()})"
        for other in choice.candidates
        if other.code not in (FateCode.PICKED, FateCode.NOT_THEIR_TURN, FateCode.OUTRANKED)
    ]
    text = f"In {say_target(choice, names)} it was your turn: {_say_account(fate, len(waiting))}."
    return f"{text} Passed over: {'; '.join(others)}." if others else text


def _say_account(fate: Fate, waiting: int) -> str:
    if not waiting or not fate.detail:
        return "you were the only one who could take it"
    balance = format_balance(int(fate.detail[0]))
    numbers = f" with {say_numbers(fate.detail[1:])}" if fate.detail[1:] else ""
    return f"your balance {balance}{numbers} came first among {waiting + 1} who could take it"
