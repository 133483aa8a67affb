"""Rules of a draft in forms; what is published only shows."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leadrouter.common.errors import InvalidInput
from routing.models import (
    Decision,
    DestinationKind,
    RoutingRule,
    RuleChoice,
    RuleSet,
    RuleSetVersion,
    VersionState,
)
from routing.services.rule_order import add_rule, move_rule, order_rules, remove_rule
from tests.factories import (
    HoldingQueueFactory,
    LeadFactory,
    PoolFactory,
    RoutingRuleFactory,
    RuleSetFactory,
    RuleSetVersionFactory,
    SkillFactory,
    SourceFactory,
    make_catch_all,
)
from tests.routing.admin.organisation import make_rules

pytestmark = pytest.mark.django_db

US = {"all": [{"test": {"attribute": "country", "operator": "EQUALS", "value": "US"}}]}


def _choices(*choices: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    data: dict[str, Any] = {"choices-TOTAL_FORMS": "3", "choices-INITIAL_FORMS": str(initial)}
    for number, choice in enumerate(choices):
        data |= {f"choices-{number}-{name}": value for name, value in choice.items()}
    return data


def _rule(condition: Any = US, **more: Any) -> dict[str, Any]:
    text = condition if isinstance(condition, str) else json.dumps(condition)
    return {"name": "Americans", "is_enabled": "on", "condition": text, **more}


def _add_url(version: RuleSetVersion) -> str:
    return f"{reverse('admin:routing_routingrule_add')}?version={version.pk}"


@pytest.fixture
def draft(manager: Any) -> RuleSetVersion:
    return make_rules(manager).versions.get(state=VersionState.DRAFT)


def _names(version: RuleSetVersion) -> list[str]:
    return list(version.rules.order_by("position", "id").values_list("name", flat=True))


def test_a_manager_adds_a_rule_with_two_choices_before_the_catch_all(
    manager_client: Client, draft: RuleSetVersion
) -> None:
    pool, queue = PoolFactory(name="US desk"), HoldingQueueFactory(name="Later")
    data = _rule() | _choices(
        {"kind": "POOL", "pool": pool.pk, "reason": "left over from another kind"},
        {"kind": "HOLDING_QUEUE", "holding_queue": queue.pk, "pool": pool.pk},
    )
    response = manager_client.post(_add_url(draft), data, follow=True)
    text = response.content.decode()
    assert "country is US → goes to the pool “US desk”, else the holding queue “Later”" in text
    assert _names(draft) == ["German-speaking", "Americans", "Everything else"]
    first, second = RuleChoice.objects.filter(rule__name="Americans")
    assert (first.order, first.pool, first.reason) == (1, pool, "")
    assert (second.order, second.holding_queue, second.pool) == (2, queue, None)


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"kind": "POOL"}, "Choose the pool."),
        ({"kind": "REP"}, "Choose the rep."),
        ({"kind": "TERRITORY_OWNER"}, "Choose in which role they own it."),
        ({"kind": "HOLDING_QUEUE"}, "Choose the holding queue."),
        ({"kind": "NURTURE"}, "Name the nurture track."),
        ({"kind": "REJECT", "reason": " "}, "Say why it is rejected."),
        ({"nurture_track": "x"}, "Choose where the leads go."),
        ({}, "Say where the leads go: the first choice is empty."),
        ({"kind": "MARS"}, "Select a valid choice."),
        ({"kind": "POOL", "pool": "99999"}, "Select a valid choice."),
    ],
)
def test_a_choice_without_its_target_is_refused_in_a_sentence(
    manager_client: Client, draft: RuleSetVersion, choice: dict[str, str], sentence: str
) -> None:
    before = _names(draft)
    response = manager_client.post(_add_url(draft), _rule() | _choices(choice))
    assert response.status_code == 200
    text = response.content.decode()
    assert sentence in text
    assert "Constraint" not in text
    assert _names(draft) == before


@pytest.mark.parametrize(
    ("condition", "path", "sentence"),
    [
        (
            {"all": [{"test": {"attribute": "country", "operator": "EQUALS", "value": "USA"}}]},
            "all[0].value",
            "“USA” is not a valid country",
        ),
        (
            {"all": [{"not": {"test": {"attribute": "hair", "operator": "EQUALS", "value": "x"}}}]},
            "all[0].not.attribute",
            "There is no attribute called",
        ),
        ({"any": []}, "any", "“any” needs at least one condition"),
    ],
)
def test_a_wrong_condition_is_shown_at_its_place(
    manager_client: Client, draft: RuleSetVersion, condition: Any, path: str, sentence: str
) -> None:
    before = _names(draft)
    data = _rule(condition) | _choices({"kind": "REJECT", "reason": "x"})
    response = manager_client.post(_add_url(draft), data)
    field = response.context["adminform"].form.fields["condition"]
    assert [where for where, _ in json.loads(field.widget.attrs["data-errors"])] == [path]
    assert sentence in response.content.decode()
    assert _names(draft) == before


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "null", "[]", "7", '"x"', "NaN", "[" * 5000, '{"all": ' * 3000,
        '{"all": [{"test": {"attribute": "city", "operator": "EQUALS", "value": "\\u0000"}}]}',
        '{"all": [{"test": {"attribute": "city", "operator": "EQUALS", "value": "\\ud800"}}]}',
        '{"all": [{"test": {"attribute": "employees", "operator": "EQUALS", "value": Infinity}}]}',
        "x" * 300_000,
    ],
)  # fmt: skip
def test_no_text_in_the_condition_breaks_the_page(
    manager_client: Client, draft: RuleSetVersion, text: str
) -> None:
    before = _names(draft)
    data = _rule(text) | _choices({"kind": "REJECT", "reason": "x"})
    response = manager_client.post(_add_url(draft), data)
    assert response.status_code == 200
    assert "condition" in response.context["adminform"].form.errors
    assert _names(draft) == before
    url = reverse("admin:routing_routingrule_describe")
    answer = manager_client.post(url, text, content_type="text/plain")
    assert answer.status_code == 200
    assert answer.json()["errors"]


def test_a_condition_is_described_while_it_is_written(
    manager_client: Client, marketing_client: Client
) -> None:
    url = reverse("admin:routing_routingrule_describe")
    answer = manager_client.post(url, json.dumps(US), content_type="text/plain").json()
    assert answer == {"sentence": "country is US", "errors": [], "doubts": []}
    stray = {"test": {"attribute": "territory", "operator": "CONTAINS", "value": ["Icel"]}}
    answer = manager_client.post(url, json.dumps(stray), content_type="text/plain").json()
    assert answer["doubts"] == ["there is no territory “Icel”"]
    assert marketing_client.post(url, "{}", content_type="text/plain").status_code == 403
    assert manager_client.get(url).status_code == 405


@pytest.mark.parametrize("state", [VersionState.PUBLISHED, VersionState.RETIRED])
def test_rules_of_a_published_version_are_only_shown(
    manager_client: Client, draft: RuleSetVersion, state: str
) -> None:
    version = draft.rule_set.versions.get(state=VersionState.PUBLISHED)
    if state == VersionState.RETIRED:
        _publish(manager_client, draft)
    rule = version.rules.first()
    before = list(RoutingRule.objects.values())
    url = reverse("admin:routing_routingrule_change", args=[rule.pk])
    page = manager_client.get(url)
    assert "never changes" in page.content.decode()
    assert 'name="_save"' not in page.content.decode()
    data = _rule() | _choices({"kind": "REJECT", "reason": "x"})
    assert manager_client.post(url, data).status_code == 403
    delete = reverse("admin:routing_routingrule_delete", args=[rule.pk])
    assert manager_client.post(delete, {"post": "yes"}).status_code == 403
    assert manager_client.post(_add_url(version), data).status_code == 302
    move = reverse("admin:routing_rulesetversion_order", args=[version.pk])
    assert (
        "never changes"
        in manager_client.post(move, {"move": f"{rule.pk}:down"}, follow=True).content.decode()
    )
    assert list(RoutingRule.objects.values()) == before


def test_buttons_move_a_rule_up_and_down(manager_client: Client, draft: RuleSetVersion) -> None:
    rule = draft.rules.get(name="German-speaking")
    url = reverse("admin:routing_rulesetversion_order", args=[draft.pk])
    response = manager_client.post(url, {"move": f"{rule.pk}:down"})
    assert response["Location"].endswith(f"#down-{rule.pk}")
    assert _names(draft) == ["Everything else", "German-speaking"]
    manager_client.post(url, {"move": f"{rule.pk}:down"})  # already last
    assert _names(draft) == ["Everything else", "German-speaking"]
    manager_client.post(url, {"move": f"{rule.pk}:up"})
    assert _names(draft) == ["German-speaking", "Everything else"]
    assert manager_client.get(url).status_code == 405


def test_a_rule_goes_to_the_top_and_to_the_bottom_before_the_catch_all(
    manager_client: Client, draft: RuleSetVersion
) -> None:
    for name in ("A", "B"):
        add_rule(rule=RoutingRule(version=draft, name=name, condition=US))
    url = reverse("admin:routing_rulesetversion_order", args=[draft.pk])
    rule = draft.rules.get(name="B")
    response = manager_client.post(url, {"move": f"{rule.pk}:top"})
    assert response["Location"].endswith(f"#rule-{rule.pk}")
    assert _names(draft) == ["B", "German-speaking", "A", "Everything else"]
    manager_client.post(url, {"move": f"{rule.pk}:bottom"})
    assert _names(draft) == ["German-speaking", "A", "B", "Everything else"]
    positions = list(draft.rules.order_by("position").values_list("position", flat=True))
    assert positions == [1, 2, 3, 4]


def test_a_rule_with_tests_is_not_said_to_take_every_lead(
    manager_client: Client, draft: RuleSetVersion
) -> None:
    rule = draft.rules.get(name="German-speaking")
    url = reverse("admin:routing_routingrule_change", args=[rule.pk])
    assert "takes every lead" not in manager_client.get(url).content.decode()


@pytest.mark.parametrize("order", ["", "1", "1,1", "x,y", "9" * 40, "-1,2"])
def test_an_order_that_is_not_exactly_the_rules_is_refused(
    manager_client: Client, draft: RuleSetVersion, order: str
) -> None:
    before = _names(draft)
    url = reverse("admin:routing_rulesetversion_order", args=[draft.pk])
    text = manager_client.post(url, {"order": order}, follow=True).content.decode()
    assert "Somebody changed the rules meanwhile" in text
    assert _names(draft) == before


def test_dragging_puts_all_rules_into_the_posted_order(
    manager_client: Client, draft: RuleSetVersion
) -> None:
    ids = list(draft.rules.order_by("-position").values_list("pk", flat=True))
    url = reverse("admin:routing_rulesetversion_order", args=[draft.pk])
    manager_client.post(url, {"order": ",".join(map(str, ids))})
    assert list(draft.rules.order_by("position").values_list("pk", flat=True)) == ids


def test_positions_stay_without_gaps(draft: RuleSetVersion) -> None:
    for name in ("A", "B", "C"):
        add_rule(rule=RoutingRule(version=draft, name=name, condition=US))
    assert _names(draft) == ["German-speaking", "A", "B", "C", "Everything else"]
    move_rule(rule=draft.rules.get(name="C"), step=-1)
    remove_rule(rule=draft.rules.get(name="A"))
    assert _names(draft) == ["German-speaking", "C", "B", "Everything else"]
    assert list(draft.rules.order_by("position").values_list("position", flat=True)) == [1, 2, 3, 4]


def test_services_refuse_to_touch_a_published_version(draft: RuleSetVersion) -> None:
    version = draft.rule_set.versions.get(state=VersionState.PUBLISHED)
    rule = version.rules.first()
    assert rule is not None
    before = list(RoutingRule.objects.values())
    for refused in (
        lambda: move_rule(rule=rule, step=1),
        lambda: remove_rule(rule=rule),
        lambda: add_rule(rule=RoutingRule(version=version, name="x", condition=US)),
        lambda: order_rules(version=version, rule_ids=[]),
    ):
        with pytest.raises(InvalidInput, match="never changes"):
            refused()
    assert list(RoutingRule.objects.values()) == before


def _publish(client: Client, version: RuleSetVersion, note: str = "Why not") -> str:
    url = reverse("admin:routing_rulesetversion_publish", args=[version.pk])
    return client.post(url, {"note": note}, follow=True).content.decode()


def test_a_manager_publishes_and_rolls_back(
    manager_client: Client, manager: Any, draft: RuleSetVersion
) -> None:
    old = draft.rule_set.versions.get(state=VersionState.PUBLISHED)
    assert "is published: new leads follow it" in _publish(manager_client, draft, "US first")
    draft.refresh_from_db()
    old.refresh_from_db()
    assert (draft.state, draft.note, draft.published_by) == ("PUBLISHED", "US first", manager)
    assert old.state == VersionState.RETIRED
    url = reverse("admin:routing_rulesetversion_roll_back", args=[old.pk])
    text = manager_client.post(url, follow=True).content.decode()
    assert "is published, with the rules of 1" in text
    assert RuleSetVersion.objects.get(state=VersionState.PUBLISHED).number == 3


def test_publishing_needs_a_note_and_a_catch_all(
    manager_client: Client, draft: RuleSetVersion
) -> None:
    assert "This field is required" in _publish(manager_client, draft, "")
    draft.rules.get(name="Everything else").delete()
    page = manager_client.get(reverse("admin:routing_rulesetversion_publish", args=[draft.pk]))
    assert "Must be fixed" in page.content.decode()
    text = _publish(manager_client, draft)
    assert "The last rule must take every lead" in text
    draft.refresh_from_db()
    assert draft.state == VersionState.DRAFT
    assert RuleSetVersion.objects.get(state=VersionState.PUBLISHED).number == 1


def test_checking_lists_problems_and_changes_nothing(
    manager_client: Client, draft: RuleSetVersion
) -> None:
    before = list(RuleSetVersion.objects.values())
    url = reverse("admin:routing_rulesetversion_check", args=[draft.pk])
    assert "Nothing is wrong with these rules" in manager_client.get(url).content.decode()
    draft.rules.get(name="German-speaking").choices.all().delete()
    text = manager_client.get(url).content.decode()
    assert "“German-speaking” has no destination." in text
    assert list(RuleSetVersion.objects.values()) == before


def test_a_broken_condition_in_the_database_is_shown_and_not_a_crash(
    manager_client: Client, draft: RuleSetVersion
) -> None:
    rule = RoutingRuleFactory(version=draft, condition={"nonsense": 1})
    for url in (
        reverse("admin:routing_rulesetversion_change", args=[draft.pk]),
        reverse("admin:routing_routingrule_change", args=[rule.pk]),
        reverse("admin:routing_rulesetversion_check", args=[draft.pk]),
    ):
        assert manager_client.get(url).status_code == 200
    tester = reverse("admin:routing_rulesetversion_tester")
    data = _lead(draft)
    assert "cannot be read" in manager_client.post(tester, data).content.decode()


def test_the_first_rule_set_is_live_and_another_can_take_over(manager_client: Client) -> None:
    for name in ("First", "Second"):
        data = {"name": name, "slug": name.lower(), "timezone": "Europe/Berlin"}
        assert manager_client.post(reverse("admin:routing_ruleset_add"), data).status_code == 302
    first, second = RuleSet.objects.order_by("pk")
    assert (first.is_live, second.is_live) == (True, False)
    manager_client.post(reverse("admin:routing_ruleset_make_live", args=[second.pk]))
    assert list(RuleSet.objects.order_by("pk").values_list("is_live", flat=True)) == [False, True]


def test_a_draft_is_made_once(manager_client: Client, draft: RuleSetVersion) -> None:
    url = reverse("admin:routing_ruleset_create_draft", args=[draft.rule_set_id])
    text = manager_client.post(url, follow=True).content.decode()
    assert "“Create draft” is not possible" in text
    assert RuleSetVersion.objects.filter(state=VersionState.DRAFT).count() == 1


def _lead(draft: RuleSetVersion, **fields: str) -> dict[str, Any]:
    source = SourceFactory()
    return {
        "version": draft.pk, "source": source.pk, "channel": "WEB_FORM",
        "pasted": "Name: Ada Lovelace\nE-mail: ada@acme.example\nCountry: Germany",
    } | fields  # fmt: skip


def test_the_tester_says_where_a_lead_would_go_and_writes_nothing(
    manager_client: Client, draft: RuleSetVersion, django_assert_max_num_queries: Any
) -> None:
    url = reverse("admin:routing_rulesetversion_tester")
    with django_assert_max_num_queries(48):
        text = manager_client.post(url, _lead(draft)).content.decode()
    assert "It would go to Maria Desk." in text
    assert "German-speaking" in text
    assert not Decision.objects.exists()
    text = manager_client.post(url, _lead(draft, country="France")).content.decode()
    assert "It would be offered in the queue" in text


def test_the_tester_knows_people_who_are_known(
    manager_client: Client, draft: RuleSetVersion
) -> None:
    LeadFactory(email="ada@acme.example", full_name="Ada Lovelace")
    url = reverse("admin:routing_rulesetversion_tester")
    text = manager_client.post(url, _lead(draft)).content.decode()
    assert "This person is known already: Ada Lovelace" in text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"pasted": ""}, "Enter something about the lead"),
        ({"pasted": "Country: Germany"}, "This would not become a lead."),
        ({"version": "999999"}, "Select a valid choice"),
    ],
)
def test_the_tester_refuses_in_sentences(
    manager_client: Client, draft: RuleSetVersion, fields: dict[str, str], sentence: str
) -> None:
    url = reverse("admin:routing_rulesetversion_tester")
    assert sentence in manager_client.post(url, _lead(draft, **fields)).content.decode()


def test_an_empty_rule_set_leads_to_a_catch_all(manager_client: Client) -> None:
    version = RuleSetVersionFactory(rule_set=RuleSetFactory(is_live=True))
    page = manager_client.get(reverse("admin:routing_rulesetversion_change", args=[version.pk]))
    assert "No rules yet" in page.content.decode()
    make_catch_all(version)
    assert "is published" in _publish(manager_client, version)


def test_every_kind_of_destination_reads_well(manager_client: Client) -> None:
    version = RuleSetVersionFactory()
    for kind, target in (
        (DestinationKind.ACCOUNT_OWNER, {}),
        (DestinationKind.TERRITORY_OWNER, {"territory_role": "SDR"}),
        (DestinationKind.NURTURE, {"nurture_track": "newsletter"}),
        (DestinationKind.REJECT, {"reason": "student"}),
    ):
        make_catch_all(version, kind=kind, pool=None, **target)
    text = manager_client.get(
        reverse("admin:routing_rulesetversion_change", args=[version.pk])
    ).content.decode()
    for said in ("the owner of the account", "the SDR of the territory", "nurturing “newsletter”"):
        assert f"goes to {said}" in text


def test_a_choice_asks_for_a_skill_at_a_level(
    manager_client: Client, draft: RuleSetVersion
) -> None:
    skill, pool = SkillFactory(name="German"), PoolFactory(name="DACH")
    chosen = {"kind": "POOL", "pool": pool.pk, "required_skill": skill.pk, "required_level": "3"}
    text = manager_client.post(_add_url(draft), _rule() | _choices(chosen), follow=True).content
    assert "goes to the pool “DACH” (with German, level 3 or more)" in text.decode()
    assert RuleChoice.objects.get(pool=pool).required_level == 3


@pytest.mark.parametrize("level", ["0", "6", "x"])
def test_a_level_out_of_range_is_refused(
    manager_client: Client, draft: RuleSetVersion, level: str
) -> None:
    before = _names(draft)
    chosen = {
        "kind": "POOL", "pool": PoolFactory().pk, "required_skill": SkillFactory().pk,
        "required_level": level,
    }  # fmt: skip
    assert manager_client.post(_add_url(draft), _rule() | _choices(chosen)).status_code == 200
    assert _names(draft) == before
