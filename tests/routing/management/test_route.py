"""manage.py route: deciding about a file, and nothing else."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from leads.models import ImportBatch, IntakeItem, Lead, LeadIdentity
from routing.models import Pool, RuleSetVersion
from tests.factories import (
    AssignmentFactory,
    LeadFactory,
    PoolFactory,
    RepFactory,
    RoutingRuleFactory,
    RuleChoiceFactory,
    RuleSetFactory,
    RuleSetVersionFactory,
    SourceFactory,
    make_catch_all,
)

pytestmark = pytest.mark.django_db
CSV = """Name;E-Mail;Land;Firma
Anna Schmidt;anna@acme.example;Germany;Acme
Ben Jones;ben@wide.example;US;Wide
Broken Row;not an address;US;Wide
Anna Schmidt;ANNA@acme.example;Germany;Acme
Carla Diaz;carla@nord.example;Germany;Nord
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "fair.csv"
    path.write_text(CSV, encoding="utf-8")
    return path


@pytest.fixture
def rules() -> RuleSetVersion:
    version: RuleSetVersion = RuleSetVersionFactory(
        rule_set=RuleSetFactory(is_live=True), published=True
    )
    condition = {"test": {"attribute": "country", "operator": "EQUALS", "value": "DE"}}
    rule = RoutingRuleFactory(version=version, name="Germany", condition=condition)
    pool = PoolFactory(
        name="DACH", reps=[RepFactory(name="Maria Weber"), RepFactory(name="Jonas Fischer")]
    )
    RuleChoiceFactory(rule=rule, pool=pool)
    make_catch_all(version)
    return version


def _counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def _run(*arguments: object) -> str:
    out = StringIO()
    call_command("route", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_each_row_is_decided_with_its_reason_and_no_row_is_written(
    rules: RuleSetVersion, file: Path
) -> None:
    before, pool = _counts(), Pool.objects.values().get()
    lines = [json.loads(line) for line in _run(file, "--dry-run", "--format", "jsonl").splitlines()]
    assert [line["outcome"] for line in lines] == [
        "ASSIGNED", "QUEUED", "REFUSED", "REPEATED", "ASSIGNED"
    ]  # fmt: skip
    assert [line["row"] for line in lines] == [2, 3, 4, 5, 6]
    assert {lines[0]["went_to"], lines[4]["went_to"]} == {"Maria Weber", "Jonas Fischer"}
    assert lines[0]["rule"] == "Germany"
    assert any("Jonas Fischer" in reason for reason in lines[0]["reasons"])
    assert lines[3]["reasons"] == ["The same person as in row 2."]
    assert _counts() == before
    assert Pool.objects.values().get() == pool


def test_the_table_says_what_became_of_how_many(rules: RuleSetVersion, file: Path) -> None:
    text = _run(file, "--dry-run")
    assert "Anna Schmidt" in text
    assert "2 ASSIGNED, 1 QUEUED, 1 REFUSED, 1 REPEATED. Dry run: nothing was written." in text


def test_a_person_who_is_a_lead_already_keeps_their_owner(
    rules: RuleSetVersion, file: Path
) -> None:
    lead = LeadFactory(email="anna@acme.example")
    assert LeadIdentity.objects.filter(lead=lead).exists()
    owner = AssignmentFactory(lead=lead).rep
    line = json.loads(_run(file, "--dry-run", "--format", "jsonl").splitlines()[0])
    assert (line["outcome"], line["went_to"]) == ("KNOWN", owner.name)


def test_a_column_can_be_mapped_by_hand(rules: RuleSetVersion, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Xyz,Qrs\nanna@acme.example,DE\n", encoding="utf-8")
    text = _run(path, "--dry-run", "--mapping", "Xyz=email,Qrs=country", "--format", "jsonl")
    assert json.loads(text)["rule"] == "Germany"


def test_a_country_can_be_given_for_rows_without_one(rules: RuleSetVersion, tmp_path: Path) -> None:
    path = tmp_path / "phones.csv"
    path.write_text("Name,Phone\nAnna Schmidt,030 23125 123\n", encoding="utf-8")
    refused = json.loads(_run(path, "--dry-run", "--format", "jsonl"))
    read = json.loads(_run(path, "--dry-run", "--format", "jsonl", "--country", "de"))
    assert refused["outcome"] == "REFUSED"
    assert read["outcome"] in {"ASSIGNED", "QUEUED"}


@pytest.mark.parametrize(
    ("content", "arguments", "sentence"),
    [
        (CSV, [], "upload it on the Imports page or give --import SOURCE"),
        (CSV, ["--dry-run", "--import", "fair"], "Say --dry-run"),
        ("", ["--dry-run"], "empty"),
        ("Colour,Shape\nred,round\n", ["--dry-run"], "e-mail address or the phone number"),
        (CSV, ["--dry-run", "--mapping", "Nope=email"], "no column “Nope”"),
        (CSV, ["--dry-run", "--mapping", "Name"], "HEADER=FIELD"),
        (CSV, ["--dry-run", "--source", "nowhere"], "There is no source “nowhere”"),
        (CSV, ["--import", "nowhere"], "There is no source “nowhere”"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence_and_nothing_is_written(
    rules: RuleSetVersion, tmp_path: Path, content: str, arguments: list[str], sentence: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(content, encoding="utf-8")
    before = _counts()
    with pytest.raises(CommandError) as caught:
        _run(path, *arguments)
    assert sentence in str(caught.value)
    assert _counts() == before


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        _run(tmp_path / "nothing.csv", "--dry-run")


def test_without_published_rules_nothing_can_be_decided(file: Path) -> None:
    with pytest.raises(CommandError, match="No rules are published"):
        _run(file, "--dry-run")


def test_import_runs_the_real_import(rules: RuleSetVersion, file: Path) -> None:
    SourceFactory(slug="fair")
    text = _run(file, "--import", "fair")
    assert ImportBatch.objects.get().state == "DONE"
    assert f"{IntakeItem.objects.count()} rows accepted" in text
    assert not Lead.objects.exists()
