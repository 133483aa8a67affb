"""The statements by hand: the same on both databases, and safe when one of several fails."""

from datetime import UTC, datetime, time

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from leadrouter.common.rows import (
    fetch_each,
    fetch_models,
    fetch_rows,
    pipelined,
    read_models,
    read_rows,
    read_time,
)
from leadrouter.common.sql import insert_all, insert_rows, set_columns
from leads.models import Account, Source
from reps.models import Team, WorkingHours
from tests.factories import SourceFactory, TeamFactory

pytestmark = pytest.mark.django_db


def _count_accounts() -> int:
    return int(fetch_rows("SELECT count(*) FROM leads_account")[0][0])


def test_several_reads_give_each_its_own_answer_in_order() -> None:
    sources = [SourceFactory(), SourceFactory()]
    team = TeamFactory(timezone="Asia/Tokyo")
    teams, counted, found, nothing = fetch_each(
        read_models(Team, "id AMONG (%s)", [team.pk]),
        read_rows("SELECT count(*) FROM leads_source"),
        read_models(Source, "id AMONG (%s) ORDER BY id", [source.pk for source in sources]),
        read_rows("SELECT id FROM leads_lead"),
    )
    assert [teams, counted, found, nothing] == [[team], [(2,)], sources, []]
    assert teams[0].timezone == "Asia/Tokyo"


def test_models_read_by_hand_equal_those_of_the_orm() -> None:
    team = TeamFactory()
    WorkingHours.objects.create(
        team=team, weekday=0, starts_at=time(22, 30), ends_at=time(6), rep=None
    )
    (ours,) = fetch_models(WorkingHours, "team_id = %s", team.pk)
    theirs = WorkingHours.objects.get()
    fields = [field.attname for field in WorkingHours._meta.concrete_fields]
    assert [getattr(ours, name) for name in fields] == [getattr(theirs, name) for name in fields]
    assert read_time("22:30:00") == ours.starts_at


def test_writes_that_travel_together_are_seen_by_the_next_read() -> None:
    with transaction.atomic(), pipelined():
        first, second = Account(name="One", domain="one.example"), Account(name="Two")
        insert_all([first, second])
        set_columns(Account, ("name",), [(first.pk, "First"), (second.pk, "Second")])
        insert_rows(Account, ("name", "domain", "created_at", "updated_at"), [_third()])
        assert _count_accounts() == 3
    names = dict(Account.objects.values_list("pk", "name"))
    assert [names[first.pk], names[second.pk]] == ["First", "Second"]


def _third() -> tuple[str, str, datetime, datetime]:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    return ("Third", "third.example", now, now)


def test_an_error_among_several_writes_names_itself_and_undoes_them_all() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    columns = ("name", "domain", "created_at", "updated_at")
    with (  # noqa: PT012 -- where it shows is the point: at the end of the block at the latest
        pytest.raises(IntegrityError, match=r"(?i)unique"),
        transaction.atomic(),
        pipelined(),
    ):
        insert_rows(Account, columns, [("One", "same.example", now, now)])
        insert_rows(Account, columns, [("Two", "same.example", now, now)])
        insert_rows(Account, columns, [("Three", "three.example", now, now)])
    assert _count_accounts() == 0


def test_after_an_error_the_connection_goes_on() -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), pipelined():
        fetch_rows("SELECT nonsense FROM leads_source")
    assert fetch_rows("SELECT 1") == [(1,)]
