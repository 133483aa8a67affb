"""Drafts, publishing and rolling back."""

import pytest

from leadrouter.common.errors import InvalidInput
from leads.models import Place
from routing.models import RoutingRule, RuleSetVersion
from routing.selectors.invariants import find_violations
from routing.services.publishing import check_version, create_draft, publish_version, roll_back
from routing.services.refusals import PlanRefused
from tests.factories import RoutingRuleFactory, RuleChoiceFactory, make_manager
from tests.routing.services.conftest import Desk

pytestmark = pytest.mark.django_db


def _draft(desk: Desk) -> RuleSetVersion:
    return create_draft(rule_set=desk.version.rule_set, user=None, now=desk.now)


def test_a_draft_copies_the_published_rules_and_leaves_them_alone(desk: Desk) -> None:
    draft = _draft(desk)
    draft.rules.filter(position=1).delete()

    assert (draft.number, draft.state, draft.rules.count()) == (2, "DRAFT", 1)
    assert desk.version.rules.count() == 2
    with pytest.raises(InvalidInput, match="draft already"):
        _draft(desk)


def test_the_next_lead_follows_what_was_published_and_parked_ones_try_again(desk: Desk) -> None:
    for rep in desk.reps:
        rep.max_open_leads = 0
        rep.save()
    stuck = desk.route()
    assert stuck.place == Place.PARKED
    draft = _draft(desk)
    rule = draft.rules.get(position=2)
    RuleChoiceFactory(rule=rule, order=2, kind="HOLDING_QUEUE", pool=None, holding_queue=desk.queue)
    desk.wait(seconds=1)
    publish_version(version=draft, user=make_manager(), note="Queue as last resort", now=desk.now)
    desk.drain()

    stuck.refresh_from_db()
    assert stuck.place == Place.OFFERED
    assert desk.route().place == Place.OFFERED
    desk.version.refresh_from_db()
    assert (desk.version.state, desk.version.retired_at) == ("RETIRED", desk.now)
    assert find_violations(desk.now) == []


def test_a_draft_without_a_catch_all_is_refused_and_nothing_changes(desk: Desk) -> None:
    draft = _draft(desk)
    draft.rules.filter(position=2).delete()
    with pytest.raises(PlanRefused) as refused:
        publish_version(version=draft, user=None, now=desk.now)

    assert "last rule must take every lead" in refused.value.detail["problems"][0]
    desk.version.refresh_from_db()
    draft.refresh_from_db()
    assert (desk.version.state, draft.state) == ("PUBLISHED", "DRAFT")


def test_checking_names_reps_who_are_not_there(desk: Desk) -> None:
    gone = desk.reps[0]
    gone.is_active, gone.deactivated_at = False, desk.now
    gone.save()
    draft = _draft(desk)
    rule = RoutingRuleFactory(
        version=draft,
        position=0,
        name="Named",
        condition={"test": {"attribute": "country", "operator": "EQUALS", "value": "US"}},
    )
    RuleChoiceFactory(rule=rule, kind="REP", pool=None, rep=gone)
    problems = check_version(version=draft)

    assert [(p.message, p.path, p.is_blocking) for p in problems] == [
        ("“Named”, choice 1: Maria Weber is not active.", "rules[Named].then[0].rep", True)
    ]


def test_rolling_back_publishes_the_old_rules_as_a_new_version(desk: Desk) -> None:
    draft = _draft(desk)
    draft.rules.filter(position=1).delete()
    publish_version(version=draft, user=None, now=desk.now)
    desk.version.refresh_from_db()
    back = roll_back(version=desk.version, user=None, now=desk.now)

    assert (back.number, back.state, back.note) == (3, "PUBLISHED", "Back to version 1")
    assert [rule.name for rule in back.rules.all()] == [
        "France waits in the queue",
        "Everybody else",
    ]
    assert desk.route(country="France").place == Place.OFFERED


def test_changing_a_published_version_behind_our_back_is_found(desk: Desk) -> None:
    draft = _draft(desk)
    publish_version(version=draft, user=None, now=desk.now)
    RoutingRule.objects.filter(version=draft, position=1).update(name="Tampered")
    assert [(v.code, v.ids) for v in find_violations(desk.now)] == [("I14", (draft.pk,))]


def test_a_test_for_what_does_not_exist_is_named_but_does_not_stop_publishing(desk: Desk) -> None:
    draft = _draft(desk)
    rule = draft.rules.get(position=1)
    rule.condition = {
        "any": [
            {"test": {"attribute": "territory", "operator": "CONTAINS", "value": ["Icel"]}},
            {"test": {"attribute": "source", "operator": "IN", "value": ["nobody", "API"]}},
        ]
    }
    rule.save()
    (problem, *others) = check_version(version=draft)
    assert problem.message == "“France waits in the queue”: there is no territory “Icel”."
    assert all("there is no source" in other.message for other in others)
    assert not problem.is_blocking
    publish_version(version=draft, user=None, now=desk.now)
