from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine.compiling import Destination, DestinationKind, WeeklyWindow
from routing.engine.conditions import All, holds
from routing.engine.deciding import Outcome, ParkedReason, decide, look
from routing.engine.roster import Member, PoolState, RepState, Roster
from tests.routing.engine import draws, world
from tests.routing.engine.world import (
    AES,
    ANN,
    BOB,
    CEM,
    DEA,
    EVA,
    NIGHT,
    NOW,
    QUEUE,
    STICKY,
    equals,
    lead,
    make_plan,
    make_roster,
    pool,
    queue,
    rule,
    single_plan,
)

REP = DestinationKind.REP


def decide_single(*choices, roster=None, **view):
    return decide(single_plan(*choices), lead(**view), roster or make_roster(), NOW)


def test_the_first_matching_rule_decides():
    plan = make_plan(
        rule(3, All(), queue()),
        rule(1, equals("country", "US"), pool()),
        rule(2, equals("country", "DE"), Destination(DestinationKind.NURTURE, track="news")),
    )
    roster = make_roster()
    assert decide(plan, lead(facts={"country": "US"}), roster, NOW).rule_id == 1
    nurtured = decide(plan, lead(facts={"country": "de"}), roster, NOW)
    assert (nurtured.outcome, nurtured.track, nurtured.choice_number) == ("NURTURED", "news", 1)
    queued = decide(plan, lead(), roster, NOW)
    assert (queued.outcome, queued.holding_queue_id) == (Outcome.QUEUED, QUEUE)
    assert queued.rep_id is None
    assert queued.deltas == ()


def test_a_rejected_lead_keeps_the_reason():
    verdict = decide_single(Destination(DestinationKind.REJECT, reason="competitor"))
    assert (verdict.outcome, verdict.reason) == (Outcome.REJECTED, "competitor")


def test_no_matching_rule_parks_the_lead():
    verdict = decide(
        make_plan(rule(1, equals("country", "US"), pool())), lead(), make_roster(), NOW
    )
    assert (verdict.outcome, verdict.reason) == (Outcome.PARKED, ParkedReason.NO_RULE_MATCHED)
    assert (verdict.rule_id, verdict.trace.rule_id) == (None, None)


def test_the_second_choice_is_taken_when_nobody_of_the_first_can():
    roster = make_roster(ann=world.INACTIVE, bob=world.OFF_SHIFT, cem={"max_open": 0})
    verdict = decide_single(pool(), Destination(REP, rep_id=DEA), queue(), roster=roster)
    assert (verdict.outcome, verdict.rep_id, verdict.choice_number) == ("ASSIGNED", DEA, 2)
    assert verdict.pool_id is None
    assert [choice.result for choice in verdict.trace.choices] == ["NO_ONE", "TAKEN"]


def test_a_lead_nobody_can_take_is_parked_until_the_first_is_back():
    roster = make_roster(ann=world.ON_LEAVE, bob=world.OFF_SHIFT, cem={"max_open": 0})
    verdict = decide_single(pool(), roster=roster)
    assert (verdict.outcome, verdict.reason) == ("PARKED", "NO_REP_AVAILABLE")
    assert verdict.retry_at == world.OFF_SHIFT["available_at"]
    assert verdict.choice_number is None


def test_a_parked_lead_without_a_known_end_has_no_retry_time():
    roster = make_roster(ann=world.AWAY, bob={"max_open": 0}, cem=world.INACTIVE)
    assert decide_single(pool(), roster=roster).retry_at is None


def test_caps_that_give_way_later_set_the_retry_time():
    hour = {"max_per_hour": 1, "leads_this_hour": 1, "hour_cap_frees_at": world.in_hours(0.5)}
    day = {"max_per_day": 1, "leads_today": 1, "day_cap_frees_at": world.in_hours(14)}
    past = {"unavailable_code": "AWAY", "available_at": world.in_hours(-1)}
    roster = make_roster(ann=day, bob=hour, cem=past)
    assert decide_single(pool(), roster=roster).retry_at == world.in_hours(0.5)


def test_an_inactive_or_missing_pool_is_passed_over():
    roster = make_roster()
    roster.pools[AES].is_active = False
    verdict = decide_single(pool(), pool(999), queue(), roster=roster)
    assert verdict.choice_number == 3
    assert [choice.result for choice in verdict.trace.choices] == ["CLOSED", "CLOSED", "TAKEN"]


def test_a_rep_who_declined_the_lead_is_not_asked_again():
    verdict = decide_single(pool(), excluded_rep_ids=frozenset({ANN, CEM}))
    assert verdict.rep_id == BOB


def test_skills_of_the_pool_and_of_the_choice_count_together():
    roster = make_roster(
        ann={"skills": {"german": 3}},
        bob={"skills": {"german": 1, "cloud": 1}},
        cem={"skills": {"german": 2, "cloud": 1}},
    )
    roster.pools[AES].required_skills = {"german": 1}
    verdict = decide_single(pool(required_skills={"german": 2, "cloud": 1}), roster=roster)
    assert verdict.rep_id == CEM


