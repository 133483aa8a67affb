"""Everything that can be said against a document before anything is written."""

import difflib
import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from leads.domain.custom_fields import FieldDefinition, FieldKind, FieldType
from routing.configuration.differences import entry_key
from routing.configuration.document import Document
from routing.configuration.errors import ConfigurationProblem
from routing.engine.attributes import Registry
from routing.engine.conditions import ConditionError, parse_condition
from routing.selectors.attributes import get_draft_registry, make_attribute

SCHEMA_FILE = Path(__file__).with_name("schema.json")
MOST_PROBLEMS = 50


@cache
def get_schema() -> dict[str, Any]:
    """Returns the published JSON Schema (draft 2020-12) of a document."""
    schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return schema


def check_document(document: Document) -> list[ConfigurationProblem]:
    """Returns what is wrong with the shape, the names used twice and the conditions."""
    try:
        errors = list(Draft202012Validator(get_schema()).iter_errors(document))
    except RecursionError:
        return [ConfigurationProblem("", "The file is nested too deeply.")]
    problems = [_problem(error, document) for error in errors]
    if not problems:
        problems = [*_find_repeated(document), *_find_bad_conditions(document)]
    return problems[:MOST_PROBLEMS]


def _problem(error: ValidationError, document: Document) -> ConfigurationProblem:
    return ConfigurationProblem(describe_path(document, error.absolute_path), _sentence(error))


def describe_path(document: Any, steps: Iterable[str | int]) -> str:
    """Returns e.g. pools[us-smb].members.maria: entries by their key where they have one."""
    text, value = "", document
    for step in steps:
        value = value[step]
        if isinstance(step, str):
            text += f".{step}" if text else step
        else:
            text += f"[{_name(value, step)}]"
    return text


def _name(entry: Any, number: int) -> str:
    """The key of an entry; its name where that says more (rules) or is all there is; else a number."""
    if not isinstance(entry, dict):
        return str(number)
    names = ("name",) if "when" in entry else ("slug", "username", "channel", "name")
    return next((str(entry[name]) for name in names if name in entry), str(number))


def _sentence(error: ValidationError) -> str:
    value = json.dumps(error.instance, ensure_ascii=False, default=str)
    shown = value if len(value) < 80 else value[:79] + "…"
    if error.validator == "additionalProperties":
        return _unknown_names(error)
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return f"“{'”, “'.join(missing)}” is missing."
    if error.validator == "oneOf":
        return "Name exactly one destination, e.g. pool: us-smb."
    if error.validator == "type":
        wanted = error.validator_value
        kinds = wanted if isinstance(wanted, list) else [wanted]
        return f"{shown} should be of type {' or '.join(kinds)}."
    if error.validator == "enum":
        return f"{shown} is not one of {', '.join(map(str, error.validator_value))}."
    if error.validator == "const":
        return f"{shown} should be {json.dumps(error.validator_value)}."
    if error.validator == "pattern":
        return f"{shown} does not have the form asked for: {error.validator_value}"
    return f"{error.message}."


def _unknown_names(error: ValidationError) -> str:
    known = list(error.schema.get("properties", ()))
    sentences = []
    for name in error.instance:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            hint = f" Did you mean “{near[0]}”?" if near else f" Known: {', '.join(known)}."
            sentences.append(f"“{name}” is not known here.{hint}")
    return " ".join(sentences)


def _find_repeated(document: Document) -> Iterator[ConfigurationProblem]:
    for section, entries in document.items():
        if not isinstance(entries, list):
            continue
        seen: set[str] = set()
        for entry in entries:
            key = entry_key(entry)
            if key in seen:
                yield ConfigurationProblem(f"{section}[{key}]", "This is listed twice.")
            seen.add(key)


def _find_bad_conditions(document: Document) -> Iterator[ConfigurationProblem]:
    registry = _make_registry(document) if "rule_sets" in document else {}
    for rule_set in document.get("rule_sets", ()):
        for state in ("published", "draft"):
            for rule in rule_set.get(state, {}).get("rules", ()):
                where = f"rule_sets[{rule_set['slug']}].{state}.rules[{rule['name']}].when"
                try:
                    parse_condition(rule["when"], registry)
                except ConditionError as error:
                    for path, text in error.errors:
                        dotted = f".{path}" if path else ""
                        yield ConfigurationProblem(f"{where}{dotted}", text)


def _make_registry(document: Document) -> Registry:
    """What conditions may ask about: what is there already, and what the document itself defines."""
    registry = dict(get_draft_registry())
    for entry in document.get("custom_fields", ()):
        field = FieldDefinition(
            slug=entry["slug"],
            label=entry["label"],
            type=FieldType(entry["type"]),
            kind=FieldKind(entry.get("kind", FieldKind.FIELD)),
            choices=tuple(entry.get("choices", ())),
        )
        registry.pop(field.attribute, None)
        if entry.get("is_active", True):
            registry[field.attribute] = make_attribute(field, has_choices=True)
    return registry
