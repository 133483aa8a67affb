"""An organisation's own fields, from the door to the rule that asks about them."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from leads.models import CustomField, Interaction, Lead, Place
from routing.models import RoutingRule
from routing.selectors.explaining import explain_decision
from routing.services.publishing import check_version, create_draft, publish_version
from routing.services.refusals import PlanRefused
from tests.factories import (
    AccountFactory,
    ApiKeyFactory,
    CustomFieldFactory,
    LeadFactory,
    RuleChoiceFactory,
    make_rep,
)
from tests.routing.services.conftest import Desk

pytestmark = pytest.mark.django_db


def ask(attribute: str, operator: str, value: Any = None) -> dict[str, Any]:
    test = {"attribute": attribute, "operator": operator}
    return {"test": test if value is None else test | {"value": value}}


def _tell(desk: Desk, extra: dict[str, Any], **fields: Any) -> Lead:
    item = desk.receive(**fields)
    item.payload["extra"] = extra
    item.save()
    desk.drain()
    item.refresh_from_db()
    assert item.lead is not None, item.last_error
    return item.lead


def _set_rule(desk: Desk, condition: Any) -> None:
    """The first rule of the published version, as a version published long ago would have it."""
    RoutingRule.objects.filter(version=desk.version, position=1).update(condition=condition)


@pytest.mark.parametrize(
    ("kind", "field", "condition", "told", "not_told"),
    [
        ("NUMBER", {}, ask("custom.budget", "AT_LEAST", 50_000), "€ 60.000", "40k"),
        ("TEXT", {}, ask("custom.budget", "STARTS_WITH", "big"), "Big one", "small"),
        ("BOOLEAN", {}, ask("custom.budget", "EQUALS", True), "yes", "no"),
        ("SET", {}, ask("custom.budget", "CONTAINS_ALL", ["a", "b"]), "A; b; c", "a"),
        ("SET", {}, ask("custom.budget", "CONTAINS", ["b"]), ["b"], "abc"),
        ("CHOICE", {"choices": ["Yes, please", "No"]},
         ask("custom.budget", "IN", ["No"]), "no", "Yes, please"),
        ("NUMBER", {}, ask("custom.budget", "IS_UNKNOWN"), "a lot", "1"),
    ],
)  # fmt: skip
def test_rules_ask_about_own_fields_of_every_type(
    desk: Desk, kind: str, field: dict[str, Any], condition: Any, told: Any, not_told: Any
) -> None:
    CustomFieldFactory(slug="budget", type=kind, **field)
    _set_rule(desk, condition)
    assert _tell(desk, {"Budget": told}).place == Place.OFFERED
    assert _tell(desk, {"Budget": not_told}).place == Place.OWNED


def test_the_explanation_and_the_facts_call_the_field_by_its_label(desk: Desk) -> None:
    CustomFieldFactory(slug="budget", label="yearly budget", unit="EUR")
    _set_rule(desk, ask("custom.budget", "AT_LEAST", 50_000))
    lead = _tell(desk, {"budget": "40k", "Shoe size": "44"})
    assert lead.custom == {"budget": 40_000, "Shoe size": "44"}
    decision = lead.decisions.get()
    assert decision.facts["custom.budget"] == 40_000
    line = explain_decision(decision).rule_lines[0]
    assert line.sentence == "yearly budget is 40000, not at least 50000"


def test_what_cannot_be_read_is_kept_raw_with_a_warning_on_the_timeline(desk: Desk) -> None:
    CustomFieldFactory(slug="budget", label="Budget")
    lead = _tell(desk, {"budget": "a lot"})
    assert lead.custom == {"budget": "a lot"}
    assert "custom.budget" not in lead.decisions.get().facts
    (warning,) = Interaction.objects.get(lead=lead).data["warnings"]
    assert warning["message"] == "Budget “a lot” is not a number."


def test_a_person_who_returns_tells_more(desk: Desk) -> None:
    CustomFieldFactory(slug="budget")
    CustomFieldFactory(slug="pets", kind="ANSWER", type="TEXT")
    lead = _tell(desk, {"budget": "10"}, email="ada@example.com")
    _tell(desk, {"answer.pets": "two cats", "budget": "20"}, email="ada@example.com")
    lead.refresh_from_db()
    assert lead.custom == {"budget": 20, "answer.pets": "two cats"}


def test_answers_segment_and_open_deals_are_attributes(desk: Desk) -> None:
    CustomFieldFactory(slug="pets", kind="ANSWER", type="TEXT")
    account = AccountFactory(domain="company0.example", segment="Enterprise", open_deals=3)
    condition = {
        "all": [
            ask("answer.pets", "CONTAINS", "cat"),
            ask("account_segment", "EQUALS", "enterprise"),
            ask("open_deals", "BETWEEN", [1, 5]),
        ]
    }
    _set_rule(desk, condition)
    lead = _tell(desk, {"answer.pets": "Two cats"}, email="ada@company0.example")
    assert (lead.account, lead.place) == (account, Place.OFFERED)


def test_rules_ask_about_the_grade(desk: Desk) -> None:
    graded = LeadFactory(grade="A1", source=desk.endpoint.source)
    _set_rule(desk, ask("grade", "STARTS_WITH", "A"))
    desk.drain()
    graded.refresh_from_db()
    assert graded.place == Place.OFFERED


def test_a_rep_is_named_in_an_own_field(desk: Desk) -> None:
    CustomFieldFactory(slug="account_manager", label="account manager", type="TEXT")
    rep = make_rep(name="Zoe Named")
    rule = desk.version.rules.get(name="Everybody else")
    rule.choices.update(order=2)
    field = "custom.account_manager"
    RuleChoiceFactory(rule=rule, order=1, kind="LEAD_FIELD", pool=None, lead_field=field)
    lead = _tell(desk, {"Account manager": rep.user.email})
    assert lead.owner == rep
    lines = explain_decision(lead.decisions.get()).lines
    assert lines[1] == "First choice, rep named as account manager: takes the lead."


def test_a_field_that_is_switched_off_or_has_other_choices_is_still_read_by_old_rules(
    desk: Desk,
) -> None:
    field = CustomFieldFactory(slug="budget", type="CHOICE", choices=["Low", "High"])
    _set_rule(desk, ask("custom.budget", "EQUALS", "High"))
    before = _tell(desk, {"budget": "high"})
    field.choices = ["Tiny"]
    field.is_active = False
    field.save()
    Lead.objects.filter(pk=before.pk).update(place=Place.WAITING, holding_queue_id=None)
    desk.drain()
    before.refresh_from_db()
    assert before.place == Place.OFFERED
    # What comes now is not read as the field any more; it stays beside it as it came.
    assert _tell(desk, {"budget": "Tiny"}).custom == {"budget": "Tiny"}


@pytest.mark.parametrize("is_there", [True, False])
def test_a_draft_that_asks_about_no_field_in_use_is_refused(desk: Desk, is_there: bool) -> None:
    if is_there:
        CustomFieldFactory(slug="budget", is_active=False)
    draft = create_draft(rule_set=desk.version.rule_set, user=None, now=desk.now)
    condition = {"all": [ask("country", "IS_KNOWN"), ask("custom.budget", "AT_LEAST", 5)]}
    draft.rules.filter(position=1).update(condition=condition)
    (problem, *_) = [one for one in check_version(version=draft) if one.is_blocking]
    assert "all[1].attribute" in problem.message
    assert "There is no attribute called “custom.budget”." in problem.message
    with pytest.raises(PlanRefused):
        publish_version(version=draft, user=None, now=desk.now)
    draft.refresh_from_db()
    assert draft.state == "DRAFT"


def test_a_choice_that_is_not_one_is_refused_in_a_draft(desk: Desk) -> None:
    CustomFieldFactory(slug="budget", type="CHOICE", choices=["Low", "High"])
    draft = create_draft(rule_set=desk.version.rule_set, user=None, now=desk.now)
    draft.rules.filter(position=1).update(condition=ask("custom.budget", "EQUALS", "Medium"))
    (problem, *_) = [one for one in check_version(version=draft) if one.is_blocking]
    assert "“Medium” is not one of Low, High." in problem.message


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"type": "TEXT"}, "The type of a field never changes"),
        ({"kind": "ANSWER"}, "The kind of a field never changes"),
        ({"slug": "money"}, "The short name of a field never changes"),
    ],
)
def test_what_a_field_means_never_changes(change: dict[str, str], sentence: str) -> None:
    field = CustomFieldFactory(slug="budget")
    for name, value in change.items():
        setattr(field, name, value)
    with pytest.raises(ValidationError, match=sentence):
        field.full_clean()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"slug": "Budget 2"}, "Lower-case letters, digits and underscores only"),
        ({"slug": "email"}, "“email” is a field that every lead has."),
        ({"slug": "budget"}, "already exists"),
        ({"type": "CHOICE"}, "List the choices, one per line."),
        ({"type": "MAGIC"}, "Select a valid choice"),
        ({"label": ""}, "This field is required."),
    ],
)
def test_a_field_that_makes_no_sense_is_refused_in_a_sentence(
    manager_client: Client, data: dict[str, str], sentence: str
) -> None:
    CustomFieldFactory(slug="budget")
    url = reverse("admin:leads_customfield_add")
    good = {"label": "Tier", "slug": "tier", "kind": "FIELD", "type": "TEXT", "is_active": "on"}
    assert sentence in manager_client.post(url, good | data).content.decode()
    assert CustomField.objects.count() == 1


def test_a_manager_defines_a_field_and_the_editor_offers_it(
    manager_client: Client, marketing_client: Client, desk: Desk
) -> None:
    url = reverse("admin:leads_customfield_add")
    data = {
        "label": "Size of plan", "slug": "plan", "kind": "FIELD", "type": "CHOICE",
        "choices": "Basic\nPro", "is_active": "on",
    }  # fmt: skip
    assert marketing_client.post(url, data).status_code == 403
    assert manager_client.post(url, data).status_code == 302
    field = CustomField.objects.get()
    assert field.choices == ["Basic", "Pro"]
    change = reverse("admin:leads_customfield_change", args=[field.pk])
    assert 'name="type"' not in manager_client.get(change).content.decode()
    delete = reverse("admin:leads_customfield_delete", args=[field.pk])
    assert manager_client.post(delete, {"post": "yes"}).status_code == 403
    draft = create_draft(rule_set=desk.version.rule_set, user=None, now=desk.now)
    page = manager_client.get(f"{reverse('admin:routing_routingrule_add')}?version={draft.pk}")
    editor = page.context["adminform"].form["condition"].as_widget()
    assert "custom.plan" in editor
    assert "Size of plan" in editor
    describe = reverse("admin:routing_routingrule_describe")
    answer = manager_client.post(
        describe, json.dumps(ask("custom.plan", "IN", ["pro"])), content_type="text/plain"
    )
    assert answer.json()["sentence"] == "Size of plan is one of Pro"


def test_the_tester_takes_own_fields_typed_and_pasted(manager_client: Client, desk: Desk) -> None:
    CustomFieldFactory(slug="budget", label="yearly budget")
    _set_rule(desk, ask("custom.budget", "AT_LEAST", 50_000))
    url = reverse("admin:routing_rulesetversion_tester")
    data = {
        "version": desk.version.pk, "source": desk.endpoint.source.pk, "channel": "WEB_FORM",
        "email": "ada@example.com",
    }  # fmt: skip
    text = manager_client.post(url, data | {"custom.budget": "60k"}).content.decode()
    assert "It would be offered in the queue" in text
    assert "yearly budget" in text
    pasted = data | {"pasted": "Yearly Budget: 70.000"}
    assert "It would be offered" in manager_client.post(url, pasted).content.decode()
    assert "It would go to" in manager_client.post(url, data).content.decode()


def test_the_api_and_the_form_take_own_fields_by_name(desk: Desk) -> None:
    CustomFieldFactory(slug="budget")
    key = ApiKeyFactory(endpoint=desk.endpoint)
    body = {"email": "ada@example.com", "custom": {"budget": 60_000.5}}
    answer = Client().post(
        "/api/v1/leads/", json.dumps(body), content_type="application/json",
        headers={"Authorization": f"Bearer {key.plain}"},
    )  # fmt: skip
    assert answer.status_code == 202, answer.content
    assert answer.json()["warnings"] == []
    desk.wait(days=300)
    desk.drain()
    assert Lead.objects.get().custom == {"budget": 60_000.5}
