"""Changing an organisation by a file."""

import copy
from typing import Any

import pytest
from django.utils import timezone

from reps.models import Rep, Team
from routing.configuration.document import Document
from routing.configuration.errors import ConfigurationError
from routing.configuration.exporting import export_configuration
from routing.configuration.importing import ImportReport, import_configuration
from routing.models import Pool, PoolMember, RuleSetVersion, Territory, VersionState
from tests.factories import AssignmentFactory
from tests.routing.configuration.organisations import make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def document() -> Document:
    make_organisation()
    return copy.deepcopy(export_configuration())


def _import(document: Document, **options: bool) -> ImportReport:
    return import_configuration(document=document, now=timezone.now(), **options)


def _entry(document: Document, section: str, slug: str) -> dict[str, Any]:
    return next(entry for entry in document[section] if entry["slug"] == slug)


def test_only_the_field_that_differs_is_changed(document: Document) -> None:
    _entry(document, "pools", "smb")["members"]["maria-weber"] = 7
    untouched = Pool.objects.get(slug="smb").updated_at
    report = _import(document)
    (difference,) = report.differences
    assert (difference.kind, difference.section, difference.key) == ("changed", "pools", "smb")
    assert difference.fields == (("members.maria-weber", 3, 7),)
    assert PoolMember.objects.get(rep__slug="maria-weber").weight == 7
    assert Pool.objects.get(slug="smb").updated_at == untouched


def test_a_dry_run_tells_the_same_and_writes_nothing(document: Document) -> None:
    before = export_configuration()
    document["teams"].append({"slug": "vienna", "name": "Vienna"})
    _entry(document, "reps", "maria-weber")["max_open_leads"] = 5
    dry = _import(document, is_dry_run=True)
    assert export_configuration() == before
    assert not Team.objects.filter(slug="vienna").exists()
    assert _import(document).differences == dry.differences
    assert [(d.kind, d.key) for d in dry.differences] == [
        ("added", "vienna"),
        ("changed", "maria-weber"),
    ]


def test_a_field_left_out_has_its_default(document: Document) -> None:
    del _entry(document, "reps", "maria-weber")["max_open_leads"]
    _import(document)
    assert Rep.objects.get(slug="maria-weber").max_open_leads is None


def test_a_section_left_out_stays_as_it_is(document: Document) -> None:
    before = export_configuration()
    report = _import({"leadrouter": 1, "skills": document["skills"]}, is_pruning=True)
    assert (report.differences, report.kept) == ([], [])
    assert export_configuration() == before


def test_what_the_file_does_not_list_is_kept_and_named(document: Document) -> None:
    document["territories"] = [_entry(document, "territories", "zz-world")]
    report = _import(document)
    assert report.kept == [("territories", "bavaria")]
    assert Territory.objects.filter(slug="bavaria").exists()


def test_pruning_deletes_parents_and_children_that_are_not_listed(document: Document) -> None:
    document["territories"] = []
    report = _import(document, is_pruning=True)
    assert [(d.kind, d.key) for d in report.differences] == [
        ("removed", "bavaria"),
        ("removed", "zz-world"),
    ]
    assert not Territory.objects.exists()


def test_pruning_switches_off_what_has_a_history(document: Document) -> None:
    rep = Rep.objects.get(slug="jonas-fischer")
    AssignmentFactory(rep=rep)
    document["reps"].remove(_entry(document, "reps", "jonas-fischer"))
    for entry in document["pools"]:
        entry["members"].pop("jonas-fischer", None)
    for entry in document["holding_queues"]:
        entry.pop("reps", None)
    report = _import(document, is_pruning=True)
    rep.refresh_from_db()
    assert not rep.is_active
    assert rep.deactivated_at is not None
    assert any("switched off" in note and "jonas-fischer" in note for note in report.notes)


def test_who_leaves_a_pool_keeps_their_balance_of_turns(document: Document) -> None:
    member = PoolMember.objects.get(rep__slug="jonas-fischer")
    PoolMember.objects.filter(pk=member.pk).update(balance_microturns=250_000)
    del _entry(document, "pools", "smb")["members"]["jonas-fischer"]
    _import(document)
    member.refresh_from_db()
    assert (member.is_active, member.balance_microturns) == (False, 250_000)
    _entry(document, "pools", "smb")["members"]["jonas-fischer"] = 1
    _import(document)
    member.refresh_from_db()
    assert (member.is_active, member.balance_microturns) == (True, 250_000)


def test_changed_rules_become_a_draft_and_the_published_ones_stay(document: Document) -> None:
    RuleSetVersion.objects.get(state=VersionState.DRAFT).delete()
    del document["rule_sets"][0]["draft"]
    document["rule_sets"][0]["published"]["rules"][0]["name"] = "Deutschland"
    report = _import(document)
    published = RuleSetVersion.objects.get(state=VersionState.PUBLISHED)
    draft = RuleSetVersion.objects.get(state=VersionState.DRAFT)
    assert published.rules.first().name == "Germany"
    assert draft.rules.first().name == "Deutschland"
    assert draft.rules.first().key == published.rules.first().key
    assert "--publish" in report.notes[0]
    (difference,) = report.differences
    assert difference.fields == (
        ("draft against published.rules[Deutschland].name", "Germany", "Deutschland"),
    )


