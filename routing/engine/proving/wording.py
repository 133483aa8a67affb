"""Findings as sentences for the manager who has to decide what to do about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from routing.engine.conditions import describe
from routing.engine.conditions.wording import NO_WORDS, Words, get_label, show_value
from routing.engine.facts import Facts
from routing.engine.proving.findings import Contradiction, Findings, Gap, Unreachable
from routing.engine.proving.territories import Overlap, OwnerGap
from routing.engine.rule_checks import is_catch_all
from routing.engine.rules import Rule

MANY = 5


class Code(StrEnum):
    UNREACHABLE = "UNREACHABLE"
    CONTRADICTION = "CONTRADICTION"
    DEAD_ALTERNATIVE = "DEAD_ALTERNATIVE"
    NEVER_IN_FORCE = "NEVER_IN_FORCE"
    GAP = "GAP"
    UNDECIDED = "UNDECIDED"
    OVERLAP = "OVERLAP"
    NEVER_WON = "NEVER_WON"
    NO_OWNER = "NO_OWNER"


@dataclass(frozen=True, slots=True)
class Statement:
    """One finding in words. `rule_id` is None where it is about territories or the rules as a whole;
    `witness` is the lead that shows it; `paths` point into the rule's condition."""

    code: Code
    sentence: str
    rule_id: int | None = None
    witness: Facts | None = None
    at: datetime | None = None
    paths: tuple[str, ...] = ()


def say_findings(
    findings: Findings, rules: Sequence[Rule], words: Words = NO_WORDS
) -> list[Statement]:
    """In the order of the rules; what falls to the catch-all comes last."""
    by_id = {rule.id: rule for rule in rules}
    last = rules[-1] if rules else None
    # A catch-all must be there even if no lead is left for it.
    needed = last.id if last is not None and is_catch_all(last) else None
    place = {rule.id: number for number, rule in enumerate(rules)}
    said = [_say_unreachable(one, by_id) for one in findings.unreachable if one.rule_id != needed]
    said += [_say_contradiction(one, by_id, words) for one in findings.contradictions]
    said += [
        Statement(
            Code.UNDECIDED,
            f"Whether “{by_id[rule_id].name}” can be reached could not be decided: too many rules "
            "cross each other there.",
            rule_id,
        )
        for rule_id in findings.undecided
    ]
    said.sort(key=lambda one: place[one.rule_id or 0])
    return said + [_say_gap(gap, last, words) for gap in findings.gaps]


def _say_unreachable(one: Unreachable, rules: Mapping[int, Rule]) -> Statement:
    names = [f"“{rules[rule_id].name}”" for rule_id in one.covered_by]
    if len(names) == 1:
        who = f"{names[0]} above takes every lead it would take"
    else:
        who = f"together {_join(names)} above take every lead it would take"
    return Statement(
        Code.UNREACHABLE, f"“{rules[one.rule_id].name}” is never reached: {who}.", one.rule_id
    )


def _say_contradiction(one: Contradiction, rules: Mapping[int, Rule], words: Words) -> Statement:
    name = f"“{rules[one.rule_id].name}”"
    if not one.paths:
        text = f"{name} is never in force: its dates are over, or its days and hours never come."
        return Statement(Code.NEVER_IN_FORCE, text, one.rule_id)
    parts = [describe(part, words) for part in one.parts]
    why = (
        f"{parts[0]}, which no lead can be"
        if len(parts) == 1
        else f"{_join(parts)} exclude each other"
    )
    if one.is_alternative:
        text = f"One alternative of {name} can never be true: {why}."
        return Statement(Code.DEAD_ALTERNATIVE, text, one.rule_id, paths=one.paths)
    text = f"{name} can never be true: {why}."
    return Statement(Code.CONTRADICTION, text, one.rule_id, paths=one.paths)


def _say_gap(gap: Gap, last: Rule | None, words: Words) -> Statement:
    told = [
        name for name in sorted({*gap.witness.facts, *gap.unknown}) if name not in gap.any_value
    ]
    lead = say_facts(gap.witness.facts, told, words)
    where = f"fall to “{last.name}”" if last is not None else "meet no rule"
    when = f" ({gap.witness.at:%A %H:%M} UTC)" if gap.is_timed else ""
    text = f"Leads like this one {where}{when}: {lead}." if lead else f"All leads {where}{when}."
    if lead and gap.any_value:
        free = _join(sorted(get_label(name) for name in gap.any_value))
        text = f"{text[:-1]} (whatever the {free})."
    return Statement(Code.GAP, text, last.id if last else None, gap.witness.facts, gap.witness.at)


def say_facts(facts: Facts, names: Iterable[str], words: Words = NO_WORDS) -> str:
    """“country is DE, employees is unknown”."""
    return ", ".join(
        f"{get_label(name)} is {show_value(facts.get(name), words.get(name, {}))}" for name in names
    )


def say_overlap(one: Overlap, names: Mapping[str, str], words: Words = NO_WORDS) -> Statement:
    """`names` of territories by slug."""
    winner, loser = (f"“{names.get(slug, slug)}”" for slug in (one.winner, one.loser))
    lead = say_facts(one.witness, sorted(one.witness), words) or "nothing is known"
    why = (
        "only because its short name comes first in the alphabet"
        if one.is_by_slug
        else "by its higher priority"
    )
    text = f"{winner} and {loser} are equally specific where {lead}: {winner} wins, {why}."
    return Statement(Code.OVERLAP, text, witness=one.witness)


def say_never_won(slug: str, names: Mapping[str, str]) -> Statement:
    text = (
        f"The territory “{names.get(slug, slug)}” never gets a lead: whatever it matches, another "
        "comes first."
    )
    return Statement(Code.NEVER_WON, text)


def say_owner_gap(
    one: OwnerGap, names: Mapping[str, str], roles: Mapping[str, str], today: date
) -> Statement:
    who = f"The territory “{names.get(one.territory, one.territory)}”"
    role = roles.get(one.role, one.role)
    begin = "" if one.starts_on <= today else f" from {_say_day(one.starts_on)}"
    until = f" until {_say_day(one.ends_on)}" if one.ends_on else " on"
    when = f"{begin or ' from today'}{until}" if one.ends_on or begin else ""
    return Statement(Code.NO_OWNER, f"{who} has no {role}{when}.")


def _say_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _join(texts: Sequence[str]) -> str:
    shown = list(texts[:MANY])
    if len(texts) > MANY:
        shown.append(f"{len(texts) - MANY} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
