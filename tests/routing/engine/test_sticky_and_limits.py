"""Who is asked before the turns, and limits by source."""

import pytest

from routing.engine.compiling import Destination, DestinationKind
from routing.engine.deciding import decide
from routing.engine.eligibility import FateCode
from routing.engine.roster import SourceCap
from tests.routing.engine.world import (
    ANN,
    BOB,
    NOW,
    STICKY,
    in_hours,
    lead,
    make_roster,
    pool,
    single_plan,
)


def decide_single(*choices, roster, **view):
    return decide(single_plan(*choices), lead(**view), roster, NOW)


def find_fate(verdict, rep_id):
    return next(one for one in verdict.trace.choices[-1].candidates if one.rep_id == rep_id)


def sticky_roster(**changes):
    roster = make_roster()
    for name, value in {"sticky_by_person": False, **changes}.items():
        setattr(roster.pools[STICKY], name, value)
    return roster


@pytest.mark.parametrize(
    ("flags", "kept_by"),
    [
        ({"sticky_by_person": True}, ANN),
        ({"sticky_by_account": True}, BOB),
        ({"sticky_by_person": True, "sticky_by_account": True}, ANN),
        ({}, None),
        ({"sticky_by_person": True, "sticky_days": 30}, ANN),
        ({"sticky_by_person": True, "sticky_days": 29}, None),
        ({"sticky_by_person": True, "sticky_days": 29, "sticky_by_account": True}, BOB),
    ],
)
def test_the_persons_rep_comes_before_the_accounts_and_only_for_so_many_days(flags, kept_by):
    verdict = decide_single(
        pool(STICKY),
        roster=sticky_roster(**flags),
        sticky_rep_id=ANN,
        previous_owner_seconds=30 * 86_400,
        colleague_rep_id=BOB,
    )
    assert verdict.is_sticky == (kept_by is not None)
    assert kept_by in (None, verdict.rep_id)


def test_who_declined_this_lead_is_not_asked_first_nor_is_a_colleagues_rep_then():
    verdict = decide_single(
        pool(STICKY),
        roster=sticky_roster(sticky_by_person=True, sticky_by_account=True),
        sticky_rep_id=ANN,
        colleague_rep_id=BOB,
        excluded_rep_ids=frozenset({ANN}),
    )
    assert (verdict.rep_id, verdict.is_sticky) == (BOB, False)


def limited(**limits):
    return {"source_caps": (SourceCap("source", "fair", "“Fair”", **limits),)}


def test_a_limit_by_source_passes_over_for_that_source_alone():
    roster = make_roster(ann=limited(max_open=3, open_leads=3))
    fair = decide_single(pool(), roster=roster, facts={"source": "fair"})
    assert find_fate(fair, ANN).sentence() == "has 3 of 3 open leads from “Fair”"
    other = decide_single(pool(), roster=roster, facts={"source": "web"})
    assert find_fate(other, ANN).code is not FateCode.SOURCE_FULL


def test_a_day_limit_by_kind_says_when_it_frees_and_counts_within_a_batch():
    cap = SourceCap("source_kind", "EVENT", "events", max_per_day=1, frees_at=in_hours(14))
    roster = make_roster(ann={"source_caps": (cap,)})
    plan, facts = (
        single_plan(Destination(DestinationKind.REP, rep_id=ANN)),
        {"source_kind": "EVENT"},
    )
    first = decide(plan, lead(1, facts), roster, NOW)
    roster.record(first)
    second = decide(plan, lead(2, facts), roster, NOW)
    assert (first.rep_id, second.rep_id) == (ANN, None)
    assert (
        second.trace.choices[0].candidates[0].sentence() == "has had 1 of 1 leads from events today"
    )
    assert second.retry_at == in_hours(14)