def test_publishing_retires_the_rules_before(document: Document) -> None:
    old = RuleSetVersion.objects.get(state=VersionState.PUBLISHED)
    document["rule_sets"][0]["published"]["rules"][0]["name"] = "Deutschland"
    _import(document, is_publishing=True, is_replacing_drafts=True)
    old.refresh_from_db()
    assert old.state == VersionState.RETIRED
    assert old.rules.first().name == "Germany"
    assert export_configuration()["rule_sets"] == document["rule_sets"]


def test_a_draft_somebody_works_on_is_not_overwritten_unasked(document: Document) -> None:
    document["rule_sets"][0]["published"]["rules"][0]["name"] = "Deutschland"
    before = export_configuration()
    with pytest.raises(ConfigurationError, match="Somebody is working on draft 2"):
        _import(document, is_publishing=True)
    assert export_configuration() == before


def test_rules_without_keys_keep_those_of_their_names(document: Document) -> None:
    for rule in document["rule_sets"][0]["published"]["rules"]:
        del rule["key"]
    assert _import(document).differences == []


def test_rules_that_may_not_be_published_change_nothing(document: Document) -> None:
    before = export_configuration()
    document["teams"].append({"slug": "vienna", "name": "Vienna"})
    document["rule_sets"][0]["published"]["rules"].pop()
    with pytest.raises(ConfigurationError, match="last rule must take every lead"):
        _import(document, is_publishing=True, is_replacing_drafts=True)
    assert export_configuration() == before


def _unknown_field(document: Document) -> None:
    _entry(document, "pools", "smb")["stratgy"] = "WEIGHTED"


def _unknown_rep(document: Document) -> None:
    _entry(document, "pools", "smb")["members"]["nobody"] = 1


def _unknown_pool_in_rule(document: Document) -> None:
    document["rule_sets"][0]["published"]["rules"][0]["then"] = [{"pool": "nowhere"}]


def _two_targets(document: Document) -> None:
    document["rule_sets"][0]["published"]["rules"][0]["then"] = [{"pool": "smb", "reject": "No"}]


def _bad_condition(document: Document) -> None:
    test = {"attribute": "contry", "operator": "EQUALS", "value": "DE"}
    document["rule_sets"][0]["published"]["rules"][0]["when"] = {"all": [{"test": test}]}


def _bad_zone(document: Document) -> None:
    _entry(document, "teams", "berlin")["timezone"] = "Mars/Olympus"


def _circle(document: Document) -> None:
    _entry(document, "territories", "zz-world")["parent"] = "bavaria"


def _twice(document: Document) -> None:
    document["skills"].append(dict(document["skills"][0]))


def _weight(document: Document) -> None:
    _entry(document, "pools", "smb")["members"]["maria-weber"] = 0


def _no_such_day(document: Document) -> None:
    document["holidays"][0]["on"] = "2030-02-30"


def _owner_ends_first(document: Document) -> None:
    _entry(document, "territories", "bavaria")["owners"][1]["ends_on"] = "2020-01-01"


def _hours_twice(document: Document) -> None:
    hours = {"days": ["MON"], "from": "09:00", "to": "12:00"}
    _entry(document, "teams", "berlin")["working_hours"] = [hours, hours | {"to": "13:00"}]


def _naive_moment(document: Document) -> None:
    document["rule_sets"][0]["published"]["rules"][0]["starts_at"] = "2030-01-01T09:00"


@pytest.mark.parametrize(
    ("spoil", "path", "reason"),
    [
        (_unknown_field, "pools[smb]", "Did you mean “strategy”?"),
        (_unknown_rep, "pools[smb].members[nobody].rep", "“nobody” is not among the reps."),
        (_unknown_pool_in_rule, "rule_sets[main].published.rules[Germany].then[0].pool", "nowhere"),
        (_two_targets, "rule_sets[main].published.rules[Germany].then[0]", "exactly one destination"),
        (_bad_condition, "rule_sets[main].published.rules[Germany].when.all[0]", "contry"),
        (_bad_zone, "teams[berlin].timezone", "Mars/Olympus"),
        (_circle, "territories", "bavaria, zz-world"),
        (_twice, "skills[german]", "listed twice"),
        (_weight, "pools[smb].members.maria-weber", "less than the minimum"),
        (_no_such_day, "holidays[DE 2030-02-30]", "does not exist"),
        (_owner_ends_first, "territories[bavaria].owners", ""),
        (_hours_twice, "teams[berlin].working_hours", "MON 09:00"),
        (_naive_moment, "rule_sets[main].published.rules[Germany].starts_at", "offset"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place_and_nothing_is_written(
    document: Document, spoil: Any, path: str, reason: str
) -> None:
    before = export_configuration()
    document["teams"].append({"slug": "vienna", "name": "Vienna"})
    spoil(document)
    with pytest.raises(ConfigurationError) as caught:
        _import(document)
    assert any(
        problem.path.startswith(path) and reason in problem.reason
        for problem in caught.value.problems
    ), caught.value.message
    assert export_configuration() == before


def test_all_mistakes_are_told_at_once(document: Document) -> None:
    _unknown_rep(document)
    _bad_zone(document)
    with pytest.raises(ConfigurationError) as caught:
        _import(document)
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("flag", [True, False])
def test_the_former_name_of_the_known_owner_still_reads(flag: bool) -> None:
    make_organisation()
    document = export_configuration()
    pool = document["pools"][0]
    for name in ("sticky_by_person", "sticky_by_account", "sticky_days"):
        pool.pop(name, None)
    pool["is_sticky"] = flag
    _import(document)
    row = Pool.objects.get(slug=pool["slug"])
    assert (row.sticky_by_person, row.sticky_by_account) == (flag, flag)
