"""What a test may be compared with: one shape for each pair of attribute type and operator."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from routing.engine.attributes import Attribute
from routing.engine.normal import AttributeType, fold_text
from routing.engine.operators import Operator, TestValue
from routing.engine.postal import find_range_fault

MAX_TEXT = 1_000
MAX_ITEMS = 5_000
MAX_NUMBER = 10**15


class Shape(StrEnum):
    NOTHING = "NOTHING"
    TEXT = "TEXT"
    TEXT_LIST = "TEXT_LIST"
    TEXT_OR_LIST = "TEXT_OR_LIST"
    NUMBER = "NUMBER"
    NUMBER_PAIR = "NUMBER_PAIR"
    BOOLEAN = "BOOLEAN"
    POSTAL_PAIR = "POSTAL_PAIR"


_SHAPES: dict[Operator, Shape] = {
    Operator.EQUALS: Shape.TEXT,
    Operator.IN: Shape.TEXT_LIST,
    Operator.CONTAINS: Shape.TEXT_OR_LIST,
    Operator.CONTAINS_ALL: Shape.TEXT_OR_LIST,
    Operator.STARTS_WITH: Shape.TEXT_OR_LIST,
    Operator.BETWEEN: Shape.NUMBER_PAIR,
    Operator.AT_LEAST: Shape.NUMBER,
    Operator.AT_MOST: Shape.NUMBER,
    Operator.IS_KNOWN: Shape.NOTHING,
    Operator.IS_UNKNOWN: Shape.NOTHING,
    Operator.MATCHES_DOMAIN: Shape.TEXT_OR_LIST,
    Operator.WITHIN_POSTAL_RANGE: Shape.POSTAL_PAIR,
}
_EQUALS: dict[AttributeType, Shape] = {
    AttributeType.NUMBER: Shape.NUMBER,
    AttributeType.BOOLEAN: Shape.BOOLEAN,
}
WHOLE_VALUE_OPERATORS = frozenset({Operator.EQUALS, Operator.IN})
"""Where choices and patterns apply: the others compare with parts of a value."""
DOMAIN_PATTERN = r"[^\s/@:]+"


class ValueFaultError(ValueError):
    """`where` is "" for the value as a whole or "[2]" for one of its items."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(message)
        self.where = where


def get_shape(attribute: Attribute, operator: Operator) -> Shape:
    if operator is Operator.EQUALS:
        return _EQUALS.get(attribute.type, Shape.TEXT)
    return _SHAPES[operator]


def check_value(attribute: Attribute, operator: Operator, value: object) -> TestValue:
    """The value as a test keeps it: lists as tuples, choices in their own spelling. Raises:
    ValueFaultError."""
    return _CHECKS[get_shape(attribute, operator)](attribute, operator, value)


def _check_nothing(attribute: Attribute, operator: Operator, value: object) -> TestValue:
    if value is not None:
        raise ValueFaultError("", f"{operator} takes no value.")
    return None


def _check_text(attribute: Attribute, operator: Operator, value: object, where: str = "") -> str:
    if not isinstance(value, str):
        raise ValueFaultError(where, f"Give a value for {attribute.label}.")
    if not value.strip():
        raise ValueFaultError(where, "Text is needed here, not a blank.")
    if len(value) > MAX_TEXT:
        raise ValueFaultError(where, f"Text of at most {MAX_TEXT} characters is allowed here.")
    if operator is Operator.MATCHES_DOMAIN and not re.fullmatch(DOMAIN_PATTERN, value):
        raise ValueFaultError(
            where, f"“{value}” is not a domain; write only the domain: example.com."
        )
    return _check_whole(attribute, value, where) if operator in WHOLE_VALUE_OPERATORS else value


def _check_whole(attribute: Attribute, value: str, where: str) -> str:
    if attribute.choices is not None:
        spellings = {fold_text(choice): choice for choice in attribute.choices}
        if fold_text(value) not in spellings:
            raise ValueFaultError(where, f"“{value}” is not one of {', '.join(attribute.choices)}.")
        return spellings[fold_text(value)]
    if attribute.pattern is not None and not re.fullmatch(attribute.pattern, value):
        raise ValueFaultError(
            where, f"“{value}” is not a valid {attribute.label}. {attribute.help}"
        )
    return value


def _check_list(attribute: Attribute, operator: Operator, value: object) -> TestValue:
    if not isinstance(value, list | tuple) or not value:
        raise ValueFaultError("", f"Give a list of at least one value for {attribute.label}.")
    if len(value) > MAX_ITEMS:
        raise ValueFaultError("", f"A list of at most {MAX_ITEMS} items is allowed here.")
    return tuple(
        _check_text(attribute, operator, item, f"[{number}]") for number, item in enumerate(value)
    )


def _check_text_or_list(attribute: Attribute, operator: Operator, value: object) -> TestValue:
    if isinstance(value, str):
        return _check_text(attribute, operator, value)
    return _check_list(attribute, operator, value)


def _check_number(
    attribute: Attribute, operator: Operator, value: object, where: str = ""
) -> int | float:
    # True is an int in Python; a manager who writes true did not mean 1.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueFaultError(where, f"Give a number for {attribute.label}.")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueFaultError(where, f"Give a number for {attribute.label}.")
    low = -MAX_NUMBER if attribute.minimum is None else attribute.minimum
    high = MAX_NUMBER if attribute.maximum is None else attribute.maximum
    if not low <= value <= high:
        raise ValueFaultError(
            where, f"{attribute.label} lies between {low} and {high}, not at {value}."
        )
    return value


def _check_number_pair(attribute: Attribute, operator: Operator, value: object) -> TestValue:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueFaultError("", f"Give two numbers for {attribute.label}, low and high.")
    low = _check_number(attribute, operator, value[0], "[0]")
    high = _check_number(attribute, operator, value[1], "[1]")
    if low > high:
        raise ValueFaultError("", f"The low end {low} is above the high end {high}.")
    return (low, high)


def _check_boolean(attribute: Attribute, operator: Operator, value: object) -> TestValue:
    if not isinstance(value, bool):
        raise ValueFaultError("", f"Give true or false for {attribute.label}.")
    return value


def _check_postal_pair(attribute: Attribute, operator: Operator, value: object) -> TestValue:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValueFaultError("", f"Give two codes for {attribute.label}, low and high.")
    low = _check_text(attribute, operator, value[0], "[0]")
    high = _check_text(attribute, operator, value[1], "[1]")
    fault = find_range_fault(low, high)
    if fault is not None:
        raise ValueFaultError("", fault)
    return (low, high)


_CHECKS: dict[Shape, Callable[[Attribute, Operator, Any], TestValue]] = {
    Shape.NOTHING: _check_nothing,
    Shape.TEXT: _check_text,
    Shape.TEXT_LIST: _check_list,
    Shape.TEXT_OR_LIST: _check_text_or_list,
    Shape.NUMBER: _check_number,
    Shape.NUMBER_PAIR: _check_number_pair,
    Shape.BOOLEAN: _check_boolean,
    Shape.POSTAL_PAIR: _check_postal_pair,
}
