"""The published JSON Schema of stored conditions, made from the registries.

It states everything about one test. What spans the tree or two values (depth, number of parts, low
end below high end, postal codes of equal length) is left to `parse_condition`.
"""

from __future__ import annotations

from typing import Any

from routing.engine.attributes import ATTRIBUTES, Attribute, Registry
from routing.engine.operators import Operator
from routing.engine.values import (
    DOMAIN_PATTERN,
    MAX_ITEMS,
    MAX_NUMBER,
    MAX_TEXT,
    WHOLE_VALUE_OPERATORS,
    Shape,
    get_shape,
)

Schema = dict[str, Any]


def make_schema(registry: Registry = ATTRIBUTES) -> Schema:
    """Draft 2020-12. Choices are listed in their own spelling, though any case is accepted."""
    nodes = {"$ref": "#/$defs/condition"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Routing condition",
        "$ref": "#/$defs/condition",
        "$defs": {
            "condition": {
                "oneOf": [
                    _make_node("all", {"type": "array", "items": nodes}),
                    _make_node("any", {"type": "array", "items": nodes, "minItems": 1}),
                    _make_node("not", nodes),
                    _make_node("test", {"$ref": "#/$defs/test"}),
                ]
            },
            "test": {"oneOf": [_make_test(attribute) for attribute in registry.values()]},
        },
    }


def _make_node(kind: str, content: Schema) -> Schema:
    return {
        "type": "object",
        "required": [kind],
        "properties": {kind: content},
        "additionalProperties": False,
    }


def _make_test(attribute: Attribute) -> Schema:
    return {
        "type": "object",
        "title": attribute.label,
        "description": attribute.help,
        "required": ["attribute", "operator"],
        "properties": {"attribute": {"const": str(attribute.name)}, "operator": {}, "value": {}},
        "additionalProperties": False,
        "oneOf": [_make_comparison(attribute, operator) for operator in attribute.operators],
    }


def _make_comparison(attribute: Attribute, operator: Operator) -> Schema:
    shape = get_shape(attribute, operator)
    schema: Schema = {
        "properties": {
            "operator": {"const": operator.value},
            "value": _make_value(attribute, operator, shape),
        }
    }
    if shape is not Shape.NOTHING:
        schema["required"] = ["value"]
    return schema


def _make_value(attribute: Attribute, operator: Operator, shape: Shape) -> Schema:
    text = _make_text(attribute, operator)
    texts = {"type": "array", "items": text, "minItems": 1, "maxItems": MAX_ITEMS}
    number = {
        "type": "number",
        "minimum": -MAX_NUMBER if attribute.minimum is None else attribute.minimum,
        "maximum": MAX_NUMBER if attribute.maximum is None else attribute.maximum,
    }
    by_shape: dict[Shape, Schema] = {
        Shape.NOTHING: {"type": "null"},
        Shape.TEXT: text,
        Shape.TEXT_LIST: texts,
        Shape.TEXT_OR_LIST: {"oneOf": [text, texts]},
        Shape.NUMBER: number,
        Shape.NUMBER_PAIR: _make_pair(number),
        Shape.BOOLEAN: {"type": "boolean"},
        Shape.POSTAL_PAIR: _make_pair(text),
    }
    return by_shape[shape]


def _make_pair(item: Schema) -> Schema:
    return {"type": "array", "items": item, "minItems": 2, "maxItems": 2}


def _make_text(attribute: Attribute, operator: Operator) -> Schema:
    text: Schema = {"type": "string", "maxLength": MAX_TEXT, "pattern": r"\S"}
    if operator is Operator.MATCHES_DOMAIN:
        text["pattern"] = f"^{DOMAIN_PATTERN}$"
    if operator in WHOLE_VALUE_OPERATORS:
        if attribute.choices is not None:
            return {"enum": list(attribute.choices)}
        if attribute.pattern is not None:
            text["pattern"] = f"^(?:{attribute.pattern})$"
    return text


JSON_SCHEMA: Schema = make_schema()
