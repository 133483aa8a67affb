"""Peers of the matching benchmark that try one rule after another: each in its most favourable form,
each with the same answers as the compiled rules or the benchmark ends.
"""

import importlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from bench.rule_tables import Table
from bench.stage import ROOT
from routing.engine.conditions import All, Test
from routing.engine.conditions.evaluating import LazyFacts, compile_condition
from routing.engine.operators import Operator

NODE_ENGINE = "json-rules-engine@7.3.1"
NODE_FOLDER = ROOT / "var" / "bench-node"
POSTAL = "postal_number"
Found = list[int | None]
Peer = Callable[[Table, Sequence[dict[str, Any]]], tuple[Found, float] | None]
"""Answers and microseconds a lead (compiling not counted); None when it is not installed."""


def measure(peer: Peer, table: Table, count: int) -> float | str:
    """Microseconds a lead of `count` leads, or “skipped”."""
    leads = [_plain(lead) for lead in table.leads[:count]]
    measured = peer(table, leads)
    if measured is None:
        return "skipped"
    found, took = measured
    if found != _find_all(table, count):
        sys.exit(f"{peer.__name__} finds other rules: the tables differ.")
    return took


def _find_all(table: Table, count: int) -> Found:
    matchers = [compile_condition(condition) for condition in table.conditions]
    return [
        next((n for n, matches in enumerate(matchers) if matches(LazyFacts(lead))), None)
        for lead in table.leads[:count]
    ]


def _plain(lead: dict[str, Any]) -> dict[str, Any]:
    plain = {**lead, "products": sorted(lead["products"]), POSTAL: int(lead["postal_code"])}
    return {
        name: value.lower() if isinstance(value, str) else value for name, value in plain.items()
    }


def _list_parts(table: Table) -> Iterator[list[tuple[str, str, Any]]]:
    """Each rule as (field, what, value): “in” a list, “any” of a list, at “least”, at “most”."""
    for condition in table.conditions:
        assert isinstance(condition, All)
        parts: list[tuple[str, str, Any]] = []
        for test in condition.conditions:
            assert isinstance(test, Test)
            parts += _list_tests(test)
        yield parts


def _list_tests(test: Test) -> list[tuple[str, str, Any]]:
    value: Any = test.value
    match test.operator:
        case Operator.IN:
            return [(test.attribute, "in", [item.lower() for item in value])]
        case Operator.CONTAINS:
            return [(test.attribute, "any", list(value))]
        case Operator.BETWEEN:
            return [(test.attribute, "least", value[0]), (test.attribute, "most", value[1])]
        case Operator.AT_LEAST:
            return [(test.attribute, "least", value)]
        case Operator.STARTS_WITH:
            ends = (int(value.ljust(5, "0")), int(value.ljust(5, "9")))
        case Operator.WITHIN_POSTAL_RANGE:
            ends = (int(value[0]), int(value[1]))
        case _:
            raise AssertionError(test)
    return [(POSTAL, "least", ends[0]), (POSTAL, "most", ends[1])]


def _time(
    find: Callable[[dict[str, Any]], int | None], leads: Sequence[dict[str, Any]]
) -> tuple[Found, float]:
    for lead in leads[:5]:
        find(lead)
    began = time.process_time()
    found = [find(lead) for lead in leads]
    return found, (time.process_time() - began) * 1e6 / len(leads)


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def datalogic(table: Table, leads: Sequence[dict[str, Any]]) -> tuple[Found, float] | None:
    """JsonLogic in Rust: all rules as one compiled chain of “if”."""
    module = _import("datalogic_py")
    if module is None:
        return None
    chain: list[Any] = []
    for number, parts in enumerate(_list_parts(table)):
        chain += [{"and": [_logic(*part) for part in parts]}, number]
    rule = module.Engine().compile({"if": [*chain, -1]})

    def find(lead: dict[str, Any]) -> int | None:
        number = rule.evaluate(lead)
        return None if number == -1 else number

    return _time(find, leads)


def _logic(name: str, what: str, value: Any) -> dict[str, Any]:
    field = {"var": name}
    match what:
        case "in":
            return {"in": [field, value]}
        case "any":
            return {"or": [{"in": [item, field]} for item in value]}
        case "least":
            return {">=": [field, value]}
    return {"<=": [field, value]}


