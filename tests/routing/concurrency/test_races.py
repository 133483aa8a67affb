"""Many at once, on a real database. Each race has a control that shows that it can be lost."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from leads.models import IntakeItem, IntakeState, Lead, LeadIdentity, Place
from leads.services import ingesting
from routing.models import (
    Assignment,
    Incident,
    Pool,
    PoolMember,
    RuleSet,
    RuleSetVersion,
    TurnEntry,
)
from routing.selectors.checksums import checksum
from routing.selectors.invariants import find_violations
from routing.services import assigning, publishing
from routing.services.claiming import claim_lead
from routing.services.draining import drain
from routing.services.publishing import Seen, create_draft, publish_version
from routing.services.refusals import AlreadyTaken, PublishConflict
from tests.factories import PoolFactory, make_manager, make_rep
from tests.routing.services.conftest import Desk, make_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return make_desk()


def at_once(work: Callable[[int], Any], count: int) -> list[Any]:
    """Runs `work(0…count-1)` in threads that start together; returns what each returned."""
    barrier = threading.Barrier(count)

    def one(number: int) -> Any:
        try:
            barrier.wait()
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def test_of_eight_claims_on_each_of_200_leads_exactly_one_wins_and_the_rest_hear_who(
    desk: Desk,
) -> None:
    reps = [*desk.reps, *(make_rep() for _ in range(6))]
    desk.queue.reps.set(reps)
    for _ in range(200):
        desk.receive(country="France")
    desk.drain()
    lead_ids = list(Lead.objects.at(Place.OFFERED).values_list("pk", flat=True))
    assert len(lead_ids) == 200

    def claim_all(number: int) -> list[tuple[int, str]]:
        rep, outcomes = reps[number], []
        for lead_id in lead_ids:
            try:
                claim_lead(lead_id=lead_id, rep=rep, user=rep.user, now=desk.now)
                outcomes.append((lead_id, "won"))
            except AlreadyTaken as refused:
                outcomes.append((lead_id, refused.detail["winner"]))
        return outcomes

    outcomes = [outcome for each in at_once(claim_all, 8) for outcome in each]
    winners = dict(Assignment.objects.values_list("lead", "rep__name"))
    assert Counter(word for _, word in outcomes)["won"] == 200
    assert all(word in {"won", winners[lead_id]} for lead_id, word in outcomes)
    assert Assignment.objects.count() == 200
    assert find_violations(desk.now) == []


def test_without_the_lock_the_database_still_lets_only_one_claim_in(desk: Desk) -> None:
    """The control: reading before writing is a race, and the constraint is what stops it."""
    desk.receive(country="France")
    desk.drain()
    lead = Lead.objects.get()
    decision = lead.decisions.get()
    meet = threading.Barrier(2)

    def careless(number: int) -> bool:
        assert not Assignment.objects.filter(lead=lead, ended_at__isnull=True).exists()
        meet.wait()  # both have looked, neither has written
        try:
            with transaction.atomic():
                own = lead.decisions.create(
                    epoch=decision.epoch + 1 + number,
                    kind="CLAIM",
                    outcome="ASSIGNED",
                    rep=desk.reps[number],
                    decided_at=desk.now,
                )
                Assignment.objects.create(
                    lead=lead,
                    rep=desk.reps[number],
                    decision=own,
                    started_at=desk.now,
                    load_after=1,
                )
        except IntegrityError:
            return False
        return True

    assert sorted(at_once(careless, 2)) == [False, True]
    assert Assignment.objects.filter(lead=lead, ended_at__isnull=True).count() == 1


def test_four_drains_at_once_take_each_delivery_once_and_keep_turns_exact(desk: Desk) -> None:
    for _ in range(400):
        desk.receive()
    at_once(lambda _: drain(clock=lambda: desk.now, batch_size=20), 4)

    assert IntakeItem.objects.filter(state=IntakeState.LINKED).count() == 400
    assert Counter(Lead.objects.values_list("owner__name", flat=True)) == {
        "Maria Weber": 200,
        "Sam Carter": 200,
    }
    assert sorted(TurnEntry.objects.values_list("number", flat=True)) == list(range(1, 401))
    assert sum(PoolMember.objects.values_list("balance_microturns", flat=True)) == 0
    assert find_violations(desk.now) == []


def test_caps_hold_when_many_leads_arrive_at_once(desk: Desk) -> None:
    for rep in desk.reps:
        rep.max_open_leads = 7
        rep.save()
    for _ in range(60):
        desk.receive()
    at_once(lambda _: drain(clock=lambda: desk.now, batch_size=5), 4)

    places = Counter(Lead.objects.values_list("place", flat=True))
    assert places == {Place.OWNED: 14, Place.PARKED: 46}
    assert find_violations(desk.now) == []


def _the_same_person_twice(desk: Desk) -> None:
    for _ in range(2):
        desk.receive(email="ada@analytical.example", full_name="Ada Lovelace")


def test_the_same_person_in_the_same_moment_becomes_one_lead_with_one_owner(desk: Desk) -> None:
    for _ in range(10):
        _the_same_person_twice(desk)
    at_once(lambda _: drain(clock=lambda: desk.now, batch_size=1), 4)

    lead = Lead.objects.get()
    assert (lead.interaction_count, lead.place) == (20, Place.OWNED)
    assert Assignment.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_without_the_lock_on_the_person_two_writers_collide(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the advisory lock is what makes the second writer find the first one's lead."""
    monkeypatch.setattr(ingesting, "lock_keys", lambda keys: None)
    meet = threading.Barrier(2, timeout=5)
    find = ingesting.find_known

    def find_together(*wanted: Any) -> Any:
        known = find(*wanted)
        meet.wait()
        return known

    monkeypatch.setattr(ingesting, "find_known", find_together)
    _the_same_person_twice(desk)
    first, second = IntakeItem.objects.select_related("endpoint__source").order_by("id")

    def ingest(number: int) -> str:
        try:
            with transaction.atomic():
                ingesting.ingest_items(items=[(first, second)[number]], now=desk.now)
        except IntegrityError as error:
            return str(error)
        return "fine"

    outcomes = at_once(ingest, 2)
    assert outcomes.count("fine") == 1
    assert any("identity_belongs_to_one_lead" in outcome for outcome in outcomes)
    assert LeadIdentity.objects.count() == 1


