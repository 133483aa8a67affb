"""Counterfactuals in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from routing.engine.conditions.wording import NO_WORDS, Words, get_label, show_value
from routing.engine.counterfactuals.nearest import Change, LeadChange
from routing.engine.counterfactuals.reps import Need, RepAnswer, RepChange
from routing.engine.eligibility import format_balance
from routing.engine.explaining import Names


def say_way_to_rule(change: LeadChange | None, name: str, words: Words = NO_WORDS) -> list[str]:
    """What must be different about the lead for the rule of this name to take it."""
    if change is None:
        text = (
            f"No change of a few facts was found that sends the lead to “{name}”. The rule may not "
            "be in force at this time, or rules above take what comes near it; the check says "
            "whether it can be reached at all."
        )
        return [text]
    if not change.changes:
        return [f"“{name}” takes this lead as it is."]
    lines = [f"“{name}” would take the lead if:"]
    lines += _say_changes(change.changes, words)
    return [*lines, "With these changes the rules were tried, and sent it there."]


def _say_changes(changes: Sequence[Change], words: Words) -> list[str]:
    """A line each; what belonged to the country left behind is said in one."""
    is_moved = any(one.attribute == "country" for one in changes)
    left = [
        get_label(one.attribute)
        for one in changes
        if is_moved and one.after is None and one.attribute in ("postal_code", "subdivision")
    ]
    lines = [_say_change(one, words) for one in changes if get_label(one.attribute) not in left]
    if left:
        lines.append(f"{' and '.join(left)} were not those of the old country (left out here)")
    return lines


def _say_change(one: Change, words: Words) -> str:
    names = words.get(one.attribute, {})
    before, after = show_value(one.before, names), show_value(one.after, names)
    return f"{get_label(one.attribute)} were {after} (it is {before})"


def say_way_to_rep(
    answer: RepAnswer | None, name: str, names: Names, words: Words = NO_WORDS
) -> list[str]:
    """What must be different for the rep of this name to get the lead."""
    if answer is None:
        text = (
            f"No way was found for {name} to get this lead: no rule sends leads like it, or leads "
            f"that differ in a few things, to {name}."
        )
        return [text]
    rule = f" by the rule {names.rule(answer.rule_id)}" if answer.rule_id is not None else ""
    changes = answer.lead_change.changes if answer.lead_change else ()
    if not changes and not answer.changes:
        return [f"{name} gets this lead{rule} as things stand."]
    lines = [f"{name} would get the lead{rule} if:"]
    lines += _say_changes(changes, words)
    lines += [f"{name} {_say_need(one)}" for one in answer.changes]
    if answer.turn_in is not None and any(one.need is Need.BALANCE for one in answer.changes):
        lines.append(
            f"The turn comes by itself: of leads like this one, {name} gets the "
            f"{_say_ordinal(answer.turn_in)} from now, if nothing else changes."
        )
    return [*lines, "With these changes the rules were tried, and gave it to them."]


_NEEDS: dict[Need, str] = {
    Need.BE_ACTIVE: "were active",
    Need.BE_MEMBER: "were a member of the pool",
    Need.HAVE_SHARE: "had a share in the pool (weight 1 or more)",
    Need.NOT_HAVE_DECLINED: "had not declined this lead before",
    Need.HAVE_SKILL: "had the skill {detail} at level {amount}",
    Need.FEWER_OPEN: "had {amount} open {leads} fewer",
    Need.FEWER_TODAY: "had been given {amount} {leads} fewer today",
    Need.FEWER_OF_SOURCE: "had {amount} open {leads} fewer from {detail}",
    Need.FEWER_OF_SOURCE_TODAY: "had been given {amount} {leads} fewer from {detail} today",
    Need.BE_IN_TIER: "were in tier {amount}",
    Need.FEWER_THIS_HOUR: "had been given {amount} {leads} fewer in the last hour",
}


def _say_need(one: RepChange) -> str:
    if one.need is Need.BALANCE:
        return f"were owed {format_balance(one.amount)} turns more"
    if one.need is Need.BE_AVAILABLE:
        return f"were available ({one.detail})" if one.detail else "were available"
    leads = "lead" if one.amount == 1 else "leads"
    return _NEEDS[one.need].format(detail=one.detail, amount=one.amount, leads=leads)


def _say_ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
