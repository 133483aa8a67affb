"""Every reason why a draft is not published: with its place, a sentence, and nothing changed."""

from typing import Any

import pytest

from routing.models import Pool, RuleSetVersion
from routing.services.checking import PlanProblem, check_version
from routing.services.publishing import create_draft, publish_version
from routing.services.refusals import PlanRefused
from tests.factories import CustomFieldFactory, PoolFactory, RuleChoiceFactory, make_rep
from tests.routing.services.conftest import Desk

pytestmark = pytest.mark.django_db

FRANCE, REST = "France waits in the queue", "Everybody else"


@pytest.fixture
def draft(desk: Desk) -> RuleSetVersion:
    return create_draft(rule_set=desk.version.rule_set, user=None, now=desk.now)


def _assert_refused(desk: Desk, draft: RuleSetVersion) -> list[PlanProblem]:
    """Publishing is refused for exactly what the check says; both versions stay what they were."""
    blocking = [one for one in check_version(version=draft) if one.is_blocking]
    with pytest.raises(PlanRefused) as refused:
        publish_version(version=draft, user=None, now=desk.now)
    assert refused.value.detail["problems"] == [one.message for one in blocking]
    assert refused.value.fields == {one.path: one.message for one in blocking}
    for version, state in ((draft, "DRAFT"), (desk.version, "PUBLISHED")):
        version.refresh_from_db()
        assert version.state == state
    return blocking


def ask(attribute: str, operator: str, value: Any = None) -> dict[str, Any]:
    inner = {"attribute": attribute, "operator": operator}
    return {"test": inner if value is None else inner | {"value": value}}


LOW, HIGH = ask("employees", "AT_MOST", 5), ask("employees", "AT_LEAST", 10)


@pytest.mark.parametrize(
    ("condition", "path", "sentence"),
    [
        ({"all": [ask("hair", "EQUALS", "red")]}, "all[0].attribute",
         "There is no attribute called “hair”."),
        ({"any": [ask("country", "IS_KNOWN"), ask("employees", "AT_LEAST", "many")]},
         "any[1].value", "Give a number for employees."),
        ({"not": ask("country", "EQUALS", ["US"])}, "not.value", "Give a value for country."),
        (ask("country", "IN", []), "value", "Give a list of at least one value for country."),
        (ask("employees", "BETWEEN", [10, 5]), "value", "The low end 10 is above the high end 5."),
        ({"all": [HIGH, ask("country", "IS_KNOWN"), LOW]}, "all[2]",
         "No employees is at least 10 and at most 5."),
        ({"all": [HIGH, {"all": [LOW]}]}, "all[1].all[0]",
         "No employees is at least 10 and at most 5."),
        ({"any": [ask("country", "IS_KNOWN"), {"all": [HIGH, ask("employees", "EQUALS", 7)]}]},
         "any[1].all[1]", "No employees is at least 10 and 7."),
        ({"all": [ask("score", "BETWEEN", [1, 5]), ask("score", "BETWEEN", [6, 9])]}, "all[1]",
         "No score is between 1 and 5 and between 6 and 9."),
    ],
)  # fmt: skip
def test_a_condition_that_cannot_be_or_be_read_is_refused(
    desk: Desk, draft: RuleSetVersion, condition: Any, path: str, sentence: str
) -> None:
    draft.rules.filter(position=1).update(condition=condition)
    (problem,) = _assert_refused(desk, draft)
    assert problem.path == f"rules[{FRANCE}].when.{path}"
    assert problem.message == f"“{FRANCE}”: {sentence} (at {path})"
    assert problem.rule_id == draft.rules.get(position=1).pk


@pytest.mark.parametrize(
    "condition",
    [
        {"any": [HIGH, LOW]},
        {"all": [HIGH, {"not": HIGH}]},
        {"all": [ask("employees", "AT_LEAST", 5), ask("employees", "AT_MOST", 5)]},
        {"all": [HIGH, ask("score", "AT_MOST", 5)]},
    ],
)
def test_ranges_that_touch_or_are_alternatives_are_fine(
    desk: Desk, draft: RuleSetVersion, condition: Any
) -> None:
    draft.rules.filter(position=1).update(condition=condition)
    assert not any(one.is_blocking for one in check_version(version=draft))


