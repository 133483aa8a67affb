"""An import taken back: who came by it alone is gone, everybody else stays, turns are returned."""

from typing import Any

import pytest

from leads.models import (
    BatchState,
    Endpoint,
    ImportBatch,
    ImportRow,
    IntakeItem,
    Interaction,
    Lead,
    LeadIdentity,
    Place,
)
from leads.services.import_files import upload_file
from leads.services.importing import ask_to_undo, run_waiting_batches, start_import
from leads.services.refusals import NotEnded
from routing.models import Assignment, PoolMember
from routing.selectors.invariants import find_violations
from routing.services import undoing_imports
from routing.services.sweeping import sweep
from routing.services.undoing_imports import undo_waiting_imports
from routing.services.working import log_touch
from tests.factories import EndpointFactory, make_marketing
from tests.routing.services.conftest import Desk

pytestmark = pytest.mark.django_db
HEADER = b"Name,E-mail\n"


@pytest.fixture
def fair(desk: Desk) -> Endpoint:
    return EndpointFactory(source=desk.endpoint.source, channel=Endpoint.Channel.IMPORT)


def bring(desk: Desk, fair: Endpoint, rows: bytes) -> ImportBatch:
    batch = upload_file(
        endpoint=fair, content=HEADER + rows, file_name="fair.csv", user=None, now=desk.now
    )
    start_import(batch=batch, mapping={0: "full_name", 1: "email"}, now=desk.now)
    run_waiting_batches(clock=lambda: desk.now)
    desk.drain()
    batch.refresh_from_db()
    return batch


def undo(desk: Desk, batch: ImportBatch) -> ImportBatch:
    ask_to_undo(batch=batch, user=make_marketing(), now=desk.now)
    undo_waiting_imports(clock=lambda: desk.now)
    batch.refresh_from_db()
    return batch


def balances() -> dict[int, int]:
    return dict(PoolMember.objects.values_list("rep_id", "balance_microturns"))


TWO = b"Ann Lee,ann@lee.example\nBo Berg,bo@berg.example\n"


def test_people_known_only_from_the_file_are_forgotten_and_turns_returned(
    desk: Desk, fair: Endpoint
) -> None:
    before = balances()
    batch = bring(desk, fair, TWO)
    assert Assignment.objects.filter(ended_at__isnull=True).count() == 2
    batch = undo(desk, batch)
    assert (batch.state, batch.undone_rows, batch.kept_leads) == (BatchState.UNDONE, 2, 0)
    for lead in Lead.objects.all():
        assert (lead.place, lead.full_name, lead.email) == (Place.CLOSED, "", "")
        assert lead.closed_reason == undoing_imports.REASON
    assert not LeadIdentity.objects.exists()
    assert not Assignment.objects.filter(ended_at__isnull=True).exists()
    assert {rep: balance for rep, balance in balances().items() if balance} == {
        rep: balance for rep, balance in before.items() if balance
    }
    assert "ann" not in str(list(IntakeItem.objects.values("payload", "raw")))
    assert ImportRow.objects.filter(values=[]).count() == 2
    assert find_violations(desk.now) == []


def test_the_same_file_may_come_again_afterwards(desk: Desk, fair: Endpoint) -> None:
    undo(desk, bring(desk, fair, TWO))
    again = bring(desk, fair, TWO)
    assert (again.accepted_rows, again.duplicate_rows) == (2, 0)
    assert Lead.objects.filter(email="ann@lee.example", place=Place.OWNED).count() == 1


def test_whoever_was_known_before_is_kept_and_says_so(desk: Desk, fair: Endpoint) -> None:
    desk.receive(email="ann@lee.example", full_name="Ann Lee")
    desk.drain()
    batch = undo(desk, bring(desk, fair, TWO))
    ann = Lead.objects.get(email="ann@lee.example")
    assert (ann.place, batch.kept_leads) == (Place.OWNED, 1)
    line = ann.interactions.get(kind=Interaction.Kind.STATUS, summary="An import was undone")
    assert line.body == undoing_imports.KEPT
    assert not Lead.objects.filter(email="bo@berg.example").exists()


def test_whoever_a_rep_has_called_is_kept(desk: Desk, fair: Endpoint) -> None:
    batch = bring(desk, fair, TWO)
    ann = Lead.objects.get(email="ann@lee.example")
    log_touch(lead_id=ann.pk, user=ann.owner.user, kind="CALL", summary="Spoke", now=desk.now)
    batch = undo(desk, batch)
    ann.refresh_from_db()
    assert (ann.place, ann.email, batch.kept_leads) == (Place.OWNED, "ann@lee.example", 1)


def test_an_undoing_goes_on_where_it_stopped(desk: Desk, fair: Endpoint, monkeypatch: Any) -> None:
    monkeypatch.setattr(undoing_imports, "CHUNK_ITEMS", 2)
    rows = b"".join(b"Ann %d,ann%d@firm%d.example\n" % (n, n, n) for n in range(5))
    batch = bring(desk, fair, rows)
    ask_to_undo(batch=batch, user=make_marketing(), now=desk.now)
    assert undo_waiting_imports(clock=lambda: desk.now, time_limit_seconds=0) == 2
    batch.refresh_from_db()
    assert (batch.state, batch.undone_rows) == (BatchState.UNDOING, 2)
    assert sweep(clock=lambda: desk.now).undone == 3
    batch.refresh_from_db()
    assert (batch.state, batch.undone_rows) == (BatchState.UNDONE, 5)


def test_only_an_ended_import_is_undone_and_only_once(desk: Desk, fair: Endpoint) -> None:
    waiting = upload_file(
        endpoint=fair, content=HEADER + TWO, file_name="a.csv", user=None, now=desk.now
    )
    with pytest.raises(NotEnded, match="Waiting for its columns"):
        ask_to_undo(batch=waiting, user=make_marketing(), now=desk.now)
    batch = undo(desk, bring(desk, fair, b"Cy Dee,cy@dee.example\n"))
    with pytest.raises(NotEnded, match="Undone"):
        ask_to_undo(batch=batch, user=make_marketing(), now=desk.now)
