"""The peer of the matching benchmark: GoRules ZEN with the same rules as one decision table."""

import importlib
import json
import os
import sys
import time
from typing import Any

from bench.rule_tables import Table
from routing.engine.conditions import All, Test
from routing.engine.conditions.evaluating import compile_condition, normalise_facts
from routing.engine.conditions.nodes import list_attributes
from routing.engine.operators import Operator

# Postal codes as numbers: prefixes and ranges are then ranges, the form it is quickest with.
POSTAL = "postal_number"
BATCH = 1_000


def find_zen() -> Any:
    """The module, or None when it is not installed."""
    try:
        return importlib.import_module("zen")
    except ImportError:
        return None


class ZenTable:
    """One table compiled by ZEN; `measure` compares its answers with ours."""

    def __init__(self, zen: Any, table: Table) -> None:
        self._table = table
        content = json.dumps(_make_graph(table))
        engine = zen.ZenEngine(
            {"loader": {"type": "static", "content": {"table": json.loads(content)}}}
        )
        self._decision = engine.create_decision(content)
        self._engine = engine

    def measure(self) -> tuple[float, float]:
        """Microseconds a lead, call by call and in batches of a thousand.

        CPU time, so that neighbours on the machine do not count; of a batch, which uses every core,
        its share of one: what it would take if it kept all of them busy."""
        leads = [_plain(lead) for lead in self._table.leads]
        count = max(30, min(len(leads), 3_000_000 // len(self._table.conditions) or 30))
        for lead in leads[:20]:
            self._decision.evaluate(lead)
        began = time.process_time()
        answers = [self._decision.evaluate(lead) for lead in leads[:count]]
        single = (time.process_time() - began) * 1e6 / count
        self._compare(answers)
        requests = [{"key": "table", "context": lead} for lead in leads[:BATCH]]
        self._engine.evaluate_batch(requests[:20])
        began = time.process_time()
        self._engine.evaluate_batch(requests)
        spent = time.process_time() - began
        return single, spent * 1e6 / len(requests) / (os.cpu_count() or 1)

    def measure_trace(self) -> float:
        """CPU microseconds a lead with its trace, which says what it looked at."""
        leads = [_plain(lead) for lead in self._table.leads]
        count = max(10, min(len(leads), 300_000 // len(self._table.conditions)))
        for lead in leads[:5]:
            self._decision.evaluate(lead, {"trace": True})
        began = time.process_time()
        answers = [self._decision.evaluate(lead, {"trace": True}) for lead in leads[:count]]
        took = (time.process_time() - began) * 1e6 / count
        if not all(answer.get("trace") for answer in answers):
            sys.exit("ZEN gave no trace.")
        return took

    def _compare(self, answers: list[dict[str, Any]]) -> None:
        names = sorted(frozenset[str]().union(*map(list_attributes, self._table.conditions)))
        matchers = [compile_condition(condition) for condition in self._table.conditions]
        for lead, answer in zip(self._table.leads[:30], answers, strict=False):
            facts = normalise_facts(lead, names)
            wanted = next((n for n, matches in enumerate(matchers) if matches(facts)), None)
            if answer["result"].get("rule") != wanted:
                sys.exit(f"ZEN says {answer['result']}, not {wanted}: the tables differ.")


def _plain(lead: dict[str, Any]) -> dict[str, Any]:
    plain = {**lead, "products": sorted(lead["products"]), POSTAL: int(lead["postal_code"])}
    return {
        name: value.lower() if isinstance(value, str) else value for name, value in plain.items()
    }


def _make_graph(table: Table) -> dict[str, Any]:
    fields = [
        "country", POSTAL, "employees", "products", "score", "email_domain", "industry", "source",
        "language", "campaign", "city",
    ]  # fmt: skip
    rules = [
        {"_id": str(n), **dict.fromkeys(fields, ""), **_cells(condition), "rule": str(n)}
        for n, condition in enumerate(table.conditions)
    ]
    node = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in fields],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": rules,
    }
    at = {"x": 0, "y": 0}
    return {
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": at},
            {"id": "table", "type": "decisionTableNode", "name": "table", "position": at, "content": node},
            {"id": "out", "type": "outputNode", "name": "out", "position": at},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    }  # fmt: skip


def _cells(condition: Any) -> dict[str, str]:
    """Only for conjunctions of tests on different attributes, as `make_table` draws them."""
    assert isinstance(condition, All)
    return dict(_cell(test) for test in condition.conditions if isinstance(test, Test))


def _cell(test: Test) -> tuple[str, str]:
    value: Any = test.value
    match test.operator:
        case Operator.IN:
            return test.attribute, ", ".join(f"'{item.lower()}'" for item in value)
        case Operator.CONTAINS:
            names = ", ".join(f"'{item}'" for item in value)
            return test.attribute, f"some($, # in [{names}])"
        case Operator.BETWEEN:
            return test.attribute, f"[{value[0]}..{value[1]}]"
        case Operator.AT_LEAST:
            return test.attribute, f">= {value}"
        case Operator.STARTS_WITH:
            low = int(value.ljust(5, "0"))
            return POSTAL, f"[{low}..{int(value.ljust(5, '9'))}]"
        case Operator.WITHIN_POSTAL_RANGE:
            return POSTAL, f"[{int(value[0])}..{int(value[1])}]"
    raise AssertionError(test)