def test_every_fault_of_every_rule_is_named_at_once(desk: Desk, draft: RuleSetVersion) -> None:
    broken = {"all": [ask("hair", "IS_KNOWN"), ask("employees", "AT_LEAST", "x")]}
    draft.rules.update(condition=broken)
    paths = [one.path for one in _assert_refused(desk, draft)]
    assert paths == [
        f"rules[{name}].when.{where}"
        for name in (FRANCE, REST)
        for where in ("all[0].attribute", "all[1].value")
    ]


def test_a_version_without_a_catch_all_is_refused(desk: Desk, draft: RuleSetVersion) -> None:
    draft.rules.filter(position=2).delete()
    (problem,) = _assert_refused(desk, draft)
    assert (problem.path, problem.code) == ("rules", "NO_CATCH_ALL")


def test_a_catch_all_that_holds_only_for_some_hours_is_none(
    desk: Desk, draft: RuleSetVersion
) -> None:
    draft.rules.filter(position=2).update(weekdays=[0, 1, 2, 3, 4])
    (problem,) = _assert_refused(desk, draft)
    assert "The last rule must take every lead" in problem.message


@pytest.mark.parametrize("what", ["pool", "holding_queue", "rep"])
def test_what_is_closed_is_refused(desk: Desk, draft: RuleSetVersion, what: str) -> None:
    rule = draft.rules.get(position=2)
    if what == "rep":
        rep = make_rep(name="Gone Already", inactive=True)
        RuleChoiceFactory(rule=rule, order=2, kind="REP", pool=None, rep=rep)
        path, sentence = f"rules[{REST}].then[1].rep", "choice 2: Gone Already is not active."
    elif what == "pool":
        Pool.objects.update(is_active=False)
        path = f"rules[{REST}].then[0].pool"
        sentence = f"choice 1: the pool “{desk.pool.name}” is closed."
    else:
        desk.queue.is_active = False
        desk.queue.save()
        path = f"rules[{FRANCE}].then[0].holding_queue"
        sentence = f"choice 1: the queue “{desk.queue.name}” is closed."
    (problem,) = _assert_refused(desk, draft)
    assert problem.path == path
    assert problem.message.endswith(sentence)


def test_a_circle_of_overflows_is_refused_with_the_way_round(
    desk: Desk, draft: RuleSetVersion
) -> None:
    second, third = PoolFactory(name="Second"), PoolFactory(name="Third")
    for pool, overflow in ((desk.pool, second), (second, third), (third, second)):
        Pool.objects.filter(pk=pool.pk).update(overflow=overflow)
    (problem,) = _assert_refused(desk, draft)
    assert problem.path == f"rules[{REST}].then[0].pool"
    way = f"{desk.pool.name} → Second → Third → Second"
    assert problem.message == f"“{REST}”, choice 1: its pools hand on in a circle: {way}."


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("custom.manager", "there is no attribute called “custom.manager”."),
        ("employees", "employees cannot hold the name of a rep."),
        ("custom.budget", "budget cannot hold the name of a rep."),
    ],
)
def test_a_field_that_cannot_name_a_rep_is_refused(
    desk: Desk, draft: RuleSetVersion, field: str, sentence: str
) -> None:
    CustomFieldFactory(slug="budget")
    rule = draft.rules.get(position=2)
    RuleChoiceFactory(rule=rule, order=2, kind="LEAD_FIELD", pool=None, lead_field=field)
    (problem,) = _assert_refused(desk, draft)
    assert problem.path == f"rules[{REST}].then[1].lead_field"
    assert problem.message == f"“{REST}”, choice 2: {sentence}"


def test_a_rule_that_is_switched_off_keeps_nothing_from_being_published(
    desk: Desk, draft: RuleSetVersion
) -> None:
    draft.rules.filter(position=1).update(condition={"nonsense": 1}, is_enabled=False)
    desk.queue.is_active = False
    desk.queue.save()
    publish_version(version=draft, user=None, now=desk.now)
    draft.refresh_from_db()
    assert draft.state == "PUBLISHED"
