"""Rules that hold only on some weekdays and hours: typed in a form, said in words, obeyed."""

import hashlib
import json
from datetime import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from leads.models import Place
from routing.models import RoutingRule, RuleSetVersion, VersionState
from routing.selectors.checksums import checksum
from routing.selectors.explaining import explain_decision
from routing.services.publishing import create_draft, publish_version
from routing.services.rule_order import add_rule
from tests.routing.admin.organisation import make_rules
from tests.routing.services.conftest import Desk, make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(manager: Any) -> RuleSetVersion:
    return make_rules(manager).versions.get(state=VersionState.DRAFT)


def _post(client: Client, rule: RoutingRule, **fields: Any) -> Any:
    (choice,) = rule.choices.all()[:1]
    data = {
        "name": rule.name, "is_enabled": "on", "condition": json.dumps(rule.condition),
        "choices-TOTAL_FORMS": "1", "choices-INITIAL_FORMS": "1", "choices-0-id": choice.pk,
        "choices-0-rule": rule.pk, "choices-0-kind": choice.kind, "choices-0-pool": choice.pool_id,
    }  # fmt: skip
    url = reverse("admin:routing_routingrule_change", args=[rule.pk])
    return client.post(url, data | fields, follow=True)


def _rule(draft: RuleSetVersion) -> RoutingRule:
    rule = draft.rules.get(name="German-speaking")
    rule.choices.filter(order=2).delete()
    return rule


def test_a_manager_limits_a_rule_to_weekdays_and_hours(
    manager_client: Client, draft: RuleSetVersion
) -> None:
    rule = _rule(draft)
    page = _post(
        manager_client, rule, weekdays=["4", "0", "1"], hours_from="22:00", hours_to="6:00"
    )
    assert "Mon, Tue, Fri 22:00–06:00" in page.content.decode()
    rule.refresh_from_db()
    assert (rule.weekdays, rule.hours_from, rule.hours_to) == ([0, 1, 4], time(22), time(6))
    form = manager_client.get(reverse("admin:routing_routingrule_change", args=[rule.pk]))
    assert "On the clocks of UTC." in form.content.decode()
    _post(manager_client, rule, weekdays=[str(day) for day in range(7)])
    rule.refresh_from_db()
    assert rule.weekly_window is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"hours_from": "09:00"}, "Say also until when"),
        ({"hours_to": "09:00"}, "Say also from when"),
        ({"hours_from": "09:00", "hours_to": "09:00"}, "They end when they start"),
        ({"hours_from": "25:00", "hours_to": "09:00"}, "Enter a valid time"),
        ({"weekdays": ["7"]}, "Select a valid choice"),
        ({"weekdays": ["x"]}, "Select a valid choice"),
    ],
)
def test_hours_that_make_no_sense_are_refused_in_a_sentence(
    manager_client: Client, draft: RuleSetVersion, fields: dict[str, Any], sentence: str
) -> None:
    before = list(RoutingRule.objects.values())
    rule = _rule(draft)
    assert sentence in _post(manager_client, rule, **fields).content.decode()
    assert list(RoutingRule.objects.values()) == before


@pytest.mark.parametrize("weekdays", [[7], [-1], [True], ["0"], [1, 0], [1, 1], "0", 1])
def test_no_other_weekdays_can_be_saved(draft: RuleSetVersion, weekdays: Any) -> None:
    rule = _rule(draft)
    rule.weekdays = weekdays
    with pytest.raises(ValidationError):
        rule.full_clean()


def test_a_published_rule_says_when_it_is_in_force(
    manager_client: Client, draft: RuleSetVersion
) -> None:
    published = draft.rule_set.versions.get(state=VersionState.PUBLISHED)
    rule = published.rules.first()
    assert rule is not None
    RoutingRule.objects.filter(pk=rule.pk).update(weekdays=[5, 6])
    page = manager_client.get(reverse("admin:routing_routingrule_change", args=[rule.pk]))
    assert "Sat, Sun" in page.content.decode()


def test_a_catch_all_with_hours_is_none(draft: RuleSetVersion) -> None:
    last = draft.rules.get(name="Everything else")
    RoutingRule.objects.filter(pk=last.pk).update(hours_from=time(9), hours_to=time(17))
    add_rule(rule=RoutingRule(version=draft, name="New", condition={"all": []}))
    names = list(draft.rules.order_by("position").values_list("name", flat=True))
    assert names == ["German-speaking", "Everything else", "New"]


def test_a_rule_out_of_its_hours_is_passed_and_says_so() -> None:
    desk = make_desk()
    assert desk.route(country="France").place == Place.OFFERED
    _limit(desk, weekdays=[5, 6], hours_from=time(9), hours_to=time(17))
    lead = desk.route(country="France")
    assert lead.place == Place.OWNED
    explanation = explain_decision(lead.decisions.get())
    assert [line.sentence for line in explanation.rule_lines] == [
        "not in force at that time: Sat, Sun 09:00–17:00",
        "every lead",
    ]
    desk.wait(days=5)  # from Monday to Saturday
    assert desk.route(country="France").place == Place.OFFERED


def _limit(desk: Desk, **limits: Any) -> RuleSetVersion:
    draft = create_draft(rule_set=desk.version.rule_set, user=None, now=desk.now)
    draft.rules.filter(position=1).update(**limits)
    return publish_version(version=draft, user=None, now=desk.now)


def test_a_draft_copies_the_hours_and_the_checksum_holds_them() -> None:
    desk = make_desk()
    limited = _limit(desk, weekdays=[0], hours_from=time(9), hours_to=time(17))
    copy = create_draft(rule_set=limited.rule_set, user=None, now=desk.now)
    rule = copy.rules.order_by("position")[0]
    assert (rule.weekdays, rule.hours_from, rule.hours_to) == ([0], time(9), time(17))
    before = checksum(limited)
    assert before == limited.checksum
    limited.rules.filter(position=1).update(hours_to=time(18))
    assert checksum(limited) != before


def test_a_version_without_hours_keeps_the_checksum_it_had_before_there_were_any() -> None:
    """The fingerprint of old releases, written down here as they computed it."""
    desk = make_desk()
    columns = ("key", "position", "name", "starts_at", "ends_at", "is_enabled")
    choice_columns = (
        "order", "kind", "pool_id", "rep_id", "territory_role", "holding_queue_id",
        "nurture_track", "reason", "required_skill_id",
    )  # fmt: skip
    content = [
        {
            "rule": {name: str(getattr(rule, name)) for name in columns},
            "condition": rule.condition,
            "choices": [
                {name: str(getattr(choice, name)) for name in choice_columns}
                for choice in rule.choices.all()
            ],
        }
        for rule in desk.version.rules.all()
    ]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert checksum(desk.version) == hashlib.sha256(text.encode()).hexdigest()
