"""Conditions: a small typed tree of All, Any, Not and Test over the facts of a lead."""

from routing.engine.conditions.evaluating import compile_condition, find_constant, holds, is_always
from routing.engine.conditions.failures import Failure, first_failure
from routing.engine.conditions.nodes import (
    All,
    Any,
    Condition,
    Not,
    Test,
    condition_to_json,
    list_attributes,
)
from routing.engine.conditions.parsing import (
    MAX_DEPTH,
    MAX_NODES,
    ConditionError,
    parse_condition,
)
from routing.engine.conditions.wording import describe

__all__ = [
    "MAX_DEPTH",
    "MAX_NODES",
    "All",
    "Any",
    "Condition",
    "ConditionError",
    "Failure",
    "Not",
    "Test",
    "compile_condition",
    "condition_to_json",
    "describe",
    "find_constant",
    "first_failure",
    "holds",
    "is_always",
    "list_attributes",
    "parse_condition",
]
