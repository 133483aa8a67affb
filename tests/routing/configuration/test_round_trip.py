"""Out and in again."""

import json

import pytest
from django.utils import timezone

from reps.models import Rep
from routing.configuration.checking import SCHEMA_FILE, check_document
from routing.configuration.columns import Columns
from routing.configuration.document import parse_document, render_document
from routing.configuration.exporting import export_configuration
from routing.configuration.importing import import_configuration
from routing.engine.facts import Facts
from routing.models import RuleSet, VersionState
from tests.routing.configuration.organisations import erase_organisation, make_organisation

pytestmark = pytest.mark.django_db


def test_an_empty_database_receives_exactly_what_was_exported() -> None:
    make_organisation()
    text = render_document(export_configuration())
    erase_organisation()
    assert export_configuration() == {"leadrouter": 1}
    import_configuration(document=parse_document(text), now=timezone.now(), is_publishing=True)
    assert render_document(export_configuration()) == text


def test_importing_what_is_there_already_changes_no_row() -> None:
    rules = make_organisation()
    stamps = _stamps()
    report = import_configuration(
        document=export_configuration(), now=timezone.now(), is_publishing=True
    )
    assert report.differences == []
    assert report.kept == []
    assert _stamps() == stamps
    assert rules.versions.count() == 2


def _stamps() -> list[object]:
    from routing.configuration.writing import KEYED_MODELS

    return [
        value
        for model in KEYED_MODELS.values()
        if any(field.name == "updated_at" for field in model._meta.get_fields())
        for value in model.objects.order_by("pk").values_list("updated_at", flat=True)  # type: ignore[attr-defined]
    ]


def test_what_is_exported_fits_the_published_schema() -> None:
    make_organisation()
    assert check_document(export_configuration()) == []


@pytest.mark.parametrize(
    "window",
    [{}, {"from": "09:00"}, {"to": "09:00"}, {"days": []}, {"days": ["MO"]},
     {"from": "24:00", "to": "09:00"}, {"days": ["MON", "MON"]}],
)  # fmt: skip
def test_a_window_that_makes_no_sense_is_refused_at_its_place(window: object) -> None:
    make_organisation()
    document = export_configuration()
    document["rule_sets"][0]["published"]["rules"][0]["window"] = window
    problems = check_document(document)
    assert problems
    assert all(
        p.path.startswith("rule_sets[main].published.rules[Germany].window") for p in problems
    )


def test_every_column_of_the_configuration_is_in_the_schema() -> None:
    from routing.configuration import columns

    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    text = json.dumps(schema)
    shapes = [value for value in vars(columns).values() if isinstance(value, Columns)]
    assert len(shapes) > 10
    keyed = (columns.MEMBER, columns.REP_SKILL, columns.POOL_SKILL)  # by slug, without names
    for shape in shapes:
        for name in shape.names:
            assert f'"{name}"' in text or shape in keyed


def test_no_secret_is_exported() -> None:
    from tests.factories import PASSWORD, ApiKeyFactory

    make_organisation()
    key = ApiKeyFactory()
    text = render_document(export_configuration())
    for user in (rep.user for rep in Rep.objects.select_related("user")):
        assert user.password not in text
    for secret in (PASSWORD, key.plain, key.key_hash, key.endpoint.public_id):
        assert secret not in text


def test_imported_people_cannot_sign_in_until_they_choose_a_password() -> None:
    make_organisation()
    document = export_configuration()
    erase_organisation()
    import_configuration(document=document, now=timezone.now())
    for rep in Rep.objects.select_related("user"):
        assert not rep.user.has_usable_password()
        assert not rep.user.is_staff
        assert list(rep.user.groups.values_list("name", flat=True)) == ["rep"]


def test_the_imported_rules_decide_as_the_exported_ones() -> None:
    from routing.engine.conditions import holds
    from routing.selectors.plans import list_engine_rules

    rules = make_organisation()
    facts: Facts = {"country": "DE"}
    document = export_configuration()
    before = [
        (rule.name, holds(rule.condition, facts), len(rule.choices))
        for rule in list_engine_rules(rules.versions.get(state=VersionState.PUBLISHED))
    ]
    erase_organisation()
    import_configuration(document=document, now=timezone.now(), is_publishing=True)
    version = RuleSet.objects.get().versions.get(state=VersionState.PUBLISHED)
    after = [
        (rule.name, holds(rule.condition, facts), len(rule.choices))
        for rule in list_engine_rules(version)
    ]
    assert before == after
    assert before[0] == ("Germany", True, 8)
