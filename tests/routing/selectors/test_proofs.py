"""Proofs about stored rules, as the check page, the command and the rule form say them."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from routing.models import RuleSetVersion, TerritoryRole
from routing.selectors.proofs import prove_rule, prove_version
from tests.factories import (
    HoldingQueueFactory,
    PoolFactory,
    RoutingRuleFactory,
    RuleChoiceFactory,
    RuleSetFactory,
    RuleSetVersionFactory,
    TerritoryFactory,
    TerritoryOwnerFactory,
    make_catch_all,
    make_rep,
)

pytestmark = pytest.mark.django_db


def ask(attribute: str, operator: str, value: Any) -> dict[str, Any]:
    return {"test": {"attribute": attribute, "operator": operator, "value": value}}


@pytest.fixture
def draft() -> RuleSetVersion:
    return RuleSetVersionFactory(rule_set=RuleSetFactory(is_live=True))


def add(version: RuleSetVersion, name: str, condition: dict[str, Any], **choice: Any) -> Any:
    rule = RoutingRuleFactory(
        version=version, name=name, condition=condition, position=version.rules.count() + 1
    )
    RuleChoiceFactory(rule=rule, **(choice or {"pool": PoolFactory(reps=[make_rep(name=name)])}))
    return rule


def finish(version: RuleSetVersion) -> None:
    make_catch_all(version)


def say(version: RuleSetVersion) -> list[str]:
    proofs = prove_version(version, timezone.now())
    return [one.sentence for one in (*proofs.about_rules, *proofs.gaps)]


def test_rules_covered_by_two_others_are_named_with_both(draft: RuleSetVersion) -> None:
    add(draft, "Small", ask("employees", "AT_MOST", 99))
    add(draft, "Large", ask("employees", "AT_LEAST", 100))
    add(
        draft, "Known size", {"all": [{"test": {"attribute": "employees", "operator": "IS_KNOWN"}}]}
    )
    finish(draft)
    assert (
        "“Known size” is never reached: together “Small” and “Large” above take every lead it would "
        "take."
    ) in say(draft)
    assert any("employees is unknown" in sentence for sentence in say(draft))


def test_tests_that_exclude_each_other_are_named(draft: RuleSetVersion) -> None:
    add(
        draft,
        "Odd",
        {
            "all": [
                ask("country", "EQUALS", "DE"),
                ask("employees", "AT_LEAST", 10),
                ask("employees", "AT_MOST", 5),
            ]
        },
    )
    finish(draft)
    (first, *_) = prove_version(draft, timezone.now()).about_rules
    assert first.paths == ("all[1]", "all[2]")
    assert "employees at least 10 and employees at most 5 exclude each other" in first.sentence


def test_sources_and_countries_that_do_not_exist_are_no_gap(draft: RuleSetVersion) -> None:
    weekdays = ["MON", "TUE", "WED", "THU", "FRI"]
    add(draft, "Work days", ask("arrival_weekday", "IN", weekdays))
    add(draft, "Weekend", ask("arrival_weekday", "IN", ["SAT", "SUN"]))
    finish(draft)
    assert say(draft) == []


def test_territories_are_checked_for_ties_and_owners(draft: RuleSetVersion) -> None:
    first = TerritoryFactory(name="South", slug="south", countries=["DE"])
    TerritoryFactory(name="Alps", slug="alps", countries=["DE", "AT"])
    TerritoryOwnerFactory(
        territory=first,
        role=TerritoryRole.AE,
        ends_on=timezone.now().date() + timedelta(days=10),
    )
    add(draft, "Owners", {"all": []}, kind="TERRITORY_OWNER", pool=None, territory_role="AE")
    sentences = [one.sentence for one in prove_version(draft, timezone.now()).about_territories]
    assert any(
        "“Alps” and “South” are equally specific where country is DE: “Alps” wins" in sentence
        for sentence in sentences
    )
    assert "The territory “Alps” has no AE." in sentences
    assert any("The territory “South” has no AE from" in sentence for sentence in sentences)


def test_an_inactive_owner_is_named(draft: RuleSetVersion) -> None:
    rep = make_rep(name="Gone Girl", is_active=False, deactivated_at=timezone.now())
    TerritoryOwnerFactory(territory=TerritoryFactory(name="North"), rep=rep, role="AE")
    finish(draft)
    sentences = [one.sentence for one in prove_version(draft, timezone.now()).about_territories]
    assert "Gone Girl, owner of the territory “North” (AE), is not active." in sentences


def test_a_saved_rule_says_what_it_covers_below(draft: RuleSetVersion) -> None:
    rule = add(draft, "Europe", ask("country", "IN", ["DE", "FR"]))
    add(draft, "Germany", ask("country", "EQUALS", "DE"))
    add(draft, "Austria", ask("country", "EQUALS", "AT"))
    finish(draft)
    sentences = [one.sentence for one in prove_rule(draft, rule.pk, timezone.now())]
    assert sentences == [
        "“Germany” is never reached: “Europe” above takes every lead it would take."
    ]
    assert prove_rule(draft, 0, timezone.now()) == []


def test_the_check_page_shows_the_proofs(manager_client: Client, draft: RuleSetVersion) -> None:
    add(draft, "Europe", ask("country", "IN", ["DE", "FR"]))
    hidden = add(draft, "Germany", ask("country", "EQUALS", "DE"))
    finish(draft)
    for page in ("check", "publish"):
        url = reverse(f"admin:routing_rulesetversion_{page}", args=[draft.pk])
        text = manager_client.get(url).content.decode()
        assert "“Germany” is never reached: “Europe” above takes every lead" in text
        assert reverse("admin:routing_routingrule_change", args=[hidden.pk]) in text


def test_saving_a_rule_warns_at_once(manager_client: Client, draft: RuleSetVersion) -> None:
    add(draft, "Europe", ask("country", "IN", ["DE", "FR"]))
    finish(draft)
    data = {
        "name": "Germany",
        "is_enabled": "on",
        "condition": json.dumps(ask("country", "EQUALS", "DE")),
        "choices-TOTAL_FORMS": "1",
        "choices-INITIAL_FORMS": "0",
        "choices-0-kind": "HOLDING_QUEUE",
        "choices-0-holding_queue": HoldingQueueFactory().pk,
    }
    url = f"{reverse('admin:routing_routingrule_add')}?version={draft.pk}"
    text = manager_client.post(url, data, follow=True).content.decode()
    assert "“Germany” is never reached: “Europe” above takes every lead it would take." in text


def run(*args: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("check_rules", *args, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(str(end.code))
    return out.getvalue(), 0


def test_the_command_fails_for_a_rule_that_is_never_reached(draft: RuleSetVersion) -> None:
    add(draft, "Europe", ask("country", "IN", ["DE", "FR"]))
    finish(draft)
    assert run()[1] == 0
    add(draft, "Germany", ask("country", "EQUALS", "DE"))
    text, code = run()
    assert code == 1
    assert "unreachable  “Germany” is never reached" in text


def test_the_command_prints_json_with_a_witness(draft: RuleSetVersion) -> None:
    add(draft, "Europe", ask("country", "IN", ["DE", "FR"]))
    finish(draft)
    text, code = run("--format", "json")
    found = json.loads(text)
    assert (code, found["problems"]) == (0, [])
    (gap,) = found["proved"]
    assert gap["code"] == "GAP"
    assert gap["witness"]["country"].upper() not in {"DE", "FR"}
    assert len(gap["witness"]["country"]) == 2


def test_the_command_names_what_it_does_not_find(draft: RuleSetVersion) -> None:
    with pytest.raises(CommandError, match=r"There is no version 7 of the live rules\."):
        run("--version-number", "7")
    with pytest.raises(CommandError, match="of “nowhere”"):
        run("--rule-set", "nowhere")