def rule_engine(table: Table, leads: Sequence[dict[str, Any]]) -> tuple[Found, float] | None:
    """One compiled expression a rule."""
    module = _import("rule_engine")
    if module is None:
        return None
    rules = [
        module.Rule(" and ".join(f"({_say(*part)})" for part in parts))
        for parts in _list_parts(table)
    ]

    def find(lead: dict[str, Any]) -> int | None:
        return next((n for n, rule in enumerate(rules) if rule.matches(lead)), None)

    return _time(find, leads)


def _say(name: str, what: str, value: Any) -> str:
    match what:
        case "in":
            return f"{name} in {json.dumps(value)}"
        case "any":
            return " or ".join(f"{json.dumps(item)} in {name}" for item in value)
        case "least":
            return f"{name} >= {value}"
    return f"{name} <= {value}"


def business_rules(table: Table, leads: Sequence[dict[str, Any]]) -> tuple[Found, float] | None:
    """One run over all rules that stops at the first."""
    module = _import("business_rules")
    if module is None:
        return None
    variables = _make_variables()
    found: Found = []
    actions = type(
        "Actions",
        (importlib.import_module("business_rules.actions").BaseActions,),
        {"take": importlib.import_module("business_rules.actions").rule_action(
            params={"number": importlib.import_module("business_rules.fields").FIELD_NUMERIC}
        )(lambda _, number: found.append(number))},
    )()  # fmt: skip
    rules = [
        {
            "conditions": {"all": [_venmo(*part) for part in parts]},
            "actions": [{"name": "take", "params": {"number": number}}],
        }
        for number, parts in enumerate(_list_parts(table))
    ]

    def find(lead: dict[str, Any]) -> int | None:
        found.clear()
        module.run_all(rules, variables(lead), actions, stop_on_first_trigger=True)
        return found[0] if found else None

    return _time(find, leads)


def _make_variables() -> type:
    library = importlib.import_module("business_rules.variables")

    def init(self: Any, lead: dict[str, Any]) -> None:
        self.lead = lead

    def read(name: str) -> Callable[[Any], Any]:
        return lambda self: self.lead[name]

    def read_listed(name: str) -> Callable[[Any], Any]:
        return lambda self: [self.lead[name]]

    numbers = ("employees", "score", POSTAL)
    lists = ("country", "email_domain", "industry", "source", "language", "campaign", "city")
    members = {
        **{name: library.numeric_rule_variable()(read(name)) for name in numbers},
        **{name: library.select_multiple_rule_variable()(read_listed(name)) for name in lists},
        "products": library.select_multiple_rule_variable()(read("products")),
    }
    return type("Variables", (library.BaseVariables,), {"__init__": init, **members})


def _venmo(name: str, what: str, value: Any) -> dict[str, Any]:
    operators = {
        "in": "shares_at_least_one_element_with",
        "any": "shares_at_least_one_element_with",
        "least": "greater_than_or_equal_to",
        "most": "less_than_or_equal_to",
    }
    return {"name": name, "operator": operators[what], "value": value}


def json_rules_engine(table: Table, leads: Sequence[dict[str, Any]]) -> tuple[Found, float] | None:
    """JavaScript, in node: rules by priority, stopped at the first."""
    if not _install_node_engine():
        return None
    rules = [
        [{"fact": name, "operator": _NODE[what], "value": value} for name, what, value in parts]
        for parts in _list_parts(table)
    ]
    answer = subprocess.run(
        ["node", str(ROOT / "bench" / "json_rules_peer.mjs"), str(NODE_FOLDER)],
        input=json.dumps({"rules": rules, "leads": list(leads)}),
        capture_output=True,
        text=True,
        check=True,
    )
    measured = json.loads(answer.stdout)
    return measured["found"], measured["microseconds"]


_NODE = {
    "in": "in",
    "any": "sharesOne",
    "least": "greaterThanInclusive",
    "most": "lessThanInclusive",
}


def _install_node_engine() -> bool:
    if shutil.which("node") is None or shutil.which("npm") is None:
        return False
    if (NODE_FOLDER / "node_modules" / "json-rules-engine").exists():
        return True
    NODE_FOLDER.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(NODE_FOLDER)]
    return subprocess.run([*command, NODE_ENGINE], capture_output=True).returncode == 0


PEERS: dict[str, tuple[Peer, int]] = {
    "datalogic-py": (datalogic, 10_000),
    "business-rules": (business_rules, 1_000),
    "rule-engine": (rule_engine, 1_000),
    "json-rules-engine": (json_rules_engine, 1_000),
}
"""With the most rules each is asked to try: they are linear, and more would only take long."""
