"""Conditions and values as a manager would say them."""

from __future__ import annotations

from collections.abc import Mapping

from routing.engine.attributes import find_attribute
from routing.engine.conditions.nodes import All, Any, Condition, Not, Test
from routing.engine.facts import FactValue
from routing.engine.normal import fold_text
from routing.engine.operators import Operator, TestValue, as_tuple

Words = Mapping[str, Mapping[str, str]]
"""{attribute: {folded code: name}}: what people call the values that rules and facts name by code."""
NO_WORDS: Words = {}
NO_NAMES: Mapping[str, str] = {}
MAX_SHOWN_ITEMS = 8
MAX_SHOWN_TEXT = 60


def describe(condition: Condition, words: Words = NO_WORDS) -> str:
    """“country is one of US, CA and employees at least 200”; “every lead” for a catch-all."""
    return _describe(condition, words, is_inside=False)


def _describe(condition: Condition, words: Words, *, is_inside: bool) -> str:
    match condition:
        case Test():
            return describe_test(condition, words)
        case Not(Test() as test):
            return describe_test(test, words, is_negated=True)
        case Not(part):
            return f"not ({_describe(part, words, is_inside=False)})"
        case All(parts):
            return _join(parts, words, (" and ", "every lead"), is_inside=is_inside)
        case Any(parts):
            return _join(parts, words, (" or ", "no lead"), is_inside=is_inside)


def _join(
    parts: tuple[Condition, ...], words: Words, said: tuple[str, str], *, is_inside: bool
) -> str:
    word, nothing = said
    if not parts:
        return nothing
    if len(parts) == 1:
        return _describe(parts[0], words, is_inside=is_inside)
    text = word.join(_describe(part, words, is_inside=True) for part in parts)
    return f"({text})" if is_inside else text


def get_label(name: str) -> str:
    attribute = find_attribute(name)
    return name if attribute is None else attribute.label


# verb when true, verb when negated, phrase after “…, not”
_WORDS: dict[Operator, tuple[str, str, str]] = {
    Operator.EQUALS: ("is", "is not", ""),
    Operator.IN: ("is one of", "is none of", "one of"),
    Operator.CONTAINS: ("contains", "does not contain", "containing"),
    Operator.CONTAINS_ALL: ("contains", "does not contain", "containing"),
    Operator.STARTS_WITH: ("starts with", "does not start with", "starting with"),
    Operator.BETWEEN: ("between", "not between", "between"),
    Operator.AT_LEAST: ("at least", "not at least", "at least"),
    Operator.AT_MOST: ("at most", "not at most", "at most"),
    Operator.IS_KNOWN: ("is known", "is not known", "known"),
    Operator.IS_UNKNOWN: ("is unknown", "is not unknown", "unknown"),
    Operator.MATCHES_DOMAIN: ("belongs to", "does not belong to", "within"),
    Operator.WITHIN_POSTAL_RANGE: ("within", "not within", "within"),
}
_QUALIFIERS = {Operator.CONTAINS: "any of ", Operator.CONTAINS_ALL: "all of "}
_JOINERS = {
    Operator.BETWEEN: " and ",
    Operator.STARTS_WITH: " or ",
    Operator.MATCHES_DOMAIN: " or ",
    Operator.WITHIN_POSTAL_RANGE: "–",
}


def describe_test(test: Test, words: Words = NO_WORDS, *, is_negated: bool = False) -> str:
    verb = _WORDS[test.operator][is_negated]
    return f"{get_label(test.attribute)} {verb} {_show_operand(test, words)}".rstrip()


def describe_requirement(test: Test, words: Words = NO_WORDS) -> str:
    """What the test asked for, to follow “…, not ”: “one of US, CA”."""
    return f"{_WORDS[test.operator][2]} {_show_operand(test, words)}".strip()


def _show_operand(test: Test, words: Words) -> str:
    if test.value is None:
        return ""
    names = words.get(test.attribute, {})
    shown = show_list(test.value, _JOINERS.get(test.operator, ", "), names)
    is_many = isinstance(test.value, tuple) and len(test.value) > 1
    return _QUALIFIERS.get(test.operator, "") * is_many + shown


def show_list(value: TestValue, joiner: str = ", ", names: Mapping[str, str] = NO_NAMES) -> str:
    items = [show_value(item, names) for item in as_tuple(value)]
    if len(items) <= MAX_SHOWN_ITEMS:
        return joiner.join(items)
    rest = len(items) - MAX_SHOWN_ITEMS
    return f"{joiner.join(items[:MAX_SHOWN_ITEMS])} and {rest} more"


def show_value(value: FactValue, names: Mapping[str, str] = NO_NAMES) -> str:
    """One fact or value, shortened to what fits into a sentence."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return show_list(tuple(sorted(value)), names=names)
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else repr(value)
    text = names.get(fold_text(value), value) if isinstance(value, str) else str(value)
    return text if len(text) <= MAX_SHOWN_TEXT else f"{text[: MAX_SHOWN_TEXT - 1]}…"
