"""Every change of the organisation shows in its stamp, whoever makes it, and nothing else does."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

from leadrouter.checks import check_noted_changes
from leadrouter.common.organisation import (
    KEPT_CHANGES,
    Changes,
    Remembered,
    find_unwatched_tables,
    forget_old_changes,
    get_stamps,
)
from reps.models import Rep, Team
from routing.models import RuleSetVersion
from tests.factories import RuleSetVersionFactory, SourceFactory, TerritoryFactory, make_rep

pytestmark = pytest.mark.django_db


def test_each_kind_has_a_stamp_of_its_own() -> None:
    make_rep(name="Maria Weber")
    before = get_stamps()
    SourceFactory()
    after = get_stamps()
    assert after[Changes.SOURCES] != before.get(Changes.SOURCES)
    assert after[Changes.PEOPLE] == before[Changes.PEOPLE]


@pytest.mark.parametrize(
    "change",
    [
        lambda rep: Team.objects.filter(pk=rep.team_id).update(timezone="Asia/Tokyo"),
        lambda rep: Rep.objects.filter(pk=rep.pk).update(timezone="Asia/Tokyo"),
        lambda rep: type(rep.user).objects.filter(pk=rep.user_id).update(email="new@example.com"),
        lambda rep: rep.time_off.create(
            starts_at=datetime(2026, 3, 1, tzinfo=UTC), ends_at=datetime(2026, 3, 2, tzinfo=UTC)
        ),
    ],
    ids=["team", "rep", "address", "time off"],
)
def test_bulk_and_single_changes_show(change) -> None:
    rep = make_rep(name="Maria Weber")
    before = get_stamps()[Changes.PEOPLE]
    change(rep)
    assert get_stamps()[Changes.PEOPLE] != before


def test_a_sign_in_a_click_and_a_draft_change_no_stamp() -> None:
    rep = make_rep(name="Maria Weber")
    draft = RuleSetVersionFactory()
    before = get_stamps()
    type(rep.user).objects.filter(pk=rep.user_id).update(
        last_login=datetime(2026, 3, 1, tzinfo=UTC)
    )
    Rep.objects.filter(pk=rep.pk).update(is_accepting=False)
    RuleSetVersion.objects.filter(pk=draft.pk).update(note="Only words")
    assert get_stamps() == before


def test_a_change_that_is_rolled_back_leaves_no_stamp_behind_that_could_come_again() -> None:
    seen = set()
    for _ in range(3):
        with transaction.atomic():
            TerritoryFactory()
            seen.add(get_stamps()[Changes.TERRITORIES])
            transaction.set_rollback(True)
    assert len(seen) == 3


def test_what_is_remembered_is_made_anew_for_another_stamp_only() -> None:
    made = []
    kept = Remembered(lambda: made.append(1) or len(made))
    assert [kept.at("a"), kept.at("a"), kept.at("b"), kept.at("a")] == [1, 1, 2, 3]


def test_old_notes_are_forgotten_and_the_stamp_tells() -> None:
    for _ in range(2 * KEPT_CHANGES + 5):
        SourceFactory()
    before = get_stamps()[Changes.SOURCES]
    deleted = forget_old_changes()
    if connection.vendor == "postgresql":
        assert deleted >= KEPT_CHANGES
        assert get_stamps()[Changes.SOURCES] != before
    assert get_stamps()[Changes.SOURCES][0] <= KEPT_CHANGES
    assert forget_old_changes() == 0


def test_a_missing_trigger_is_named_and_migrate_makes_it_again() -> None:
    name = "organisation_changed" if connection.vendor == "postgresql" else "leads_source_changed_"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER {name} ON leads_source")
        else:
            cursor.execute(f"DROP TRIGGER {name}update")  # one of three is enough to miss changes
    assert find_unwatched_tables(connection) == ["leads_source"]
    (warning,) = check_noted_changes(databases=["default"])
    assert (warning.id, "leads_source" in warning.msg) == ("leadrouter.W003", True)
    call_command("migrate", verbosity=0, stdout=StringIO())
    assert find_unwatched_tables(connection) == []


def test_every_table_named_by_an_app_exists() -> None:
    existing = connection.introspection.table_names()
    named = [
        table
        for config in apps.get_app_configs()
        for tables in getattr(config, "organisation_tables", {}).values()
        for table in tables
    ]
    assert named
    assert set(named) <= set(existing)
