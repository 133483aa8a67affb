"""From stored or posted JSON to a condition, with every error at once and where it is."""

from __future__ import annotations

from routing.engine.attributes import ATTRIBUTES, Attribute, Registry
from routing.engine.conditions.nodes import All, Any, Condition, Not, Test
from routing.engine.operators import Operator
from routing.engine.values import ValueFaultError, check_value

MAX_DEPTH = 8
MAX_NODES = 200
KINDS = ("all", "any", "not", "test")
TEST_KEYS = ("attribute", "operator", "value")


class ConditionError(ValueError):
    """`errors` are (path, message) pairs in reading order; a path looks like
    "all[1].any[0].value"."""

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {text}" if path else text for path, text in errors))
        self.errors = errors


def parse_condition(data: object, registry: Registry = ATTRIBUTES) -> Condition:
    """Read decoded JSON of any shape; `registry` says what can be asked. Raises: ConditionError."""
    reading = _Reading(registry)
    condition = reading.read(data, "", depth=1)
    if reading.errors or condition is None:
        raise ConditionError(reading.errors)
    return condition


class _Reading:
    """One pass over the data; a part that cannot be read is None and has left an error."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.errors: list[tuple[str, str]] = []
        self.nodes = 0

    def fail(self, path: str, message: str) -> None:
        self.errors.append((path, message))

    def read(self, data: object, path: str, depth: int) -> Condition | None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            if self.nodes == MAX_NODES + 1:
                self.fail(path, f"A condition has at most {MAX_NODES} parts.")
            return None
        if depth > MAX_DEPTH:
            self.fail(path, f"Conditions can be nested at most {MAX_DEPTH} levels deep.")
            return None
        if not isinstance(data, dict) or len(data) != 1 or next(iter(data)) not in KINDS:
            self.fail(path, "A condition is an object with exactly one of all, any, not or test.")
            return None
        ((kind, content),) = data.items()
        if kind == "test":
            return self.read_test(content, path)
        here = f"{path}.{kind}" if path else str(kind)
        if kind == "not":
            inner = self.read(content, here, depth + 1)
            return None if inner is None else Not(inner)
        return self.read_group(kind, content, here, depth)

    def read_group(self, kind: str, content: object, here: str, depth: int) -> Condition | None:
        if not isinstance(content, list):
            self.fail(here, f"“{kind}” needs a list of conditions.")
            return None
        if kind == "any" and not content:
            self.fail(here, "“any” needs at least one condition; an empty one would never be true.")
            return None
        parts = []
        for number, item in enumerate(content):
            parts.append(self.read(item, f"{here}[{number}]", depth + 1))
            if self.nodes > MAX_NODES:
                return None
        found = tuple(part for part in parts if part is not None)
        if len(found) < len(parts):
            return None
        return All(found) if kind == "all" else Any(found)

    def read_test(self, content: object, path: str) -> Test | None:
        prefix = f"{path}." if path else ""
        if not isinstance(content, dict):
            self.fail(f"{prefix}test", "A test is an object with attribute, operator and value.")
            return None
        before = len(self.errors)
        for key in content:
            if key not in TEST_KEYS:
                self.fail(f"{prefix}{key}", "A test has only attribute, operator and value.")
        attribute = self.read_attribute(content.get("attribute"), f"{prefix}attribute")
        operator = self.read_operator(content.get("operator"), f"{prefix}operator", attribute)
        if attribute is None or operator is None:
            return None
        try:
            value = check_value(attribute, operator, content.get("value"))
        except ValueFaultError as fault:
            self.fail(f"{prefix}value{fault.where}", str(fault))
            return None
        return Test(attribute.name, operator, value) if len(self.errors) == before else None

    def read_attribute(self, name: object, path: str) -> Attribute | None:
        attribute = self.registry.get(name) if isinstance(name, str) else None
        if attribute is None:
            self.fail(path, f"There is no attribute called “{_short(name)}”.")
        return attribute

    def read_operator(
        self, name: object, path: str, attribute: Attribute | None
    ) -> Operator | None:
        if not isinstance(name, str) or name not in Operator.__members__:
            self.fail(path, f"There is no operator called “{_short(name)}”.")
            return None
        operator = Operator(name)
        if attribute is not None and operator not in attribute.operators:
            allowed = ", ".join(attribute.operators)
            self.fail(path, f"{attribute.label} allows {allowed}, not {operator}.")
            return None
        return operator


def _short(name: object) -> str:
    # Not repr of the whole: posted data may be huge or nested too deeply to print.
    return name[:60] if isinstance(name, str) else type(name).__name__
