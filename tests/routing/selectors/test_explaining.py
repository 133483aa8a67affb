"""Explanations of decisions by large versions."""

from typing import Any

import pytest

from routing.models import Decision
from routing.selectors import explaining
from routing.selectors.explaining import explain_decision
from tests.factories import DecisionFactory, RoutingRuleFactory, RuleSetVersionFactory

pytestmark = pytest.mark.django_db


def make_decision(rules: int) -> Decision:
    version = RuleSetVersionFactory(published=True)
    for number in range(rules):
        RoutingRuleFactory(
            version=version,
            name=f"Rule {number}",
            position=number,
            condition={
                "test": {"attribute": "employees", "operator": "AT_LEAST", "value": 100 - number}
            },
        )
    decision: Decision = DecisionFactory(version=version, facts={"employees": 98}, trace={})
    return decision


def test_the_rules_of_a_large_version_are_read_once(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(explaining, "LARGE", 5)
    decision = make_decision(6)
    first = explain_decision(decision)
    assert [line.result for line in first.rule_lines][:3] == ["FAILED", "FAILED", "MATCHED"]
    explain_decision(decision)  # names of codes are kept as well
    with django_assert_num_queries(1):  # the stamps
        assert explain_decision(decision) == first


def test_other_versions_do_not_borrow_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "LARGE", 5)
    first, second = make_decision(6), make_decision(7)
    assert len(explain_decision(first).rule_lines) == 6
    assert len(explain_decision(second).rule_lines) == 7
    assert len(explain_decision(first).rule_lines) == 6


def test_no_more_than_a_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "LARGE", 1)
    for _ in range(explaining.MOST_KEPT + 2):
        explain_decision(make_decision(1))
    assert len(explaining._kept) == explaining.MOST_KEPT
