"""An independent evaluator, written from the documentation and as plainly as possible."""

import math
import unicodedata

from routing.engine.attributes import ATTRIBUTES
from routing.engine.conditions import All, Any, Not


def naive_holds(condition, facts) -> bool:
    if isinstance(condition, All):
        return all(naive_holds(part, facts) for part in condition.conditions)
    if isinstance(condition, Any):
        return any(naive_holds(part, facts) for part in condition.conditions)
    if isinstance(condition, Not):
        return not naive_holds(condition.condition, facts)
    kind = str(ATTRIBUTES[condition.attribute].type)
    actual = clean(kind, facts.get(condition.attribute))
    if condition.operator == "IS_UNKNOWN":
        return actual is None
    return actual is not None and compare(condition.operator, actual, condition.value)


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def clean(kind: str, value):
    if kind in ("TEXT", "CHOICE"):
        return fold(value).strip() or None if isinstance(value, str) else None
    if kind == "NUMBER":
        if type(value) not in (int, float) or (type(value) is float and not math.isfinite(value)):
            return None
        return value
    if kind == "BOOLEAN":
        return value if type(value) is bool else None
    if not isinstance(value, frozenset):
        return None
    return {fold(item).strip() for item in value if fold(item).strip()} or None


def compare(operator: str, actual, value) -> bool:
    if operator == "IS_KNOWN":
        return True
    many = list(value) if isinstance(value, tuple) else [value]
    if operator == "BETWEEN":
        return many[0] <= actual <= many[1]
    if operator == "AT_LEAST":
        return actual >= value
    if operator == "AT_MOST":
        return actual <= value
    if operator == "WITHIN_POSTAL_RANGE":
        return in_range(actual, *many)
    if operator == "CONTAINS" and isinstance(actual, str):
        return any(fold(item) in actual for item in many)
    return compare_folded(operator, actual, [fold_value(item) for item in many])


def fold_value(item):
    return fold(item).strip() if isinstance(item, str) else item


def compare_folded(operator: str, actual, many: list) -> bool:
    if operator in ("EQUALS", "IN"):
        return any(actual == item for item in many)
    if operator == "CONTAINS":
        return any(item in actual for item in many)
    if operator == "CONTAINS_ALL":
        return all(item in actual for item in many)
    if operator == "STARTS_WITH":
        return any(actual[: len(item)] == item for item in many)
    assert operator == "MATCHES_DOMAIN"
    return any(actual == item or actual.endswith("." + item) for item in many)


def in_range(actual: str, low: str, high: str) -> bool:
    code, low, high = ("".join(text.split()).upper() for text in (actual, low, high))
    if all("0" <= sign <= "9" for sign in low + high):
        digits = ""
        for sign in code:
            if not sign.isdigit():
                break
            digits += sign
        is_same_length = len(digits) == len(low) and digits.isascii()
        return is_same_length and int(low) <= int(digits) <= int(high)
    return len(code) >= len(low) and low <= code[: len(low)] <= high
