"""Every line of a rep's turns, and that they explain the balance down to nothing."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from leadrouter.common.errors import InvalidInput
from leads.models import Place
from reps.models import TimeOff
from routing.models import Assignment, Decision, Pool, PoolMember, TurnEntry
from routing.selectors.invariants import find_violations
from routing.selectors.ledger import PAGE_SIZE, TurnLine, get_turn_page, say_turns
from routing.selectors.pools import lock_pool
from routing.services.memberships import recording_members
from routing.services.refusals import NotYours
from routing.services.returning import return_assignment
from routing.services.working import assign_manually
from tests.factories import make_manager, make_rep
from tests.routing.services.conftest import Desk

pytestmark = pytest.mark.django_db


def list_lines(rep: Any) -> list[TurnLine]:
    """All pages together, newest first."""
    member = PoolMember.objects.get(rep=rep)
    page = get_turn_page(member=member)
    lines = list(page.lines)
    while page.before is not None:
        page = get_turn_page(member=member, before=page.before)
        lines += page.lines
    return lines


def assert_explained(rep: Any) -> None:
    """Each line's balance is the one before it moved by the line, from nothing to what is shown."""
    lines = list_lines(rep)
    balance = 0
    for line in reversed(lines):
        balance += line.microturns or 0
        assert line.balance == balance
    assert balance == PoolMember.objects.get(rep=rep).balance_microturns


def give_back(desk: Desk, assignment: Assignment, reason: str = "SPAM") -> TurnEntry | None:
    return return_assignment(
        assignment_id=assignment.pk, reason=reason, user=make_manager(), now=desk.now
    )


def balances() -> dict[int, int]:
    return dict(PoolMember.objects.values_list("rep_id", "balance_microturns"))


def test_a_lead_taken_and_one_taken_by_another_are_lines(desk: Desk) -> None:
    maria, sam = desk.reps
    first = desk.route()
    taker, other = (maria, sam) if first.owner == maria else (sam, maria)
    (mine,) = list_lines(taker)
    assert (mine.sentence, mine.moved_text, mine.lead) == ("You took a lead", "−0.5", first)
    (theirs,) = list_lines(other)
    assert theirs.sentence == f"{taker.name} took one, so you are owed your share of it"
    assert (theirs.moved_text, theirs.balance_text, theirs.lead) == ("+0.5", "+0.5", None)


def test_whoever_is_passed_over_reads_why(desk: Desk) -> None:
    maria, sam = desk.reps
    maria.max_open_leads = 0
    maria.save()
    desk.route()
    (line,) = list_lines(maria)
    assert line.sentence == "Sam Carter took one; you were passed over (full: 0 of 0 open leads)"
    assert (line.microturns, line.moved_text, line.balance_text) == (None, "–", "0")
    assert_explained(sam)


def test_a_lead_that_nobody_else_could_take_costs_nothing_and_says_so(desk: Desk) -> None:
    PoolMember.objects.filter(rep=desk.reps[1]).update(is_active=False)
    desk.route()
    (line,) = list_lines(desk.reps[0])
    assert line.sentence == "You took a lead; nobody else was considered, so it cost nothing"
    assert (line.moved_text, line.balance_text) == ("0", "0")


def test_what_is_kept_during_leave_and_paid_out_after_is_said(desk: Desk) -> None:
    Pool.objects.update(catch_up_turns=2)
    maria = desk.reps[0]
    TimeOff.objects.create(rep=maria, starts_at=desk.now, ends_at=desk.now + timedelta(days=1))
    desk.route()
    (line,) = list_lines(maria)
    assert "on leave" in line.sentence
    assert line.kept_text == "+0.5 kept for later"
    desk.wait(days=1, minutes=1)
    desk.route()
    assert list_lines(maria)[0].kept_text == "catching up"
    assert_explained(maria)


def test_joining_leaving_and_another_weight_are_lines_that_move_nothing(desk: Desk) -> None:
    desk.route()
    before = balances()
    eva = make_rep(name="Eva")
    for change in (
        lambda: PoolMember.objects.create(pool=desk.pool, rep=eva, weight=2),
        lambda: PoolMember.objects.filter(rep=eva).update(weight=3, tier=2),
        lambda: PoolMember.objects.filter(rep=eva).update(is_active=False),
        lambda: PoolMember.objects.filter(rep=eva).update(is_active=True),
    ):
        with recording_members(pool=lock_pool(desk.pool.pk), now=desk.now):
            change()
    assert [line.sentence for line in reversed(list_lines(eva))] == [
        "You joined the pool: weight 2",
        "Your place was changed: weight 2 → 3, tier 1 → 2",
        "You left the pool",
        "You joined the pool: weight 3",
    ]
    assert balances() == {**before, eva.pk: 0}
    for rep in (*desk.reps, eva):
        assert_explained(rep)
    desk.route()
    assert sum(balances().values()) == 0


def test_saving_without_a_change_adds_no_line(desk: Desk) -> None:
    with recording_members(pool=lock_pool(desk.pool.pk), now=desk.now):
        PoolMember.objects.update(weight=1)
    assert not TurnEntry.objects.exists()
    assert Pool.objects.get().turn_number == 0


