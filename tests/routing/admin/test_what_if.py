"""The page that says what would have sent a lead elsewhere."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from routing.models import Decision
from tests.factories import RoutingRuleFactory, RuleChoiceFactory, make_rep
from tests.routing.services.conftest import Desk, desk

__all__ = ["desk"]  # a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def decision(desk: Desk) -> Decision:
    lead = desk.route(country="DE", employees="40")
    return Decision.objects.get(lead=lead)


def ask(client: Client, decision: Decision, **data: Any) -> str:
    url = reverse("admin:routing_decision_what_if", args=[decision.pk])
    return client.get(url, data).content.decode()


def test_a_manager_learns_what_another_rule_would_need(
    manager_client: Client, desk: Desk, decision: Decision
) -> None:
    other = desk.version.rules.exclude(pk=decision.rule_id).first()
    text = ask(manager_client, decision, rule=other.pk)
    assert f"“{other.name}” would take the lead if:" in text or "No change of a few facts" in text
    page = reverse("admin:routing_decision_change", args=[decision.pk])
    link = reverse("admin:routing_decision_what_if", args=[decision.pk])
    assert link in manager_client.get(page).content.decode()


def test_a_manager_learns_what_a_rep_would_need(
    manager_client: Client, desk: Desk, decision: Decision
) -> None:
    other = next(rep for rep in desk.reps if rep.pk != decision.rep_id)
    text = ask(manager_client, decision, rep=other.pk)
    assert other.name in text
    assert "the rules were tried" in text or "as things stand" in text


def test_one_of_rule_and_rep_must_be_chosen(manager_client: Client, decision: Decision) -> None:
    text = ask(manager_client, decision, rule="", rep="")
    assert "Choose a rule or a rep, one of them." in text


def test_rules_of_other_versions_are_refused(manager_client: Client, decision: Decision) -> None:
    foreign = RoutingRuleFactory()
    RuleChoiceFactory(rule=foreign)
    text = ask(manager_client, decision, rule=foreign.pk)
    assert "Select a valid choice" in text


def test_marketing_does_not_get_there(marketing_client: Client, decision: Decision) -> None:
    url = reverse("admin:routing_decision_what_if", args=[decision.pk])
    assert marketing_client.get(url).status_code in (302, 403)


def test_nothing_is_written(manager_client: Client, desk: Desk, decision: Decision) -> None:
    before = list(desk.pool.members.values_list("balance_microturns", "last_turn"))
    ask(manager_client, decision, rep=make_rep().pk)
    assert list(desk.pool.members.values_list("balance_microturns", "last_turn")) == before
    assert Decision.objects.count() == 1