def test_a_sticky_pool_keeps_the_known_rep_without_taking_a_turn():
    roster = make_roster()
    verdict = decide_single(pool(STICKY), roster=roster, sticky_rep_id=BOB)
    assert (verdict.rep_id, verdict.is_sticky, verdict.deltas) == (BOB, True, ())
    roster.record(verdict)
    assert roster.pools[STICKY].turn_number == 0
    assert roster.reps[BOB].open_leads == 1


@pytest.mark.parametrize("changes", [{"bob": world.OFF_SHIFT}, {"bob": {"max_open": 0}}])
def test_a_sticky_rep_who_cannot_gives_way_to_the_strategy(changes):
    verdict = decide_single(pool(STICKY), roster=make_roster(**changes), sticky_rep_id=BOB)
    assert (verdict.rep_id, verdict.is_sticky) == (ANN, False)
    assert len(verdict.trace.choices[0].candidates) == 2


def test_a_sticky_rep_outside_the_pool_is_named_in_the_trace():
    verdict = decide_single(pool(STICKY), sticky_rep_id=EVA)
    assert verdict.rep_id in (ANN, BOB)
    assert verdict.trace.choices[0].candidates[0].code == "NOT_A_MEMBER_ANYMORE"


def test_a_pool_that_is_not_sticky_ignores_the_known_rep():
    picked = {
        decide_single(pool(), lead_id=number, sticky_rep_id=ANN).rep_id for number in range(9)
    }
    assert picked == {CEM}


def test_a_pool_that_ignores_hours_gives_leads_off_shift():
    assert decide_single(pool(NIGHT), roster=make_roster(cem=world.OFF_SHIFT)).rep_id == CEM
    assert decide_single(pool(NIGHT), roster=make_roster(cem=world.ON_LEAVE)).rep_id is None


def test_named_reps_and_owners_are_checked_like_everyone():
    owner = Destination(DestinationKind.ACCOUNT_OWNER)
    assert decide_single(owner, account_owner_id=EVA).rep_id == EVA
    assert decide_single(owner, queue()).trace.choices[0].result == "NO_OWNER"
    away = make_roster(eva=world.AWAY)
    verdict = decide_single(owner, queue(), roster=away, account_owner_id=EVA)
    assert verdict.outcome == "QUEUED"
    assert verdict.trace.choices[0].candidates[0].code == "AWAY"
    assert decide_single(Destination(REP, rep_id=77)).outcome == "PARKED"


def test_the_territory_is_a_fact_and_its_owner_a_destination():
    owner = Destination(DestinationKind.TERRITORY_OWNER, territory_role="AE")
    berlin = {"country": "DE", "postal_code": "10115"}
    verdict = decide_single(owner, facts=berlin)
    assert verdict.rep_id == DEA
    assert verdict.facts["territory"] == {"europe", "berlin"}
    assert verdict.trace.territory == "berlin"
    assert decide_single(owner, queue(), facts={"country": "US"}).outcome == "QUEUED"
    sdr = Destination(DestinationKind.TERRITORY_OWNER, territory_role="SDR")
    assert decide_single(sdr, queue(), facts=berlin).outcome == "QUEUED"


def test_a_stale_territory_in_the_facts_is_replaced():
    plan = single_plan(queue())
    stale = {"territory": frozenset({"old"}), "country": "US"}
    assert look(plan, stale, NOW).facts == {"country": "US"}
    assert stale["territory"] == {"old"}


def test_rules_outside_their_dates_are_skipped():
    day = timedelta(days=1)
    early = rule(1, All(), pool(), starts_at=NOW + day)
    late = rule(2, All(), pool(), ends_at=NOW)
    now = rule(3, All(), pool(), starts_at=NOW, ends_at=NOW + day)
    verdict = decide(make_plan(early, late, now), lead(), make_roster(), NOW)
    assert verdict.rule_id == 3


@pytest.mark.parametrize(
    ("weekdays", "starts_at", "ends_at", "hours", "is_covered"),
    [
        ({0}, time(9), time(17), 0, True),
        ({0}, time(9), time(10), 0, False),
        ({0}, time(10), time(17), 0, True),
        ({1}, time(9), time(17), 0, False),
        ({0}, time(22), time(6), 13, True),  # Monday 23:00
        ({0}, time(22), time(6), 19, True),  # Tuesday 05:00, the night of Monday
        ({1}, time(22), time(6), 19, False),
        ({0}, time(22), time(6), 20, False),
        ({0}, time(0), time(0), 13, True),
        ({0}, time(0), time(0), 14, False),
    ],
)
def test_weekly_windows_follow_the_clock(weekdays, starts_at, ends_at, hours, is_covered):
    window = WeeklyWindow(frozenset(weekdays), starts_at, ends_at)
    assert window.covers(world.in_hours(hours), ZoneInfo("UTC")) is is_covered


def test_weekly_windows_are_read_in_the_zone_of_the_rule_set():
    window = WeeklyWindow(frozenset({0}), time(19), time(20))
    rules = (rule(1, All(), pool(), weekly_window=window), rule(2, All(), queue()))
    tokyo, utc = make_plan(*rules, timezone="Asia/Tokyo"), make_plan(*rules)
    assert decide(tokyo, lead(), make_roster(), NOW).rule_id == 1
    assert decide(utc, lead(), make_roster(), NOW).rule_id == 2