def test_a_managers_lead_is_a_line_where_it_counts(desk: Desk) -> None:
    Pool.objects.update(manual_counts=True)
    lead = desk.route()
    other = next(rep for rep in desk.reps if rep != lead.owner)
    assign_manually(lead_id=lead.pk, rep=other, user=make_manager(), reason="x", now=desk.now)
    line = list_lines(other)[0]
    assert line.sentence == "A manager gave you a lead, which counts as a turn here"
    assert (line.lead, line.moved_text) == (lead, "−0.5")
    assert list_lines(lead.owner)[0].sentence == (
        f"A manager gave {other.name} a lead, so you are owed your share of it"
    )
    for rep in desk.reps:
        assert_explained(rep)


def test_a_returned_lead_gives_the_turn_back_once_and_sums_to_zero(desk: Desk) -> None:
    desk.route()
    before = balances()
    lead = desk.route()
    assignment = Assignment.objects.get(lead=lead)
    entry = give_back(desk, assignment)
    assert entry is not None
    assert balances() == before
    line = list_lines(lead.owner)[0]
    assert (
        line.sentence == "A lead you had was returned, so the turn is yours again: Spam or a test"
    )
    assert line.moved_text == "+0.5"
    other = next(rep for rep in desk.reps if rep != lead.owner)
    assert list_lines(other)[0].moved_text == "−0.5"
    with pytest.raises(InvalidInput, match=r"returned for .* already"):
        give_back(desk, assignment)
    assert balances() == before
    assert TurnEntry.objects.filter(kind="RETURN").count() == 1
    for rep in desk.reps:
        assert_explained(rep)
    assert find_violations(desk.now) == []


def test_spam_is_closed_and_what_was_not_for_this_rep_stays(desk: Desk) -> None:
    spam, wrong = desk.route(), desk.route()
    give_back(desk, Assignment.objects.get(lead=spam), "SPAM")
    give_back(desk, Assignment.objects.get(lead=wrong), "WRONG")
    for lead in (spam, wrong):
        lead.refresh_from_db()
    assert (spam.place, spam.stage, spam.closed_reason) == (
        Place.CLOSED, "DISQUALIFIED", "Spam or a test",
    )  # fmt: skip
    assert (wrong.place, wrong.owner is not None) == (Place.OWNED, True)


def test_a_lead_that_cost_no_turn_has_none_to_give_back(desk: Desk) -> None:
    desk.route(email="ann@acme.example", company="Acme")
    kept = desk.route(email="zoe@acme.example", company="Acme")
    before = balances()
    assert give_back(desk, Assignment.objects.get(lead=kept)) is None
    assert balances() == before
    assert Assignment.objects.get(lead=kept).returned_at == desk.now


def test_only_a_manager_gives_turns_back_and_says_why(desk: Desk) -> None:
    lead = desk.route()
    assignment, before = Assignment.objects.get(), balances()
    with pytest.raises(NotYours, match="Only a manager"):
        return_assignment(
            assignment_id=assignment.pk, reason="SPAM", user=lead.owner.user, now=desk.now
        )
    with pytest.raises(InvalidInput, match="Say why"):
        give_back(desk, assignment, "LUNCH")
    assert balances() == before
    assert Assignment.objects.get().returned_at is None


def test_whatever_happens_every_balance_is_explained_to_zero_over_pages(desk: Desk) -> None:
    random = Random(4)
    Pool.objects.update(manual_counts=True, catch_up_turns=1)
    eva = make_rep(name="Eva")
    with recording_members(pool=lock_pool(desk.pool.pk), now=desk.now):
        PoolMember.objects.create(pool=desk.pool, rep=eva, weight=3)
    reps = [*desk.reps, eva]
    for _ in range(PAGE_SIZE + 12):
        for rep in reps:
            type(rep).objects.filter(pk=rep.pk).update(is_accepting=random.random() < 0.8)
        lead = desk.route()
        if lead.owner and random.random() < 0.2:
            give_back(
                desk, Assignment.objects.get(lead=lead), random.choice(["WRONG", "DUPLICATE"])
            )
        with recording_members(pool=lock_pool(desk.pool.pk), now=desk.now):
            PoolMember.objects.filter(rep=eva).update(weight=random.randint(1, 5))
    assert Decision.objects.exists()
    for rep in reps:
        assert len(list_lines(rep)) > PAGE_SIZE // 2
        assert_explained(rep)
    assert sum(balances().values()) == 0


@pytest.mark.parametrize(
    ("microturns", "text"),
    [
        (0, "0"),
        (1, "0"),
        (333_333, "+0.33"),
        (-666_667, "−0.67"),
        (1_000_000, "+1"),
        (-1_500_000, "−1.5"),
    ],
)
def test_turns_are_said_with_their_sign_and_two_decimals(microturns: int, text: str) -> None:
    assert say_turns(microturns) == text


def test_a_batch_of_leads_shares_as_single_leads_do(desk: Desk) -> None:
    PoolMember.objects.filter(rep=desk.reps[0]).update(weight=3)
    single = [str(desk.route().owner) for _ in range(8)]
    PoolMember.objects.update(balance_microturns=0, last_turn=0)
    Pool.objects.update(turn_number=0)
    TurnEntry.objects.all().delete()
    for _ in range(8):
        desk.receive()
    desk.drain()
    batch = [str(one.rep) for one in Assignment.objects.order_by("id")[8:]]
    assert batch == single
