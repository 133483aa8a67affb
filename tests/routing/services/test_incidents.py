"""Real damage in the database: leads go around it, and somebody is told. Nothing is parked silently."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from leadrouter.common.organisation import Remembered
from leads.models import Lead, ParkedReason, Place
from reps.models import Team
from routing.models import Incident, Pool, RoutingRule, RuleSetVersion
from routing.selectors import plans
from routing.selectors.explaining import explain_decision
from routing.selectors.invariants import find_violations
from routing.services.publishing import create_draft, publish_version
from routing.services.sweeping import sweep
from tests.factories import (
    IncidentFactory,
    RoutingRuleFactory,
    RuleChoiceFactory,
    TerritoryFactory,
    make_rep,
)
from tests.routing.services.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a start: this process has compiled nothing yet."""
    monkeypatch.setattr(plans, "_compiled", Remembered(plans._Serving().compile))


def _damage(rule: RoutingRule, condition: object) -> None:
    """By SQL, past every check."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE routing_routingrule SET condition = %s WHERE id = %s",
            [json.dumps(condition), rule.pk],
        )


def _add_queue(desk: Desk) -> None:
    rule = desk.version.rules.get(name="Everybody else")
    RuleChoiceFactory(rule=rule, order=2, kind="HOLDING_QUEUE", pool=None, holding_queue=desk.queue)


def test_a_pool_with_an_unknown_strategy_is_passed_and_counted(desk: Desk) -> None:
    _add_queue(desk)
    Pool.objects.filter(pk=desk.pool.pk).update(strategy="MAGIC")
    first = desk.route()
    desk.wait(minutes=1)
    last = desk.route()

    assert [first.place, last.place] == [Place.OFFERED, Place.OFFERED]
    incident = Incident.objects.get()
    assert (incident.kind, incident.count) == ("CHOICE", 2)
    assert (incident.first_lead, incident.last_lead) == (first, last)
    assert incident.location == f"choice 1 of “Everybody else”, pool “{desk.pool.name}”"
    assert "There is no strategy called “MAGIC”" in incident.message
    assert incident.last_seen_at - incident.first_seen_at == desk.now - first.placed_at
    assert (incident.version, incident.rule.name) == (desk.version, "Everybody else")
    lines = explain_decision(last.decisions.get()).lines
    assert lines[1].endswith("it could not be tried because something is wrong with it.")
    assert find_violations(desk.now) == []


def test_when_every_choice_fails_the_lead_is_parked_and_comes_back(desk: Desk) -> None:
    Pool.objects.filter(pk=desk.pool.pk).update(strategy="MAGIC")
    lead = desk.route()
    assert (lead.place, lead.parked_reason) == (Place.PARKED, ParkedReason.NO_REP_AVAILABLE)
    assert Incident.objects.count() == 1
    Pool.objects.filter(pk=desk.pool.pk).update(strategy="ROTATION")
    desk.wait(minutes=6)
    desk.drain()
    lead.refresh_from_db()
    assert lead.place == Place.OWNED


@pytest.mark.parametrize(
    "condition",
    [
        {"nonsense": 1},
        None,
        {"test": {"attribute": "employees", "operator": "AT_LEAST", "value": "many"}},
        {"test": {"attribute": "shoe_size", "operator": "EQUALS", "value": "44"}},
    ],
)
def test_a_damaged_condition_counts_as_not_met(desk: Desk, condition: object) -> None:
    rule = desk.version.rules.get(position=1)
    _damage(rule, condition)
    lead = desk.route(country="France")

    assert lead.place == Place.OWNED
    incident = Incident.objects.get()
    assert (incident.kind, incident.rule, incident.first_lead) == ("RULE", rule, lead)
    assert incident.location == "the rule “France waits in the queue”"
    explanation = explain_decision(lead.decisions.get())
    assert explanation.rule_lines[0].sentence.startswith("it cannot be read: ConditionError")
    assert explanation.rule_lines[1].result == "MATCHED"


def test_a_damaged_new_version_does_not_replace_the_good_one(desk: Desk) -> None:
    assert desk.route(country="France").place == Place.OFFERED
    draft = create_draft(rule_set=desk.version.rule_set, user=None, now=desk.now)
    desk.wait(minutes=1)
    broken = publish_version(version=draft, user=None, now=desk.now)
    _damage(broken.rules.get(position=2), {"nonsense": 1})
    desk.wait(minutes=1)
    lead = desk.route(country="France")

    assert lead.place == Place.OFFERED
    assert lead.decisions.get().version == desk.version
    incident = Incident.objects.get()
    assert (incident.kind, incident.location) == ("VERSION", f"version “{broken}”")
    # That the version was tampered with is found; that the old one went on is accounted for.
    assert [violation.code for violation in find_violations(desk.now)] == ["I14"]
    _publish_repaired(desk, broken)
    assert desk.route(country="France").decisions.get().version.number == 3
    assert Incident.objects.count() == 1


def _publish_repaired(desk: Desk, broken: RuleSetVersion) -> None:
    draft = create_draft(rule_set=broken.rule_set, user=None, now=desk.now)
    draft.rules.filter(position=2).update(condition={"all": []})
    publish_version(version=draft, user=None, now=desk.now)


def test_a_damaged_territory_is_left_out(desk: Desk) -> None:
    germany = {"test": {"attribute": "territory", "operator": "CONTAINS", "value": ["germany"]}}
    TerritoryFactory(slug="germany", name="Germany", countries=["DE"])
    TerritoryFactory(slug="odd", name="Odd", postal_ranges=[["10000"]])
    rule = RoutingRuleFactory(version=desk.version, position=0, condition=germany)
    RuleChoiceFactory(rule=rule, kind="REP", pool=None, rep=make_rep(name="Zoe Germany"))
    assert desk.route(country="Germany").owner.name == "Zoe Germany"
    incident = Incident.objects.get()
    assert (incident.kind, incident.location) == ("TERRITORY", "the territory “Odd”")


def test_a_lead_that_cannot_be_routed_at_all_leaves_an_incident(desk: Desk) -> None:
    Team.objects.update(timezone="Nowhere/Land")
    item = desk.receive()
    desk.drain()
    lead = Lead.objects.get(intake_items=item)
    assert lead.place == Place.WAITING
    incident = Incident.objects.get()
    assert (incident.kind, incident.last_lead, incident.count) == ("ROUTING", lead, 1)
    assert "Nowhere/Land" in incident.message
    Team.objects.update(timezone="UTC")
    desk.wait(minutes=1)
    desk.drain()
    lead.refresh_from_db()
    assert lead.place == Place.OWNED


def test_what_kills_its_worker_every_time_is_parked_with_an_incident(desk: Desk) -> None:
    lead = desk.route()
    Lead.objects.filter(pk=lead.pk).update(
        place=Place.WAITING, owner=None, routing_attempts=99, retry_at=desk.now
    )
    lead.assignments.update(ended_at=desk.now, end_reason="CLOSED")
    desk.wait(minutes=1)
    sweep(clock=lambda: desk.now)
    lead.refresh_from_db()
    assert lead.parked_reason == ParkedReason.ROUTING_ERROR
    assert Incident.objects.get().first_lead == lead


def test_a_manager_resolves_an_incident_and_the_next_one_is_new(
    desk: Desk, manager_client: Client
) -> None:
    _add_queue(desk)
    Pool.objects.filter(pk=desk.pool.pk).update(strategy="MAGIC")
    desk.route()
    incident = Incident.objects.get()
    home = manager_client.get(reverse("admin:index")).content.decode()
    assert "1 open incident<" in home
    url = reverse("admin:routing_incident_resolve", args=[incident.pk])
    assert "This field is required" in manager_client.post(url, {}).content.decode()
    text = manager_client.post(url, {"resolution": "Chose a strategy"}, follow=True)
    assert "The incident is resolved." in text.content.decode()
    incident.refresh_from_db()
    assert "manager: Chose a strategy" in text.content.decode()
    assert (incident.resolution, incident.resolved_by.username) == ("Chose a strategy", "manager")
    assert "open incident" not in manager_client.get(reverse("admin:index")).content.decode()
    desk.route()
    assert [row.count for row in Incident.objects.all()] == [1, 1]
    assert Incident.objects.filter(resolved_at=None).count() == 1


def test_incidents_are_listed_by_state_and_never_edited(
    manager_client: Client, marketing_client: Client
) -> None:
    is_open, done = IncidentFactory(), IncidentFactory(resolved_at="2026-01-01T00:00:00Z")
    url = reverse("admin:routing_incident_changelist")
    for state, shown, hidden in (("open", is_open, done), ("resolved", done, is_open)):
        text = manager_client.get(url, {"state": state}).content.decode()
        assert shown.location in text
        assert hidden.location not in text
    change = reverse("admin:routing_incident_change", args=[is_open.pk])
    assert manager_client.post(change, {"message": "x"}).status_code == 403
    assert marketing_client.get(url).status_code == 403
    step = reverse("admin:routing_incident_resolve", args=[is_open.pk])
    assert marketing_client.post(step, {"resolution": "x"}).status_code == 403
    is_open.refresh_from_db()
    assert is_open.resolved_at is None


def test_the_command_that_checks_the_promises_mentions_open_incidents() -> None:
    IncidentFactory()
    out = StringIO()
    call_command("check_invariants", "--quiet", stdout=out)
    assert "Open incidents: 1." in out.getvalue()