def test_a_decision_changes_nothing():
    roster, untouched, facts = make_roster(), make_roster(), {"country": "DE"}
    decide(single_plan(pool()), lead(facts=facts), roster, NOW)
    assert roster == untouched
    assert facts == {"country": "DE"}


@given(st.lists(draws.conditions, max_size=6), draws.facts)
def test_the_plan_matches_the_first_rule_whose_condition_holds(conditions, facts):
    rules = [rule(number, one, queue()) for number, one in enumerate(conditions)]
    matched = make_plan(*rules, territories=()).match(facts, NOW)
    expected = next((one for one in rules if holds(one.condition, facts)), None)
    assert matched is expected


@given(draws.facts, st.integers(0, 10**12), st.booleans())
def test_the_same_lead_roster_and_time_give_the_same_verdict(facts, lead_id, is_known):
    plan = make_plan(
        rule(1, equals("country", "US"), pool(STICKY), queue()), rule(2, All(), pool(), queue())
    )
    view = lead(lead_id, facts, sticky_rep_id=BOB if is_known else None)
    verdicts = [decide(plan, view, make_roster(), NOW) for _ in range(2)]
    assert verdicts[0] == verdicts[1]
    shuffled = make_roster()
    for one in shuffled.pools.values():
        one.members.reverse()
    assert decide(plan, view, shuffled, NOW).rep_id == verdicts[0].rep_id


@st.composite
def rosters(draw):
    count = draw(st.integers(1, 6))
    limits = st.none() | st.integers(0, 6)
    reps = {
        number: RepState(
            number,
            f"r{number}",
            is_active=draw(st.integers(0, 5)) > 0,
            max_open=draw(limits),
            max_per_day=draw(limits),
            max_per_hour=draw(limits),
        )
        for number in range(1, count + 1)
    }
    pools = {
        pool_id: PoolState(
            pool_id,
            "P",
            "p",
            draw(st.sampled_from(["WEIGHTED", "ROTATION"])),
            [Member(number, draw(st.integers(0, 5))) for number in reps if draw(st.booleans())],
            sticky_by_person=draw(st.booleans()),
        )
        for pool_id in (AES, STICKY)
    }
    return Roster(reps, pools)


def reload(first, verdicts):
    """The roster as a fresh load from stored verdicts would give it: sums, not steps."""
    reps = {}
    for rep_id, rep in first.reps.items():
        got = sum(verdict.rep_id == rep_id for verdict in verdicts)
        limits = (got, rep.max_open, got, rep.max_per_day, got, rep.max_per_hour)
        reps[rep_id] = RepState(rep_id, rep.name, rep.is_active, None, None, None, *limits)
    pools = {pool_id: reload_pool(one, verdicts) for pool_id, one in first.pools.items()}
    return Roster(reps, pools)


def reload_pool(first, verdicts):
    turns = [verdict for verdict in verdicts if verdict.pool_id == first.id and verdict.deltas]
    members = []
    for member in first.members:
        balance = sum(dict(verdict.deltas).get(member.rep_id, 0) for verdict in turns)
        picks = [number for number, turn in enumerate(turns, 1) if turn.rep_id == member.rep_id]
        members.append(Member(member.rep_id, member.weight, balance, max(picks, default=0)))
    return PoolState(
        first.id, "P", "p", first.strategy, members, sticky_by_person=first.sticky_by_person,
        turn_number=len(turns),
    )  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(rosters(), st.lists(st.tuples(st.booleans(), st.none() | st.integers(1, 7)), max_size=25))
def test_a_batch_decides_as_single_leads_do(roster, arrivals):
    plan = make_plan(
        rule(1, equals("is_free_mail", True), pool(STICKY), pool(), queue()),
        rule(2, All(), pool(), pool(STICKY)),
    )
    views = [
        lead(number, {"is_free_mail": is_free}, sticky_rep_id=known)
        for number, (is_free, known) in enumerate(arrivals)
    ]
    first, singles = reload(roster, []), []
    for view in views:
        singles.append(decide(plan, view, reload(first, singles), NOW))
    batch = []
    for view in views:
        batch.append(decide(plan, view, roster, NOW))
        roster.record(batch[-1])
    assert batch == singles
    assert roster == reload(first, singles)


@settings(max_examples=60, deadline=None)
@given(rosters(), st.integers(1, 40))
def test_no_cap_is_ever_exceeded_and_no_lead_is_lost(roster, count):
    plan = single_plan(pool(), pool(STICKY))
    for number in range(count):
        verdict = decide(plan, lead(number), roster, NOW)
        assert verdict.outcome in (Outcome.ASSIGNED, Outcome.PARKED)
        roster.record(verdict)
    for rep in roster.reps.values():
        for cap in (rep.max_open, rep.max_per_day, rep.max_per_hour):
            assert cap is None or rep.open_leads <= cap
        assert rep.is_active or rep.open_leads == 0