def test_incidents_are_counted_exactly_when_many_meet_one_fault_at_once(desk: Desk) -> None:
    Pool.objects.update(strategy="MAGIC")
    for _ in range(40):
        desk.receive()
    at_once(lambda _: drain(clock=lambda: desk.now, batch_size=3), 4)

    assert Lead.objects.at(Place.PARKED).count() == 40
    assert [(row.kind, row.count) for row in Incident.objects.all()] == [("CHOICE", 40)]


def _overflowing(desk: Desk) -> None:
    """Two reps of two leads each, then a second line of one rep with room for three."""
    extra = PoolFactory(name="Second line", reps=[make_rep(name="Zoe Extra", max_open_leads=3)])
    for rep in desk.reps:
        rep.max_open_leads = 2
        rep.save()
    desk.pool.overflow = extra
    desk.pool.save()


def test_caps_hold_in_the_pool_that_others_overflow_into(desk: Desk) -> None:
    """Leads of the overflowing pool and of the other one itself meet at the same rep."""
    _overflowing(desk)
    direct = desk.version.rules.get(name="France waits in the queue")
    direct.choices.update(kind="POOL", pool=desk.pool.overflow, holding_queue=None)
    for number in range(40):
        desk.receive(country="France" if number % 2 else "Spain")
    at_once(lambda _: drain(clock=lambda: desk.now, batch_size=2), 4)

    places = Counter(Lead.objects.values_list("place", flat=True))
    assert places == {Place.OWNED: 7, Place.PARKED: 33}
    owned = Lead.objects.filter(place=Place.OWNED)
    assert Counter(owned.values_list("owner__name", flat=True))["Zoe Extra"] == 3
    assert find_violations(desk.now) == []


def _name_one_rep(desk: Desk) -> str:
    """Everybody's rule asks the rep named in the field “city”, who has room for one lead."""
    rep = make_rep(name="Zoe Named", max_open_leads=1)
    rule = desk.version.rules.get(name="Everybody else")
    rule.choices.update(kind="LEAD_FIELD", lead_field="city", pool=None)
    return str(rep.user.username)


def test_the_cap_of_a_rep_named_in_a_field_holds_when_leads_arrive_at_once(desk: Desk) -> None:
    name = _name_one_rep(desk)
    for _ in range(12):
        desk.receive(city=name)
    at_once(lambda _: drain(clock=lambda: desk.now, batch_size=1), 4)
    places = Counter(Lead.objects.values_list("place", flat=True))
    assert places == {Place.OWNED: 1, Place.PARKED: 11}


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_without_the_lock_on_the_named_rep_the_cap_is_overrun(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both have counted the rep's leads before either has given one."""
    name = _name_one_rep(desk)
    meet = threading.Barrier(2, timeout=5)
    lock = assigning.lock_roster

    def read_together(**wanted: Any) -> Any:
        roster = lock(**wanted, is_locking=False)
        meet.wait()
        return roster

    monkeypatch.setattr(assigning, "lock_roster", read_together)
    for _ in range(2):
        desk.receive(city=name)
    at_once(lambda _: drain(clock=lambda: desk.now, batch_size=1), 2)
    assert Assignment.objects.filter(rep__name="Zoe Named", ended_at=None).count() == 2


def _draft(desk: Desk) -> tuple[RuleSetVersion, Seen]:
    draft = create_draft(rule_set=desk.version.rule_set, user=None, now=desk.now)
    return draft, Seen(desk.version.pk, checksum(draft))


def test_of_eight_managers_who_publish_one_draft_at_once_exactly_one_wins(desk: Desk) -> None:
    draft, seen = _draft(desk)
    managers = [make_manager(username=f"manager{number}") for number in range(8)]

    def publish(number: int) -> str:
        try:
            publish_version(version=draft, user=managers[number], now=desk.now, seen=seen)
        except PublishConflict as refused:
            return refused.message
        return "won"

    outcomes = at_once(publish, 8)
    assert outcomes.count("won") == 1
    draft.refresh_from_db()
    winner = managers[outcomes.index("won")]
    assert draft.published_by == winner
    sentence = f"{winner.get_full_name() or winner.username} published version 2"
    assert all(one == "won" or one.startswith(sentence) for one in outcomes)
    assert find_violations(desk.now) == []


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_without_the_lock_on_the_rule_set_two_managers_win(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both have found everything as they saw it before either has published."""
    draft, seen = _draft(desk)
    managers = [make_manager(username=f"manager{number}") for number in range(2)]
    meet = threading.Barrier(2, timeout=5)
    monkeypatch.setattr(
        publishing, "lock_rule_set", lambda rule_set_id: RuleSet.objects.get(pk=rule_set_id)
    )
    check = publishing.check_version

    def check_together(**wanted: Any) -> Any:
        problems = check(**wanted)
        meet.wait()
        return problems

    monkeypatch.setattr(publishing, "check_version", check_together)

    def publish(number: int) -> str:
        publish_version(version=draft, user=managers[number], now=desk.now, seen=seen)
        return "won"

    assert at_once(publish, 2) == ["won", "won"]
