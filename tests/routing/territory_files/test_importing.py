"""A file of territories: what it would change, what is wrong with it, and what applying it does."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leadrouter.common.errors import InvalidInput
from leads.files.limits import FileRefused
from reps.models import Rep
from routing.models import Territory, TerritoryOwner
from routing.selectors.plans import list_engine_territories
from routing.territory_files.current import read_current
from routing.territory_files.difference import Difference
from routing.territory_files.effect import find_effect
from routing.territory_files.exporting import FORMATS, list_owner_rows, list_rows
from routing.territory_files.importing import (
    ChangedMeanwhile,
    FileOfTerritories,
    apply_file,
    find_difference,
)
from tests.factories import (
    LeadFactory,
    TerritoryFactory,
    TerritoryOwnerFactory,
    make_manager,
    make_rep,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def reps() -> list[Rep]:
    return [make_rep(name="Maria Weber"), make_rep(name="Sam Carter")]


def look(text: str | bytes, *, name: str = "a.csv", off: bool = False) -> Difference:
    content = text if isinstance(text, bytes) else text.encode()
    return find_difference(FileOfTerritories(content, name, off), today=TODAY)[0]


def apply(
    text: str | bytes, *, user: Any = None, off: bool = False, seen: str | None = None
) -> Difference:
    content = text if isinstance(text, bytes) else text.encode()
    file = FileOfTerritories(content, "a.csv", off)
    return apply_file(file=file, user=user, today=TODAY, now=NOW, seen=seen)


def everything() -> list[Any]:
    return [
        list(Territory.objects.order_by("pk").values()),
        list(TerritoryOwner.objects.order_by("pk").values()),
    ]


def problems(difference: Difference) -> dict[tuple[int, str], str]:
    return {(one.row, one.field): one.reason for one in difference.problems}


def make_world(reps: list[Rep]) -> None:
    """A bit of everything, also what no form would take."""
    europe = TerritoryFactory(name="=Europe", slug="europe", countries=["DE", "AT", "CH"])
    south = TerritoryFactory(
        name="South, and 'more'", slug="south", parent=europe, priority=-5,
        postal_prefixes=["01", "80"], postal_ranges=[["01000", "01999"]],
        subdivisions=["DE-BY"], industries=["Food, Beverage", 'Soft "ware"'],
        employees_min=10, employees_max=2_000,
    )  # fmt: skip
    TerritoryFactory(name="Old", slug="old", is_active=False, countries=["XX"])
    TerritoryFactory(
        name="Named", slug="named", named_domains=[f"company-{n}.example" for n in range(3_000)]
    )
    TerritoryOwnerFactory(
        territory=europe, rep=reps[0], starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 1)
    )
    TerritoryOwnerFactory(territory=europe, rep=reps[1], starts_on=date(2026, 1, 1))
    TerritoryOwnerFactory(
        territory=europe, rep=reps[1], role="MANAGER", starts_on=date(2024, 2, 29)
    )
    TerritoryOwnerFactory(territory=south, rep=reps[0], role="SDR", starts_on=date(2026, 5, 1))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("rows_of", [list_rows, list_owner_rows])
def test_what_is_exported_comes_back_without_a_difference(
    kind: str, rows_of: Any, reps: list[Rep]
) -> None:
    make_world(reps)
    before = everything()
    content = FORMATS[kind][1](rows_of(read_current().states))
    difference = look(content, name=f"a.{kind}", off=True)
    assert (difference.changes, difference.problems, difference.missing) == ([], [], [])
    assert difference.warnings == []
    assert difference.unchanged == (4 if rows_of is list_rows else 2)
    apply(content)
    assert everything() == before


def test_a_file_brings_back_all_of_a_lost_organisation(reps: list[Rep]) -> None:
    make_world(reps)
    states = read_current().states
    content = FORMATS["csv"][1](list_rows(states))
    content = content.replace(b"XX", b"FR")  # no country code, so it may stay but not come
    states["old"]["countries"] = ["FR"]
    TerritoryOwner.objects.all().delete()
    Territory.objects.update(parent=None)
    Territory.objects.all().delete()
    difference = apply(content)
    assert difference.counts == {"new": 4}
    assert read_current().states == states
    assert len(list_engine_territories()) == 3


def test_no_cell_of_an_export_is_a_formula(reps: list[Rep]) -> None:
    make_world(reps)
    text = FORMATS["csv"][1](list_rows(read_current().states)).decode("utf-8-sig")
    assert "europe,'=Europe," in text
    assert ",=Europe" not in text


def test_only_what_the_file_says_is_changed_and_each_change_is_told(reps: list[Rep]) -> None:
    make_world(reps)
    difference = look("slug;priority;countries\neurope;7;DE, AT, FR\nsouth;-5;\n")
    assert difference.counts == {"changed": 1}
    (change,) = difference.changes
    assert [(one.label, one.before, one.after) for one in change.fields] == [
        ("Priority", "0", "7"),
        ("Countries", "DE, AT, CH", "DE, AT, FR"),
    ]
    assert difference.unchanged == 1
    assert [slug for slug, _ in difference.missing] == ["named"]


def test_of_a_long_list_only_the_difference_is_told() -> None:
    TerritoryFactory(slug="named", named_domains=[f"c{n}.example" for n in range(20)])
    wanted = ", ".join([f"c{n}.example" for n in range(1, 20)] + ["new.example"])
    (change,) = look(f'slug,named_domains\nnamed,"{wanted}"\n').changes
    assert change.fields[0].before == "20 values"
    assert change.fields[0].after == "20 values, with new.example and without c0.example"


def test_the_order_within_a_list_is_no_difference() -> None:
    TerritoryFactory(slug="dach", countries=["DE", "AT"])
    assert look('slug,countries\ndach,"AT, de"\n').changes == []


UGLY = """\
Slug;Name;Parent;Priority;Countries;Subdivisions;Postal_prefixes;Postal_ranges;Employees_min;Employees_max;Named_domains;Is_active;AE;AE_from;AE_until
müll;Müll;;;;;;;;;;;;;
a;Süd;b;;;;;;;;;;;;
b;Nord;a;;;;;;;;;;;;
c;Ost;nowhere;x;DE, XX;US-ZZ;8?;10-2;50;10;acme;perhaps;Nobody Known;2026-01-01;
d;West;;;;;;;50;10;;;;;
e;Mitte;e;99999;;;;;;;;;Maria Weber;2026-02-30;
f;Mitte;;;;;;;;;;;Maria Weber; 2026-01-01;2026-01-01
g;Rand;;;;;;;;;;;Maria Weber; Sam Carter;2026-01-01;
d;Zweimal;;;;;;;;;;;;;
h;;;;;;;;;;;;;;
"""


def test_every_wrong_value_of_an_ugly_file_says_its_row_its_column_and_why(reps: list[Rep]) -> None:
    before = everything()
    text = UGLY.replace(
        "Maria Weber; Sam Carter;2026-01-01;", '"Maria Weber; Sam Carter";"2026-01-01; 2026-02-01";'
    )
    content = b"\xef\xbb\xbf" + text.encode()
    found = problems(look(content))
    latin = problems(look(text.encode("latin-1")))
    assert latin == found
    said = {
        (2, "slug"): "“müll” is not a slug",
        (3, "parent"): "These lie inside each other in a circle: a, b, a.",
        (4, "parent"): "in a circle: a, b, a.",
        (5, "priority"): "“x” is not a whole number.",
        (5, "countries"): "“XX” is not a country code.",
        (5, "subdivisions"): "“US-ZZ” is not a state or region code",
        (5, "postal_prefixes"): "“8?” is not the beginning of a postal code.",
        (5, "postal_ranges"): "“10-2”: 10 and 2 differ in length",
        (5, "named_domains"): "“acme” is not a web domain",
        (5, "is_active"): "“perhaps” is neither yes nor no.",
        (5, "ae"): "“Nobody Known” is not a rep",
        (6, "employees_max"): "At most 10 is less than at least 50.",
        (7, "priority"): "99,999 is not between -32,768 and 32,767.",
        (7, "ae_from"): "“2026-02-30” is a day that does not exist.",
        (8, "ae"): "Maria Weber ends before starting.",
        (9, "ae"): "Maria Weber and Sam Carter both own it as AE on 01 Feb 2026",
        (10, "slug"): "“d” is in row 6 as well.",
        (11, "name"): "The name is missing.",
    }
    assert said.keys() == found.keys()
    for key, sentence in said.items():
        assert sentence in found[key], key
    with pytest.raises(InvalidInput) as refusal:
        apply(content)
    assert "row 5, countries" in refusal.value.fields
    assert everything() == before


def test_unknown_parents_own_parents_and_taken_names_are_refused() -> None:
    TerritoryFactory(name="Taken", slug="taken")
    found = problems(look("slug,name,parent\nx,X,nowhere\ny,Y,y\nz,Taken,\n"))
    assert found[2, "parent"] == "“nowhere” is not the slug of a territory, here or in this file."
    assert found[3, "parent"] == "A territory cannot lie inside itself."
    assert found[4, "name"] == "Another territory is called “Taken” as well."


def test_a_circle_through_territories_that_are_not_in_the_file_is_found() -> None:
    top = TerritoryFactory(slug="top")
    middle = TerritoryFactory(slug="middle", parent=top)
    TerritoryFactory(slug="low", parent=middle)
    found = problems(look("slug,parent\ntop,low\n"))
    assert "in a circle: top, low, middle, top" in found[2, "parent"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name,parent\nX,Y\n", "The file has no column “slug”"),
        ("slug,Slug_\na,b\n", "The column “slug” is there twice."),
        ("", "The file is empty."),
        ("slug,name\n", "no rows under it"),
    ],
)
def test_a_file_without_the_columns_or_rows_is_refused_whole(text: str, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        look(text)


def test_columns_that_mean_nothing_are_named() -> None:
    (warning,) = look("slug,name,colour\nx,X,red\n").warnings
    assert "“colour”" in warning


def test_new_territories_may_come_before_their_parents_and_names_may_be_exchanged() -> None:
    first = TerritoryFactory(name="First", slug="first")
    second = TerritoryFactory(name="Second", slug="second")
    apply(
        "slug,name,parent\nleaf,Leaf,branch\nbranch,Branch,root\nroot,Root,\nfirst,Second,\nsecond,First,\n"
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.name, second.name) == ("Second", "First")
    leaf = Territory.objects.select_related("parent__parent").get(slug="leaf")
    assert leaf.parent is not None
    assert leaf.parent.parent is not None
    assert leaf.parent.parent.slug == "root"


def test_a_name_without_days_hands_over_from_today(reps: list[Rep]) -> None:
    dach = TerritoryFactory(slug="dach")
    TerritoryOwnerFactory(territory=dach, rep=reps[0], starts_on=date(2025, 1, 1))
    TerritoryOwnerFactory(territory=dach, rep=reps[0], role="SDR", starts_on=date(2025, 1, 1))
    text = "slug,ae,sdr\ndach,sam-carter,maria-weber\n"
    (change,) = look(text).changes
    (field,) = change.fields
    assert field.before == "Maria Weber from 2025-01-01"
    assert field.after == "Maria Weber from 2025-01-01 until 2026-03-02; Sam Carter from 2026-03-02"
    apply(text)
    assert look(text).changes == []
    rows = TerritoryOwner.objects.filter(role="AE").values_list("rep__slug", "starts_on", "ends_on")
    assert list(rows.order_by("starts_on")) == [
        ("maria-weber", date(2025, 1, 1), TODAY), ("sam-carter", TODAY, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "word", ["maria-weber", "MARIA-WEBER", "maria-weber@example.com", "maria weber"]
)
def test_a_rep_is_known_by_slug_user_name_address_or_name(word: str, reps: list[Rep]) -> None:
    TerritoryFactory(slug="dach")
    difference = look(f"slug,ae,ae_from\ndach,{word},2026-01-01\n")
    assert difference.problems == []
    assert difference.states["dach"]["AE"][0].rep == "maria-weber"


def test_a_name_that_two_reps_share_is_refused(reps: list[Rep]) -> None:
    make_rep(name="Maria Weber", slug="maria-2")
    TerritoryFactory(slug="dach")
    found = problems(look("slug,ae,ae_from\ndach,Maria Weber,2026-01-01\n"))
    assert "the name of several reps; write one of maria-2, maria-weber" in found[2, "ae"]


def test_a_file_of_owners_changes_only_the_roles_it_names(reps: list[Rep]) -> None:
    make_world(reps)
    text = (
        "Territory;Role;Rep;From;Until\neurope;ae;maria-weber;2026-04-01;\nsouth;AE;sam-carter;1.4.2026;\n"
        "europe;manager;;;\n"
    )
    difference = apply(text)
    assert difference.counts == {"changed": 2}
    assert difference.missing == []
    rows = TerritoryOwner.objects.values_list("territory__slug", "role", "rep__slug", "starts_on")
    assert sorted(rows) == [
        ("europe", "AE", "maria-weber", date(2026, 4, 1)),
        ("south", "AE", "sam-carter", date(2026, 4, 1)),
        ("south", "SDR", "maria-weber", date(2026, 5, 1)),
    ]


def test_a_file_of_owners_says_what_is_wrong_by_row(reps: list[Rep]) -> None:
    TerritoryFactory(slug="dach")
    found = problems(
        look(
            "territory,role,rep,from,until\nnowhere,AE,maria-weber,2026-01-01,\n"
            "dach,BOSS,maria-weber,2026-01-01,\ndach,AE,x,2026-01-01,\ndach,AE,maria-weber,,\n"
        )
    )
    assert "not the slug of a territory" in found[2, "territory"]
    assert "“BOSS” is not a role: write one of SDR, AE, MANAGER." in found[3, "role"]
    assert "“x” is not a rep" in found[4, "rep"]
    assert found[5, "from"] == "Say from which day the rep owns it."


def test_what_the_file_does_not_name_is_kept_or_switched_off(reps: list[Rep]) -> None:
    make_world(reps)
    text = "slug\neurope\n"
    assert look(text).changes == []
    difference = apply(text, off=True)
    assert difference.counts == {"off": 2}
    active = Territory.objects.filter(is_active=True).values_list("slug", flat=True)
    assert list(active) == ["europe"]
    assert TerritoryOwner.objects.count() == 4


def test_nothing_is_written_when_the_territories_changed_since_they_were_shown() -> None:
    dach = TerritoryFactory(slug="dach", priority=1)
    text = "slug,priority\ndach,5\n"
    seen = look(text).fingerprint
    Territory.objects.update(priority=3)
    with pytest.raises(ChangedMeanwhile):
        apply(text, seen=seen)
    dach.refresh_from_db()
    assert dach.priority == 3
    apply(text, seen=look(text).fingerprint)
    dach.refresh_from_db()
    assert dach.priority == 5


def test_who_did_it_stands_in_the_history_of_each_territory(reps: list[Rep]) -> None:
    make_world(reps)
    manager = make_manager()
    apply("slug,name,priority\neurope,Europe,1\nnew,New,\n", user=manager)
    said = {
        entry.object_repr: (entry.action_flag, entry.change_message, entry.user_id)
        for entry in LogEntry.objects.all()
    }
    assert said == {
        "Europe": (2, "By a file: Name, Priority.", manager.pk),
        "New": (1, "By a file.", manager.pk),
    }
    europe = Territory.objects.get(slug="europe")
    assert europe.updated_at == NOW


def test_a_thousand_rows_take_as_many_statements_as_one(reps: list[Rep]) -> None:
    def count(rows: list[str], words: str) -> int:
        text = f"slug,name,parent,priority,ae,ae_from\n{''.join(rows)}"
        with CaptureQueriesContext(connection) as captured:
            assert apply(text, user=make_manager()).counts == {words: len(rows)}
        return len(captured)

    def rows(label: str, number: int, priority: int) -> list[str]:
        return [
            f"{label}{n},{label} {n},,{priority},sam-carter,2026-01-01\n" for n in range(number)
        ]

    few = count(rows("a", 1, 1), "new"), count(rows("a", 1, 2), "changed")
    many = count(rows("b", 1_000, 1), "new"), count(rows("b", 1_000, 2), "changed")
    if connection.vendor == "postgresql":  # SQLite counts each row of a prepared statement
        assert many == few
    assert Territory.objects.count() == 1_001
    assert TerritoryOwner.objects.count() == 1_001


def test_what_it_means_for_leads_is_told_with_examples(reps: list[Rep]) -> None:
    TerritoryFactory(name="Germany", slug="germany", countries=["DE"])
    munich = TerritoryFactory(
        name="Munich", slug="munich", postal_prefixes=["80"], countries=["DE"]
    )
    for _ in range(3):
        LeadFactory(country="DE", postal_code="80331")
    LeadFactory(country="DE", postal_code="10115")
    LeadFactory(country="FR")
    before = read_current().states
    difference = look(
        "slug,postal_prefixes,ae,ae_from\nmunich,99,,\ngermany,,maria-weber,2026-01-01\n"
    )
    effect = find_effect(before, difference.states, TODAY)
    assert (effect.seen, effect.moved, effect.new_owner) == (5, 3, 1)
    (move,) = effect.moves
    assert (move.before, move.after, move.lead_count) == ("Munich", "Germany", 3)
    assert move.example.postal_code == "80331"
    munich.is_active = False
    assert find_effect(before, before, TODAY).moved == 0


def test_owners_of_one_role_need_a_day_each(reps: list[Rep]) -> None:
    TerritoryFactory(slug="dach")
    found = problems(look('slug,ae,ae_from\ndach,"maria-weber; sam-carter",2026-01-01\n'))
    assert found[2, "ae_from"] == "2 reps and 1 first days: one for each."


def test_a_future_handover_is_no_gap(reps: list[Rep]) -> None:
    TerritoryFactory(slug="dach")
    apply(
        'slug,ae,ae_from,ae_until\ndach,"maria-weber; sam-carter","2026-01-01; 2026-06-01","2026-06-01; open"\n'
    )
    ends = TerritoryOwner.objects.order_by("starts_on").values_list("ends_on", flat=True)
    assert list(ends) == [date(2026, 6, 1), None]
    assert TODAY + timedelta(days=1) < date(2026, 6, 1)
