"""Two managers at one draft: one publishes, the other is shown what differs from what they saw."""

import json
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from routing.models import RoutingRule, RuleChoice, RuleSetVersion, VersionState
from routing.services.publishing import create_draft, publish_version
from routing.services.rule_order import add_rule, move_rule, remove_rule
from tests.routing.admin.organisation import make_rules

pytestmark = pytest.mark.django_db

US = {"test": {"attribute": "country", "operator": "EQUALS", "value": "US"}}


@pytest.fixture
def draft(manager: Any) -> RuleSetVersion:
    return make_rules(manager).versions.get(state=VersionState.DRAFT)


def _url(version: RuleSetVersion) -> str:
    return reverse("admin:routing_rulesetversion_publish", args=[version.pk])


def _look(client: Client, version: RuleSetVersion) -> str:
    return str(client.get(_url(version)).context["form"].initial["seen"])


def _add(version: RuleSetVersion, name: str) -> RoutingRule:
    rule = add_rule(rule=RoutingRule(version=version, name=name, condition=US))
    RuleChoice.objects.create(rule=rule, kind="REJECT", reason="nobody there")
    return rule


def _publish(client: Client, version: RuleSetVersion, seen: str) -> Any:
    return client.post(_url(version), {"note": "My reasons", "seen": seen})


def test_who_saw_what_is_there_publishes(manager_client: Client, draft: RuleSetVersion) -> None:
    assert _publish(manager_client, draft, _look(manager_client, draft)).status_code == 302
    draft.refresh_from_db()
    assert draft.state == VersionState.PUBLISHED


def test_the_second_one_sees_what_the_first_published(
    manager_client: Client, administrator_client: Client, draft: RuleSetVersion
) -> None:
    _add(draft, "Americans")
    seen = _look(manager_client, draft)
    seen_too = _look(administrator_client, draft)
    assert _publish(administrator_client, draft, seen_too).status_code == 302
    logged = LogEntry.objects.count()
    answer = _publish(manager_client, draft, seen)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "published version 2 while you were looking." in text
    assert "You had seen version 1; now it is version 2" in text
    assert "<strong>Americans</strong> was added." in text
    assert "Americans: country is US → rejection: nobody there" in text
    assert "German-speaking" not in text
    assert "My reasons" in text
    assert LogEntry.objects.count() == logged
    draft.refresh_from_db()
    assert draft.published_by.username == "administrator"
    assert RuleSetVersion.objects.filter(state=VersionState.PUBLISHED).count() == 1


def test_what_was_published_since_is_told_rule_by_rule(
    manager_client: Client, administrator: Any, draft: RuleSetVersion
) -> None:
    """The first one goes on: their draft is published, the next one made and published as well."""
    rule_set, now = draft.rule_set, timezone.now()
    first, second = _add(draft, "First"), _add(draft, "Second")
    publish_version(version=draft, user=administrator, now=now)
    third = create_draft(rule_set=rule_set, user=administrator, now=now)
    seen = _look(manager_client, third)
    RoutingRule.objects.filter(version=third, key=first.key).update(name="Renamed", weekdays=[5])
    remove_rule(rule=third.rules.get(name="German-speaking"))
    move_rule(rule=third.rules.get(key=second.key), step=-1)
    publish_version(version=third, user=administrator, note="Sorted", now=now)
    text = _publish(manager_client, third, seen).content.decode()
    assert "now it is version 3: “Sorted”" in text
    assert "<strong>Renamed</strong> was changed." in text
    assert "<del>First: country is US" in text
    assert "(Sat)</ins>" in text
    assert "<strong>German-speaking</strong> was removed." in text
    assert "was moved." in text


def test_a_draft_that_was_changed_since_is_not_published_unseen(
    manager_client: Client, draft: RuleSetVersion
) -> None:
    seen = _look(manager_client, draft)
    _add(draft, "Americans")
    RoutingRule.objects.filter(version=draft, name="German-speaking").update(name="Germans")
    answer = _publish(manager_client, draft, seen)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Version 2 was changed while you were looking at it. Nothing was published." in text
    assert "<strong>Americans</strong> was added." in text
    assert "<strong>Germans</strong> was changed." in text
    assert f'href="{_url(draft)}"' in text
    draft.refresh_from_db()
    assert draft.state == VersionState.DRAFT
    assert _publish(manager_client, draft, _look(manager_client, draft)).status_code == 302


def test_a_draft_is_not_published_over_rules_that_were_not_seen(
    manager_client: Client, administrator: Any, draft: RuleSetVersion
) -> None:
    seen = json.loads(_look(manager_client, draft))
    older = RuleSetVersion.objects.create(
        rule_set=draft.rule_set, number=9, state=VersionState.RETIRED, created_at=timezone.now(),
        published_at=timezone.now(), retired_at=timezone.now(),
    )  # fmt: skip
    answer = _publish(manager_client, draft, json.dumps(seen | {"published": older.pk}))
    assert answer.status_code == 409
    assert "published version 1 while you were looking" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == VersionState.DRAFT


@pytest.mark.parametrize(
    "seen",
    ["", "{", "[]", "null", "7", '{"published": "x", "draft": "", "rules": null}',
     '{"published": null, "draft": 5, "rules": null}',
     '{"published": null, "draft": "", "rules": [[1]]}', "[" * 5000],
)  # fmt: skip
def test_nonsense_about_what_was_seen_breaks_nothing(
    manager_client: Client, draft: RuleSetVersion, seen: str
) -> None:
    assert _publish(manager_client, draft, seen).status_code == 302
    assert _publish(manager_client, draft, seen).status_code == 302
